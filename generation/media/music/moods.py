"""The eight moods as data: tempo, mode, harmony, instruments, rhythms and room of each.

Grids have one character a sixteenth (16 in 4/4, 12 in 3/4): ``X`` accent, ``x`` plain, ``o`` soft, ``.``
nothing.
Bass grids name the tone: ``R`` root, ``F`` fifth, ``O`` octave, ``A`` approach to the next chord, ``.`` hold,
``-`` silence. Programs are General MIDI numbers, kits those of the sound font's percussion bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# drum keys of the orchestra kit that are tuned to the sounding chord
TIMPANI_ROOT, TIMPANI_FIFTH = -1, -2
TIMPANI_RANGE = (41, 53)

Texture = Literal["pad", "chords", "arpeggio", "bass", "lead", "line"]
Grids = tuple[str, str, str]  # for low, middle and high energy
Rhythm = tuple[tuple[float, float], ...]  # (onset, length) in beats within one bar


@dataclass(frozen=True)
class PartSpec:
    """An instrument and what it plays between ``low`` and ``high`` once the energy reaches ``enter``."""

    name: str
    programs: tuple[int, ...]  # the seed picks one
    texture: Texture
    low: int
    high: int
    level_db: float
    enter: float
    grids: Grids = ("", "", "")
    orders: tuple[tuple[int, ...], ...] = ()  # arpeggio: chord tones to run through; the seed picks one
    voices: int = 3
    gate: float = 0.9  # share of the time to the next onset that a note sounds
    spread_beats: float = 0.0  # strum: delay from each chord tone to the next
    pan: float = 0.0
    reverb: float = 0.2


@dataclass(frozen=True)
class DrumSpec:
    """A kit and its (key, low, middle, high) grids; ``fill`` is the bar before the drop.

    The energies that divide low, middle and high are 0.5 and 0.9.
    """

    kit: int
    level_db: float
    enter: float
    lines: tuple[tuple[int, str, str, str], ...]
    fill: tuple[tuple[int, str], ...]
    crash: tuple[int, ...] = ()  # struck where a drop begins and at the end
    reverb: float = 0.12


@dataclass(frozen=True)
class Mood:
    """What makes a mood; ``major`` and ``minor`` hold progressions of four bars (``a|b`` splits one).

    ``swing`` is where the second eighth falls in its beat, ``looseness`` the timing jitter in seconds,
    ``roll_beats`` the delay between the tones of the final chord.
    """

    tempo: tuple[float, float, float]  # slowest, own, fastest
    mode: str
    tonics: tuple[int, ...]
    meter: int
    major: tuple[str, ...]
    minor: tuple[str, ...]
    cadence: tuple[str, str]  # the chord before the last: in major, in minor
    rhythms: tuple[Rhythm, ...]
    parts: tuple[PartSpec, ...]
    drums: DrumSpec | None
    swing: float = 0.5
    looseness: float = 0.005
    riser: bool = False
    roll_beats: float = 0.0
    room_seconds: float = 1.0


_MINOR = ("i bVI bIII bVII", "i iv bVI V", "i bVII bVI bVII")

MOOD_TABLE: dict[str, Mood] = {
    "bright": Mood(
        tempo=(114, 122, 134), mode="major", tonics=(0, 2, 5, 7), meter=4,
        major=("I V vi IV", "I IV vi V", "Iadd9 iii7 IV V", "IV V vi I"), minor=_MINOR,
            cadence=("Vsus4|V", "V"),
        rhythms=(
            ((0, 0.75), (0.75, 0.75), (1.5, 0.5), (2, 1.5)),
            ((0, 0.5), (0.5, 0.5), (1.5, 0.5), (2, 1.0)),
            ((0.5, 0.5), (1, 0.5), (1.5, 1.0), (3, 0.75)),
        ),
        parts=(
            PartSpec("strum", (24, 25), "chords", 60, 77, -7, 0.0,
                     ("X...x...X...x...", "X...x.x.X...x.x.", "X...x.xo..x.x.xo"), gate=0.8, voices=4,
                     spread_beats=0.035, pan=-0.35, reverb=0.12),
            PartSpec("pluck", (27, 12), "arpeggio", 62, 81, -12, 0.45,
                     ("x...x...x...x...", "x.x.x.x.x.x.x.x.", "X.x.x.x.X.x.x.xx"),
                     ((0, 1, 2, 3, 2, 1), (0, 2, 1, 3), (3, 2, 1, 0, 1, 2)), voices=4, gate=0.6, pan=0.4,
                     reverb=0.2),
            PartSpec("bass", (33, 34), "bass", 36, 52, -4, 0.4,
                     ("R.......R.......", "R.....R.R...F...", "R..R..R.O.R.F.A."), gate=0.85, reverb=0.0),
            PartSpec("bells", (9, 10), "lead", 76, 91, -9, 0.9, gate=0.95, pan=0.15, reverb=0.3),
            PartSpec("air", (89, 50), "pad", 55, 72, -13, 0.0, voices=3, reverb=0.4),
        ),
        drums=DrumSpec(
            0, -4, 0.3,
            ((36, "", "X.......X.......", "X.....x.X......."),
            (39, "....x.......x...", "....X.......X...", "....X.......X..."),
             (42, "", "x.x.x.x.x.x.x.x.", "x.xox.xox.xox.xo"), (54, "", "", "..x...x...x...x."),
             (46, "", "", "..............o.")),
            ((36, "X...x...x.x.x.x."), (38, "........x.x.xxXX"), (42, "x.x.x.x.........")),
            (49,), 0.1),
        looseness=0.004, riser=True, room_seconds=0.9,
    ),
    "warm": Mood(
        tempo=(76, 86, 98), mode="major", tonics=(5, 7, 10, 3), meter=4,
        major=("Imaj7 vi7 IVmaj7 Vsus4|V", "Imaj7 iii7 vi7 IVmaj7", "IVmaj7 iii7 ii7 Imaj7",
            "Iadd9 IVmaj7 vi7 ii7|V"),
        minor=("i7 bVImaj7 bIIImaj7 bVII", "i7 iv7 bVII bIIImaj7"), cadence=("ii7|V7", "iv7|V7"),
        rhythms=(
            ((0, 1.5), (1.5, 0.5), (2, 1.5)), ((0.5, 1.0), (1.5, 0.5), (2, 1.0), (3, 0.5)),
            ((0, 1.0), (1, 0.5), (1.5, 2.0)),
        ),
        parts=(
            PartSpec("keys", (4, 5), "chords", 53, 70, -5, 0.0,
                     ("X...............", "X.....x...x.....", "X.....x...x..x.."), voices=4, gate=0.95,
                     spread_beats=0.02,
                     pan=-0.15, reverb=0.22),
            PartSpec("guitar", (24, 25), "arpeggio", 55, 74, -8, 0.35,
                     ("x...x...x...x...", "x...x.x.x...x.x.", "x.x.x.x.x.x.x.x."),
                     ((0, 2, 1, 3), (0, 1, 2, 3, 2, 1)),
                     voices=4, gate=1.4, pan=0.4, reverb=0.2),
            PartSpec("bass", (32, 33), "bass", 33, 50, -4, 0.4,
                     ("R...............", "R.....R.....F...", "R.....R.O...F.A."), gate=0.9, reverb=0.0),
            PartSpec("strings", (49,), "pad", 57, 74, -11, 0.65, voices=3, pan=0.1, reverb=0.4),
            PartSpec("vibes", (11, 71), "lead", 69, 84, -9, 0.9, pan=0.2, reverb=0.3),
        ),
        drums=DrumSpec(
            40, -7, 0.55,
            ((36, "", "x.........x.....", "X......ox.x....."),
            (38, "", "....x.......x...", "....X..o....X..o"),
             (42, "", "o...o...o...o...", "x.o.x.o.x.o.x.o."), (70, "o.o.o.o.o.o.o.o.", "", "")),
            ((36, "x.......x......."), (38, "....x.....o.x.xx"), (42, "o.o.o.o.o.o.....")),
            (51,), 0.15),
        swing=0.56, looseness=0.006, roll_beats=0.06, room_seconds=1.3,
    ),
    "suspense": Mood(
        tempo=(76, 86, 98), mode="minor", tonics=(2, 4, 0, 11), meter=4,
        major=("I bVI iv I", "I bII I V"), minor=("i bVI iv V", "i i bVI V", "i bII i V", "i iv bII V"),
            cadence=("V", "V"),
        rhythms=(((0, 3.0),), ((0, 2.0), (2, 1.0), (3, 1.0)), ((1, 1.0), (2, 2.0))),
        parts=(
            PartSpec("low strings", (49,), "pad", 40, 57, -7, 0.0, voices=2, reverb=0.5),
            PartSpec("pulse", (45,), "arpeggio", 50, 67, -7, 0.4,
                     ("x...x...x...x...", "x.x.x.x.x.x.x.x.", "X.xxx.xxX.xxx.xx"),
                     ((0, 0, 1, 0), (0, 1, 0, 2), (0, 0, 2, 1)),
                     gate=0.5, pan=-0.3, reverb=0.35),
            PartSpec("tremolo", (44,), "pad", 60, 76, -12, 0.7, voices=3, pan=0.3, reverb=0.4),
            PartSpec("contrabass", (43, 48), "bass", 28, 45, -5, 0.55,
                     ("R...............", "R.......R.......", "R.....R.R.....A."), gate=0.95, reverb=0.2),
            PartSpec("glass", (92, 11), "lead", 72, 86, -11, 0.9, pan=0.25, reverb=0.6),
        ),
        drums=DrumSpec(
            48, -7, 0.2,
            ((36, "x..x............", "X..x....X..x....", "X..x..x.X..x..x."),
            (37, "....o.......o...", "o...o...o...o...", "o.o.o.o.o.o.o.o."),
             (TIMPANI_FIFTH, "", "", "..........x.x...")),
            ((36, "x...x...x.x.xxXX"), (37, "o.o.o.o.oooooooo")),
            (59,), 0.4),
        looseness=0.005, riser=True, room_seconds=2.4,
    ),
    "epic": Mood(
        tempo=(96, 110, 124), mode="minor", tonics=(2, 0, 9, 7), meter=4,
        major=("I V vi IV", "I bVII IV I"), minor=("i bVI bIII bVII", "i bVII bVI V", "i bIII bVII iv"),
            cadence=("V", "bVII"),
        rhythms=(((0, 2.0), (2, 1.0), (3, 1.0)), ((0, 1.5), (1.5, 0.5), (2, 2.0)),
            ((0, 1.0), (1, 1.0), (2, 2.0))),
        parts=(
            PartSpec("spiccato", (48,), "arpeggio", 50, 67, -5, 0.0,
                     ("X.x.x.x.X.x.x.x.", "X.xxx.xxX.xxx.xx", "XxxxXxxxXxxxXxxx"),
                     ((0, 0, 1, 0, 2, 0, 1, 0), (0, 2, 0, 1)),
                     gate=0.6, pan=-0.35, reverb=0.3),
            PartSpec("choir", (52,), "pad", 57, 74, -9, 0.6, voices=3, pan=0.2, reverb=0.5),
            PartSpec("brass", (61, 57), "chords", 46, 65, -8, 0.85,
                     ("X...............", "X.......x.......", "X.....x.X......."), gate=0.9, pan=0.3,
                     reverb=0.4),
            PartSpec("basses", (48, 58), "bass", 31, 45, -4, 0.35,
                     ("R...............", "R.......R.......", "R..R..R.R..R..A."), gate=0.9, reverb=0.2),
            PartSpec("horns", (60,), "lead", 60, 76, -6, 0.9, pan=-0.15, reverb=0.5),
        ),
        drums=DrumSpec(
            48, -2, 0.35,
            ((36, "X...............", "X.......X.....x.", "X..x..x.X..x..xx"),
            (TIMPANI_ROOT, "", "....x.......x.x.", "....X.x.....X.xx"),
             (38, "", "", "x.xxX.xxx.xxX.xx"), (TIMPANI_FIFTH, "", "........o.o.....", "..o.......o.....")),
            ((36, "X...X...X.X.XXXX"), (38, "x.x.x.xxxxxxXXXX"), (TIMPANI_ROOT, "....x...x.x.x.xx")),
            (59,), 0.35),
        looseness=0.005, riser=True, room_seconds=2.2,
    ),
    "healing": Mood(
        tempo=(66, 76, 90), mode="major", tonics=(7, 2, 9, 5), meter=3,
        major=("Iadd9 V vi7 iii7", "IVmaj7 Iadd9 IVmaj7 V", "Iadd9 iii7 IVmaj7 iv6", "vi7 IVmaj7 Iadd9 V"),
        minor=("i7 bVImaj7 bIIImaj7 bVII", "i7 iv7 bVII bIIImaj7"), cadence=("IVmaj7", "iv7"),
        rhythms=(((0, 2.0), (2, 1.0)), ((0, 1.0), (1, 2.0)), ((0, 1.5), (1.5, 0.5), (2, 1.0))),
        parts=(
            PartSpec("piano", (0,), "arpeggio", 48, 74, -4, 0.0,
                     ("x.x.x.x.x.x.", "x.x.x.x.x.x.", "X.x.x.x.x.x."),
                     ((0, 2, 1, 3, 2, 1), (0, 1, 2, 3, 2, 1), (0, 2, 3, 1, 3, 2)),
                     voices=4, gate=2.4, pan=-0.1, reverb=0.35),
            PartSpec("strings", (49,), "pad", 55, 72, -10, 0.45, voices=3, pan=0.2, reverb=0.5),
            PartSpec("cello", (42,), "bass", 36, 52, -8, 0.4,
                     ("R...........", "R...........", "R.......F..."), gate=1.0, reverb=0.35),
            PartSpec("music box", (10, 8), "lead", 74, 90, -8, 0.85, pan=0.3, reverb=0.45),
            PartSpec("halo", (53, 91), "line", 60, 74, -14, 0.7, pan=-0.3, reverb=0.6),
        ),
        drums=None, looseness=0.011, roll_beats=0.22, room_seconds=2.2,
    ),
    "tech": Mood(
        tempo=(120, 128, 138), mode="dorian", tonics=(9, 4, 2, 6), meter=4,
        major=("I bVII IV I", "I V bVII IV"),
            minor=("i7 bIII bVII IV", "i7 i7 bVII IV", "i7 IV bIII bVII", "i7 v7 bVII IV"),
                cadence=("V", "bVII"),
        rhythms=(
            ((0, 0.25), (0.75, 0.25), (1.5, 0.25), (2.5, 0.5)),
            ((0.5, 0.25), (1.25, 0.25), (2, 0.5), (3.25, 0.5)), ((0, 0.5), (1.5, 0.5), (3, 0.5)),
        ),
        parts=(
            PartSpec("sequence", (81, 90), "arpeggio", 60, 84, -4, 0.0,
                     ("x.x.x.x.x.x.x.x.", "xxoxxxoxxxoxxxox", "XxoxXxoxXxoxXxox"),
                     ((0, 1, 2, 3), (0, 2, 3, 1, 2), (3, 1, 2, 0, 1), (0, 3, 1)),
                     voices=4, gate=0.45, pan=0.25, reverb=0.2),
            PartSpec("bass", (38, 39), "bass", 33, 48, -2, 0.4,
                     ("R.......R.......", "R.R.R.R.R.R.R.R.", "--R.-.RR--R.-.OA"), gate=0.7, reverb=0.0),
            PartSpec("sweep", (95, 89), "pad", 52, 69, -12, 0.25, voices=3, pan=-0.2, reverb=0.4),
            PartSpec("stab", (62, 90), "chords", 57, 74, -9, 0.85,
                     ("", "..x.............", "..X..x....X..x.."), gate=0.5, pan=-0.4, reverb=0.25),
            PartSpec("blip", (80,), "lead", 72, 86, -13, 0.9, gate=0.8, pan=0.35, reverb=0.3),
        ),
        drums=DrumSpec(
            25, -6, 0.3,
            ((36, "", "x...o...x...o...", "x...o...x...o..."),
            (39, "", "....x.......x...", "....X.......X..."),
             (42, "x.x.x.x.x.x.x.x.", "..x...x...x...x.", "o.xoo.xoo.xoo.xo"),
             (46, "", "", "..x...x...x...x."), (70, "", "xoxoxoxoxoxoxoxo", "")),
            ((36, "x...o...x.o.oooo"), (38, "x...x...x.x.xxxx"), (42, "xxxxxxxxxxxxxxxx")),
            (49,), 0.08),
        looseness=0.0015, riser=True, room_seconds=0.8,
    ),
    "funny": Mood(
        tempo=(100, 112, 124), mode="major", tonics=(0, 5, 7, 10), meter=4,
        major=("I I V7 I", "I vi II7 V7", "I VI7 II7 V7", "I I7 IV iv6"), minor=("i i V7 i", "i iv V7 i"),
            cadence=("II7|V7", "V7"),
        rhythms=(
            ((0, 0.5), (0.5, 0.5), (1, 0.5), (2.5, 0.5), (3, 0.5)),
            ((0, 0.25), (0.5, 0.25), (1, 0.5), (2, 0.5), (3, 0.5)),
            ((1, 0.5), (1.5, 0.5), (2, 0.5), (3, 0.5)),
        ),
        parts=(
            PartSpec("pizzicato", (45,), "chords", 57, 74, -5, 0.0,
                     ("....x.......x...", "....x.......x.x.", "....X..x....X..x"), gate=0.4, pan=-0.3,
                     reverb=0.18),
            PartSpec("tuba", (58, 70), "bass", 34, 52, -5, 0.0,
                     ("R...----F...----", "R...--F.R...--A.", "R.--F.--R.--F.A."), gate=0.55, reverb=0.15),
            PartSpec("marimba", (12, 13), "arpeggio", 65, 82, -11, 0.5,
                     ("x...x...x...x...", "x...x.x.x...x.x.", "x.x.x...x.x.x.x."),
                     ((0, 2, 1, 2), (0, 1, 2, 1)), gate=0.5, pan=0.35, reverb=0.2),
            PartSpec("clarinet", (71, 70, 78), "lead", 67, 83, -8, 0.7, gate=0.6, pan=0.1, reverb=0.22),
        ),
        drums=DrumSpec(
            32, -7, 0.3,
            ((36, "", "x.......x.......", "x.......x.....o."),
            (76, "....x.......x...", "..x...x...x...x.", "..x.o.x...x.o.xx"),
             (77, "", "x.......x.......", "x.......x.x....."), (54, "", "", "....x.......x...")),
            ((76, "x.x.x.x.xxx.xxx."), (38, "............o.xX"), (77, "x...x...x...x...")),
            (55,), 0.12),
        swing=0.62, looseness=0.007, room_seconds=0.7,
    ),
    "calm": Mood(
        tempo=(60, 68, 80), mode="lydian", tonics=(0, 5, 3, 10), meter=4,
        major=("Imaj9 IVmaj7 Imaj9 vi7", "Imaj9 II Imaj9 IVmaj7", "vi7 IVmaj7 Imaj9 iii7"),
            minor=("i7 bVImaj7 i7 bVII", "i7 iv7 i7 bVII"),
        cadence=("IVmaj7", "bVII"),
        rhythms=(((0, 3.0),), ((0, 1.5), (1.5, 2.0)), ((1, 2.5),), ((0.5, 1.0), (2, 2.0))),
        parts=(
            PartSpec("pad", (89, 94), "pad", 50, 69, -4, 0.0, voices=4, reverb=0.45),
            PartSpec("harp", (46, 108), "arpeggio", 55, 79, -9, 0.3,
                     ("x.......x.......", "x...x...x...x...", "x...x...x...x..."),
                     ((0, 1, 2, 3), (0, 2, 1, 3), (0, 2, 3, 1)), voices=4, gate=3.0, pan=0.3, reverb=0.45),
            PartSpec("bass", (35, 32), "bass", 33, 48, -7, 0.5,
                     ("R...............", "R...............", "R.........F....."), gate=1.0, reverb=0.1),
            PartSpec("flute", (75, 11), "lead", 67, 82, -10, 0.9, pan=-0.2, reverb=0.55),
        ),
        drums=None, looseness=0.012, roll_beats=0.3, room_seconds=2.8,
    ),
}  # fmt: skip
