"""How an accompanying instrument turns a bar and its chord into notes: pads, strums, arpeggios, basses."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from generation.media.music.form import Bar
from generation.media.music.moods import PartSpec
from generation.media.music.theory import Chord, ladder, nearest, voice_lead

STRENGTH = {"X": 1.0, "x": 0.82, "o": 0.62}
STEP_BEATS = 0.25


@dataclass(frozen=True)
class Draft:
    """A note before it is humanised: times in beats since the start, ``strength`` in [0, 1]."""

    beat: float
    beats: float
    pitch: int
    strength: float


@dataclass
class Player:
    """One instrument's memory while it writes: its voicing, last pitch and arpeggio position."""

    spec: PartSpec
    scale: tuple[int, ...]
    rng: Random
    order: tuple[int, ...] = ()
    voicing: tuple[int, ...] | None = None
    pitch: int | None = None
    turn: int = 0
    notes: list[Draft] = field(default_factory=list)

    def voice(self, sounding: Chord) -> tuple[int, ...]:
        spec = self.spec
        self.voicing = voice_lead(self.voicing, sounding, spec.low, spec.high, spec.voices)
        return self.voicing

    def add(self, beat: float, beats: float, pitch: int, strength: float) -> None:
        self.notes.append(Draft(beat, beats, pitch, strength))

    def grid(self, bar: Bar) -> str:
        """The rhythm that fits the bar's energy."""
        low, middle, high = self.spec.grids
        return low if bar.energy < 0.5 else middle if bar.energy < 0.9 else high


def write_bar(player: Player, bar: Bar) -> None:
    """Write the accompaniment of one bar that is not the final one."""
    texture = player.spec.texture
    if texture == "pad":
        _pad(player, bar)
    elif texture == "line":
        _line(player, bar)
    elif texture == "chords":
        _chords(player, bar)
    elif texture == "arpeggio":
        _arpeggio(player, bar)
    else:
        _bass(player, bar)


def write_final(player: Player, bar: Bar, roll_beats: float) -> None:
    """The last chord: struck on the downbeat (rolled upwards in the gentle moods) and held to the end."""
    spec = player.spec
    sounding = bar.chords[0]
    if spec.texture == "bass":
        player.add(bar.beat, bar.beats, _root(player, sounding.root), 1.0)
        return
    if spec.texture in ("lead", "line"):
        pitches = ladder(sounding.pitch_classes[:1], spec.low, spec.high)
        last = nearest(pitches, player.pitch or (spec.low + spec.high) / 2)
        player.add(bar.beat + 3 * roll_beats, bar.beats - 3 * roll_beats, last, 0.9)
        return
    delay = roll_beats if spec.texture == "arpeggio" else max(spec.spread_beats, 0.0)
    for place, pitch in enumerate(player.voice(sounding)):
        player.add(bar.beat + place * delay, bar.beats - place * delay, pitch, 0.95)


def _slots(bar: Bar) -> list[tuple[float, float, Chord]]:
    share = bar.beats / len(bar.chords)
    return [(place * share, share, sounding) for place, sounding in enumerate(bar.chords)]


def _pad(player: Player, bar: Bar) -> None:
    for beat, beats, sounding in _slots(bar):
        held = beats - (0.5 if bar.before_drop and beat + beats >= bar.beats else 0.02)
        for pitch in player.voice(sounding):
            player.add(bar.beat + beat, held, pitch, 0.8)


def _line(player: Player, bar: Bar) -> None:
    """One slow voice along the chords' thirds and sevenths, moving as little as it can."""
    for beat, beats, sounding in _slots(bar):
        guides = [p for place, p in enumerate(sounding.pitch_classes) if place in (1, 3)] or [sounding.root]
        target = player.pitch or (player.spec.low + player.spec.high) / 2
        player.pitch = nearest(ladder(guides, player.spec.low, player.spec.high), target)
        player.add(bar.beat + beat, beats * 0.97, player.pitch, 0.75)


