"""What a piece of music is: sections, chords and typed notes per part, all in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """One note: ``start`` and ``seconds`` of the key press, MIDI ``pitch`` 0–127, ``velocity`` 1–127."""

    start: float
    seconds: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Part:
    """One instrument: a General MIDI ``program`` (a kit number when ``drums``) and its place in the room.

    ``level_db`` is its loudness beside the other parts, ``pan`` in [-1, 1], ``reverb`` the send in [0, 1].
    """

    name: str
    program: int
    notes: tuple[Note, ...]
    drums: bool = False
    level_db: float = 0.0
    pan: float = 0.0
    reverb: float = 0.2


@dataclass(frozen=True)
class Section:
    """A stretch of form: ``intro``, ``build``, ``drop`` or ``ending``; ``energy`` in [0, 1] at its start."""

    name: str
    start: float
    seconds: float
    energy: float


@dataclass(frozen=True)
class ChordSpan:
    """The chord that sounds from ``start``: its roman numeral and pitch classes, root first."""

    start: float
    seconds: float
    symbol: str
    pitch_classes: tuple[int, ...]


@dataclass(frozen=True)
class Score:
    """A whole piece of exactly ``seconds``; ``scale`` holds the key's pitch classes, tonic first.

    ``landing`` is the time of the final chord, which rings until ``seconds``; ``room_seconds`` is how long
    the room's reverberation takes to fade by 60 dB.
    """

    mood: str
    seed: int
    seconds: float
    tempo: float
    meter: int
    bars: int
    key: str
    scale: tuple[int, ...]
    landing: float
    room_seconds: float
    sections: tuple[Section, ...]
    chords: tuple[ChordSpan, ...]
    parts: tuple[Part, ...]

    @property
    def beat_seconds(self) -> float:
        return 60.0 / self.tempo

    def chord_at(self, second: float) -> ChordSpan:
        """The chord sounding at ``second``; the first or last one outside the piece."""
        sounding = self.chords[0]
        for chord in self.chords:
            if chord.start > second + 1e-6:
                break
            sounding = chord
        return sounding
