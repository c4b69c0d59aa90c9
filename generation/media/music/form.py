"""The form of a piece: how many bars fill the time, which section each bar is in, and its chords."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generation.errors import MusicImpossible
from generation.media.music.moods import Mood
from generation.media.music.theory import MINOR_MODES, Chord, Key, chord

SHORTEST_SECONDS, LONGEST_SECONDS = 5.0, 120.0
SLOWEST_TEMPO, FASTEST_TEMPO = 40.0, 220.0
FEWEST_BARS = 3


@dataclass(frozen=True)
class Bar:
    """One bar: ``chords`` share it equally, ``energy`` is in [0, 1], ``phrase`` counts from the section."""

    index: int
    beat: float  # of its downbeat, since the start
    beats: int
    section: str
    energy: float
    phrase: int
    since_drop: int  # bars since the nearest drop began, negative before it
    chords: tuple[Chord, ...]
    next_root: int  # pitch class of the chord that follows
    before_drop: bool = False
    first_of_drop: bool = False
    before_final: bool = False
    final: bool = False

    def chord_at(self, beat_in_bar: float) -> Chord:
        slot = int(beat_in_bar / self.beats * len(self.chords) + 1e-9)
        return self.chords[min(max(slot, 0), len(self.chords) - 1)]


def fit_tempo(seconds: float, mood: Mood, tempo: float | None) -> tuple[int, float]:
    """How many whole bars fill ``seconds`` and the tempo that makes them do so, nearest to what was asked.

    Raises ``MusicImpossible`` for a length or tempo outside its range.
    """
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise MusicImpossible(
            f"Music is {SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g} seconds long, got {seconds:g}; "
            "choose a length in between."
        )
    if tempo is not None and not SLOWEST_TEMPO <= tempo <= FASTEST_TEMPO:
        raise MusicImpossible(
            f"A tempo is {SLOWEST_TEMPO:g} to {FASTEST_TEMPO:g} beats per minute, got {tempo:g}; "
            "choose one in between."
        )
    wanted = mood.tempo[1] if tempo is None else float(tempo)
    bars = max(FEWEST_BARS, round(seconds * wanted / 60 / mood.meter))
    return bars, bars * mood.meter * 60 / seconds


def section_names(bars: int) -> list[str]:
    """The section of each bar: intro, build, drop, ending; pieces of 24 bars or more build up twice."""
    if bars == FEWEST_BARS:
        return ["build", "drop", "ending"]
    ending = 1 if bars < 8 else 2 if bars < 16 else 4
    body = bars - ending
    intro = max(1, min(4, round(body * 0.17)))
    build = max(1, min(8, round(body * 0.28)))
    names = ["intro"] * intro + ["build"] * build
    rest = body - intro - build
    if bars >= 24:
        second_build = 4
        first_drop = (rest - second_build) // 8 * 4 or (rest - second_build) // 2
        names += ["drop"] * first_drop + ["build"] * second_build
        rest -= first_drop + second_build
    return names + ["drop"] * rest + ["ending"] * ending


def plan_bars(bars: int, mood: Mood, key: Key, rng: Random) -> list[Bar]:
    """Every bar with its section, energy and chords; each drop starts the progression anew."""
    names = section_names(bars)
    minor = key.mode in MINOR_MODES
    progressions = [text.split() for text in (mood.minor if minor else mood.major)]
    first, second = rng.sample(progressions, 2)
    symbols = _symbols(names, first, second, mood.cadence[1 if minor else 0], minor)
    chords = [tuple(chord(symbol, key.tonic) for symbol in text.split("|")) for text in symbols]
    plan: list[Bar] = []
    for index, name in enumerate(names):
        start = _section_start(names, index)
        length = _section_length(names, start)
        upcoming = names[index + 1] if index + 1 < bars else ""
        plan.append(
            Bar(
                index=index,
                beat=float(index * mood.meter),
                beats=mood.meter,
                section=name,
                energy=_energy(name, index - start, length),
                phrase=index - start,
                since_drop=index - _drop_near(names, index),
                chords=chords[index],
                next_root=chords[min(index + 1, bars - 1)][0].root,
                before_drop=upcoming == "drop" and name != "drop",
                first_of_drop=name == "drop" and index == start,
                before_final=index == bars - 2,
                final=index == bars - 1,
            )
        )
    return plan


def _symbols(names: list[str], first: list[str], second: list[str], cadence: str, minor: bool) -> list[str]:
    """A chord text per bar: the progression turns so that its first chord falls where each drop begins."""
    symbols: list[str] = []
    for index, name in enumerate(names):
        since = index - _drop_near(names, index)
        contrast = name == "drop" and since // 4 % 4 == 2  # the third phrase of a long drop
        symbols.append((second if contrast else first)[since % 4])
    symbols[-1] = "i" if minor else "I"
    if len(names) > FEWEST_BARS:
        symbols[-2] = cadence
    return symbols


def _drop_near(names: list[str], index: int) -> int:
    """Where the drop begins that a bar leads to, or, after the last one, has come from."""
    ahead = index if names[index] != "drop" else _section_start(names, index)
    if "drop" in names[ahead:]:
        return names.index("drop", ahead)
    while names[index] != "drop":
        index -= 1
    return _section_start(names, index)


def _energy(name: str, place: int, length: int) -> float:
    share = (place + 1) / length
    if name == "intro":
        return 0.25 + 0.1 * share
    if name == "build":
        return 0.4 + 0.38 * share
    if name == "drop":
        return 1.0
    return 0.85


def _section_start(names: list[str], index: int) -> int:
    while index > 0 and names[index - 1] == names[index]:
        index -= 1
    return index


def _section_length(names: list[str], start: int) -> int:
    end = start
    while end < len(names) and names[end] == names[start]:
        end += 1
    return end - start