def _chords(player: Player, bar: Bar) -> None:
    spec = player.spec
    for beat, length, mark in _onsets(player.grid(bar)):
        sounding = bar.chord_at(beat)
        for place, pitch in enumerate(player.voice(sounding)):
            late = place * spec.spread_beats
            held = max(min(length, _chord_left(bar, beat)) * spec.gate - late, 0.1)
            player.add(bar.beat + beat + late, held, pitch, STRENGTH[mark] * (1.0 - 0.04 * place))


def _arpeggio(player: Player, bar: Bar) -> None:
    spec = player.spec
    if bar.phrase % 4 == 0:
        player.turn = 0  # every phrase begins at the bottom of the figure
    for beat, length, mark in _onsets(player.grid(bar)):
        voicing = (
            player.voice(bar.chord_at(beat)) if beat == 0 or len(bar.chords) > 1 else player.voicing or ()
        )
        degree = player.order[player.turn % len(player.order)]
        player.turn += 1
        octave, place = divmod(degree, len(voicing))
        pitch = voicing[place] + 12 * octave
        if pitch > spec.high:
            pitch -= 12
        held = max(min(length * spec.gate, _chord_left(bar, beat)), 0.1)
        player.add(bar.beat + beat, held, pitch, STRENGTH[mark])


def _bass(player: Player, bar: Bar) -> None:
    grid = player.grid(bar)
    places = [step for step, mark in enumerate(grid) if mark != "."]
    for step, following in zip(places, [*places[1:], len(grid)], strict=True):
        mark = grid[step]
        if mark == "-":
            continue
        beat = step * STEP_BEATS
        sounding = bar.chord_at(beat)
        root = _root(player, sounding.root)
        length = min((following - step) * STEP_BEATS, _chord_left(bar, beat))
        if mark == "A" and sounding.root != bar.next_root:
            pitch = _approach(player, bar, sounding)
        elif mark == "F":
            fifth = sounding.pitch_classes[2] if len(sounding.pitch_classes) > 2 else sounding.root
            pitch = nearest(ladder([fifth], player.spec.low, player.spec.high), root)
        elif mark == "O":
            pitch = root + 12 if root + 12 <= player.spec.high + 2 else root
        else:
            pitch = root
            player.pitch = root
        player.add(bar.beat + beat, max(length * player.spec.gate, 0.1), pitch, 1.0 if step == 0 else 0.85)
    # a second chord in the bar is always named by its root, even where the grid only holds
    for beat, beats, sounding in _slots(bar)[1:]:
        if not any(abs(note.beat - bar.beat - beat) < 1e-6 for note in player.notes[-len(places) - 1 :]):
            player.add(bar.beat + beat, beats * player.spec.gate, _root(player, sounding.root), 0.9)


def _root(player: Player, pitch_class: int) -> int:
    spec = player.spec
    target = player.pitch if player.pitch is not None else (spec.low * 2 + spec.high) / 3
    return nearest(ladder([pitch_class], spec.low, spec.low + 14), target)


def _approach(player: Player, bar: Bar, sounding: Chord) -> int:
    """The note that leads into the next root: a scale step beside it, or a half step from below."""
    target = _root(player, bar.next_root)
    steps = [p for p in (target - 2, target - 1, target + 1, target + 2) if p % 12 in player.scale]
    inside = [p for p in steps if p % 12 in sounding.pitch_classes]
    return (inside or steps or [target - 1])[0]


def _onsets(grid: str) -> list[tuple[float, float, str]]:
    """(beat, beats until the next onset, mark) of every sounding step."""
    places = [step for step, mark in enumerate(grid) if mark in STRENGTH]
    ends = [*places[1:], len(grid)]
    return [(p * STEP_BEATS, (e - p) * STEP_BEATS, grid[p]) for p, e in zip(places, ends, strict=True)]


def _chord_left(bar: Bar, beat: float) -> float:
    """Beats until the chord sounding at ``beat`` gives way."""
    share = bar.beats / len(bar.chords)
    return share - beat % share
