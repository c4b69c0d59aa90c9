"""Keys, scales, chords by roman numeral, and how the voices of one chord move to the next."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from generation.errors import MusicImpossible

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
}
MINOR_MODES = frozenset({"minor", "dorian"})

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_DEGREES = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}
_ROMAN = re.compile(r"^([b#]?)(VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)(.*)$")
_COLORS: dict[str, tuple[int, ...]] = {
    "": (),
    "7": (10,),
    "maj7": (11,),
    "6": (9,),
    "add9": (14,),
    "9": (10, 14),
    "maj9": (11, 14),
}
_SHAPES: dict[str, tuple[int, ...]] = {"sus2": (0, 2, 7), "sus4": (0, 5, 7), "dim": (0, 3, 6), "5": (0, 7)}


@dataclass(frozen=True)
class Key:
    """A tonic pitch class (C = 0) and a mode of ``SCALES``."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        return _NAMES[self.tonic] + ("m" if self.mode in MINOR_MODES else "")

    @property
    def scale(self) -> tuple[int, ...]:
        return tuple((self.tonic + step) % 12 for step in SCALES[self.mode])


@dataclass(frozen=True)
class Chord:
    """Pitch classes, root first, with the roman numeral they came from."""

    symbol: str
    pitch_classes: tuple[int, ...]

    @property
    def root(self) -> int:
        return self.pitch_classes[0]


def parse_key(text: str, *, mode: str) -> Key:
    """``"C"``, ``"F#"``, ``"Bb"`` keep ``mode``; a trailing ``m`` asks for minor.

    Raises ``MusicImpossible`` for anything else.
    """
    match = re.fullmatch(r"([A-Ga-g])([#b♯♭]?)(m?)", text.strip())
    if match is None:
        raise MusicImpossible(
            f"A key is a letter A to G with an optional # or b and an optional m for minor, got {text!r}; "
            "write for instance C, F# or Am."
        )
    letter, accidental, minor = match.groups()
    shift = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[accidental]
    tonic = (_LETTERS[letter.upper()] + shift) % 12
    return Key(tonic, "minor" if minor and mode not in MINOR_MODES else mode)


@lru_cache(maxsize=512)
def chord(symbol: str, tonic: int) -> Chord:
    """``"bVImaj7"`` in the key of ``tonic``; degrees count from the major scale, lower case is minor."""
    match = _ROMAN.match(symbol)
    if match is None:
        raise ValueError(f"{symbol!r} is no roman numeral.")
    accidental, numeral, color = match.groups()
    root = tonic + _DEGREES[numeral.upper()] + {"": 0, "b": -1, "#": 1}[accidental]
    triad = (0, 4, 7) if numeral.isupper() else (0, 3, 7)
    intervals = _SHAPES[color] if color in _SHAPES else triad + _COLORS[color]
    return Chord(symbol, tuple((root + interval) % 12 for interval in intervals))


def scale_over(scale: Sequence[int], sounding: Chord) -> tuple[int, ...]:
    """The key's pitch classes bent to a borrowed chord: foreign tones push out their chromatic neighbors."""
    foreign = [p for p in sounding.pitch_classes if p not in scale]
    kept = [
        p for p in scale if p in sounding.pitch_classes or all((p - q) % 12 not in (1, 11) for q in foreign)
    ]
    return tuple(sorted({*kept, *sounding.pitch_classes}))


def ladder(pitch_classes: Sequence[int], low: int, high: int) -> list[int]:
    """Every pitch from ``low`` to ``high`` whose class is given, ascending."""
    wanted = set(pitch_classes)
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in wanted]


def nearest(pitches: Sequence[int], target: float) -> int:
    """The pitch closest to ``target``, the lower one of two equally close."""
    return min(pitches, key=lambda pitch: (abs(pitch - target), pitch))


def voice_lead(
    previous: tuple[int, ...] | None, sounding: Chord, low: int, high: int, voices: int
) -> tuple[int, ...]:
    """The voicing of ``sounding`` in [low, high] that moves least from ``previous``, ascending.

    Thirds and sevenths are kept before the fifth; parallel octaves and fifths of the outer voices, muddy
    seconds and wide leaps of the top voice cost extra.
    """
    tones = list(sounding.pitch_classes)
    if len(tones) > voices and len(tones) > 3:
        tones.pop(2)  # the fifth says least
    tones = tones[:voices]
    tones += tones[:1] * (voices - len(tones) if voices > len(tones) == 3 else 0)  # a triad doubles its root
    choices = [ladder([tone], low, high) for tone in tones]
    picks = {tuple(sorted(pick)) for pick in itertools.product(*choices)}
    candidates = [pick for pick in picks if len(set(pick)) == len(pick)] or [
        tuple(sorted(set(p))) for p in picks
    ]
    center = (low + high) / 2
    return min(sorted(candidates), key=lambda pick: _cost(previous, pick, center))


def _cost(previous: tuple[int, ...] | None, pick: tuple[int, ...], center: float) -> float:
    gaps = [b - a for a, b in itertools.pairwise(pick)]
    cost = 0.15 * abs(sum(pick) / len(pick) - center)
    cost += sum(2.0 for gap in gaps if gap > 9) + sum(4.0 for gap in gaps if gap == 1)
    cost += sum(1.0 for gap, low in zip(gaps, pick, strict=False) if gap <= 2 and low < 52)
    if previous is None:
        return cost
    shorter = min(len(previous), len(pick))
    moves = [b - a for a, b in zip(previous[-shorter:], pick[-shorter:], strict=True)]
    cost += sum(abs(move) for move in moves) + 1.5 * max(0, abs(moves[-1]) - 4)
    same_way = moves[0] == moves[-1] != 0
    if same_way and (pick[-1] - pick[0]) % 12 in (0, 7):
        cost += 3.0
    return cost
