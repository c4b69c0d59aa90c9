"""When something new comes in a scene: with the clauses that are said, on the music's beats, and never too rarely."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generation.storyboard import Scene, Storyboard

LONGEST_HOLD = 2.5  # seconds for which a picture may stay as it is
LEAST_HOLD = 0.8  # seconds below which a change is not taken in
SNAP_SECONDS = 0.12  # what comes this near to a beat of the music falls on it
_IDEAL_HOLD = 1.6
_BETWEEN_WORDS, _BETWEEN_NOTHING = 0.5, 1.0  # what a change costs that no clause begins with
_STEP = 0.2  # seconds between the moments that are looked at where nothing is said
_PAUSE = re.compile(r"[，。！？；：、,.!?;:…]")


@dataclass(frozen=True)
class Pulse:
    """The music's beats: one every 60 / ``tempo`` seconds from the video's start, ``start`` seconds before the scene's."""

    tempo: float
    start: float = 0.0

    def snapped(self, seconds: float) -> float:
        """The nearest beat where it is within ``SNAP_SECONDS``, else the moment itself; in scene seconds."""
        step = 60 / self.tempo
        beat = round((self.start + seconds) / step) * step - self.start
        return beat if abs(beat - seconds) <= SNAP_SECONDS else seconds


@dataclass(frozen=True)
class Clause:
    """A part of a narration between two marks, and when it begins to be said, in seconds since the scene's start."""

    start: float
    text: str


def clauses_said(scene: Scene) -> list[Clause]:
    """The narration's clauses in order; one clause from the start where no cue tells more."""
    found: list[Clause] = []
    read = begun = 0
    start = scene.cues[0].start if scene.cues else 0.0
    for cue in scene.cues:
        place = scene.narration.find(cue.text, read)
        if place < 0:
            continue
        if place > read and _PAUSE.search(scene.narration, read, place):
            found.append(Clause(start, _bare(scene.narration[begun:read])))
            begun, start = place, cue.start
        read = place + len(cue.text)
    return [clause for clause in [*found, Clause(start, _bare(scene.narration[begun:]))] if clause.text]


def _bare(text: str) -> str:
    return text.strip(" ，。！？；：、,.!?;:…“”\"'")


def pulse_of(board: Storyboard, index: int) -> Pulse | None:
    """The music's beats, counted from the start of the scene ``index``; ``None`` where nothing is played."""
    music = board.music
    if music.tempo is None or music.level <= 0:
        return None
    return Pulse(music.tempo, sum(scene.seconds for scene in board.scenes[:index]))


def scene_beats(board: Storyboard, index: int) -> tuple[float, ...]:
    """The moments after its start at which something new shall come in a scene, in seconds since then."""
    scene = board.scenes[index]
    starts = [clause.start for clause in clauses_said(scene)[1:]]
    words = [cue.start for cue in scene.cues]
    return beats_of(scene.seconds, starts, words=words, pulse=pulse_of(board, index))


def beats_of(
    seconds: float, starts: Iterable[float], *, words: Iterable[float] = (), pulse: Pulse | None = None
) -> tuple[float, ...]:
    """The moments within a scene of ``seconds`` at which something new shall come, in order.

    They fall where clauses start if they can, else where words do, and on the ``pulse`` where it is near. From the scene's
    start over them to its end nothing lasts longer than ``LONGEST_HOLD``, nor shorter than ``LEAST_HOLD``.
    """
    costs: dict[float, float] = {}
    offered = (
        (starts, 0.0),
        (words, _BETWEEN_WORDS),
        ((i * _STEP for i in range(1, math.ceil(seconds / _STEP))), _BETWEEN_NOTHING),
    )
    for moments, cost in offered:
        for moment in moments:
            for at, more in ((moment, 0.05), (pulse.snapped(moment) if pulse else moment, 0.0)):
                if LEAST_HOLD <= at <= seconds - LEAST_HOLD:
                    costs[at] = min(costs.get(at, math.inf), cost + more)
    return _cheapest(sorted(costs), costs, seconds)


def _cheapest(moments: Sequence[float], costs: dict[float, float], seconds: float) -> tuple[float, ...]:
    """The cheapest way from 0 to ``seconds`` over ``moments`` in holds of allowed lengths."""
    stops = [0.0, *moments, seconds]
    best: list[tuple[float, int]] = [(0.0, -1)]
    for place, stop in enumerate(stops[1:], 1):
        own = costs[stop] if place <= len(moments) else 0.0
        ways = [
            (best[before][0] + own + ((stop - stops[before] - _IDEAL_HOLD) / _IDEAL_HOLD) ** 2, before)
            for before in range(place)
            if _is_hold(stop - stops[before], whole=before == 0 and place == len(stops) - 1)
        ]
        best.append(min(ways, default=(math.inf, -1)))
    chosen: list[float] = []
    place = best[-1][1]
    while place > 0:
        chosen.append(stops[place])
        place = best[place][1]
    return tuple(reversed(chosen))


def _is_hold(seconds: float, *, whole: bool) -> bool:
    """Whether something may last so long; a ``whole`` scene may be as short as it is."""
    return seconds <= LONGEST_HOLD + 1e-9 and (whole or seconds >= LEAST_HOLD - 1e-9)
