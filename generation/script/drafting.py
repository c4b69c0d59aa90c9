"""Which points are told, how fully, so that the script takes the asked time: a search over all combinations.

Each point may be left out, told in brief, told in full, or be one item of a list that closes the points. A creator's own
points are always told, whole. Where a number of points was asked for, exactly so many are told, each in a scene of its own,
and a point may then be no more than its headline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generation.bank.topic import Figure, Versus, clauses
from generation.language.length import length, spoken_length
from generation.script.pacing import (
    COMFORTABLE_PAUSE_SECONDS,
    COMFORTABLE_REST_SECONDS,
    LONGEST_HOLD_SECONDS,
    LONGEST_PAUSE_SECONDS,
    SLOWEST,
)

OUT, BRIEF, FULL, ITEM, CURT = 0, 1, 2, 3, 4
# Planned with pauses in the middle of what feels natural, so that a voice may turn out slower or faster than its rate.
PAUSE_SECONDS = COMFORTABLE_PAUSE_SECONDS  # around each scene's narration
REST_SECONDS = COMFORTABLE_REST_SECONDS  # of the end card, more than that
TOLERANCE = 0.06  # of the speaking time: what speed and pauses make good afterwards
OWN_TOLERANCE = 0.1  # where a creator's point would have to go otherwise
MAX_POINTS = 8
LEAST_SCENES, MOST_SCENES = 3, 10
_LIST_SIZES = (3, 4)
_LOOKED_AT = 60  # drafts of each ending, best first, until one says nothing twice
_SECONDS_A_POINT = 6.0
_THREE_POINTS_FROM_SECONDS = 15.0
_LACKING, _CROWDED = 6.0, 0.9  # what a point less or more than wanted costs, in units of worth
_REPEAT_LEAST = {"zh": 4, "en": 4}  # clauses shorter than this may come twice ("真的", "not today")


@dataclass(frozen=True)
class ScriptPoint:
    """What a point can say: ``brief``, ``full`` (equal when there is no more) or ``item``, in a list.

    ``line`` stands on the screen; a creator's long point has only part of it there, which ``item`` must not say alone.
    ``source`` is the sentence of a creator's text that it was taken from; its ``brief`` leaves out only what may go.
    """

    line: str
    brief: str
    full: str
    picture: str
    item: str
    own: bool = False
    figure: Figure | None = None
    versus: Versus | None = None
    source: str = ""
    year: str = ""
    dont: bool = False

    def said(self, way: int) -> str:
        """What is said of it when it is told this ``way``."""
        return {BRIEF: self.brief, FULL: self.full, ITEM: self.item, CURT: self.item}[way]


@dataclass(frozen=True)
class Ending:
    """``cost`` says how much less than the best ending this one pleases, in units of ``choose``'s worth.

    One that ``recaps`` names every point, and fits only where every point was told.
    """

    line: str
    spoken: str
    picture: str
    cost: float = 0.0
    recaps: bool = False


@dataclass(frozen=True)
class ScriptDraft:
    """``told`` holds (point, way of telling) in order; ``deviation`` is the relative error of the predicted length."""

    ending: Ending
    told: tuple[tuple[ScriptPoint, int], ...]
    deviation: float


def said_item(line: str, language: str) -> str:
    """A line of the screen, said as a sentence."""
    if re.search(r"[。！？.!?]$", line):
        return line
    return line + ("。" if language == "zh" else ".")


def joined(parts: Sequence[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(part for part in parts if part)


def seconds_said(texts: Sequence[str], *, language: str, rate: float) -> float:
    """Predicted speaking time of scenes' narrations, pauses between them included."""
    return sum(spoken_length(text, language) for text in texts) / rate + PAUSE_SECONDS * len(texts)


def longest_seconds(hook: str, draft: ScriptDraft, *, language: str, rate: float) -> float:
    """How long a draft can be made by slower speech and longer pauses that still feel natural."""
    texts = [hook, *(point.said(way) for point, way in draft.told), draft.ending.spoken]
    speech = sum(spoken_length(text, language) for text in texts) / rate
    scenes = (
        2 + len([way for _, way in draft.told if way != ITEM]) + any(way == ITEM for _, way in draft.told)
    )
    return speech / SLOWEST + scenes * LONGEST_PAUSE_SECONDS + LONGEST_HOLD_SECONDS


def clause_keys(text: str, language: str) -> list[str]:
    """The clauses of a text by which two texts are found to say the same; those of a word or two may come twice."""
    keys = (clause.strip(" “”\"'").lower() for clause in clauses(text))
    return [key for key in keys if length(key, language) >= _REPEAT_LEAST[language]]


def repeated_clause(texts: Sequence[str], language: str) -> str | None:
    """The first clause that is said twice, or ``None``."""
    seen: set[str] = set()
    for text in texts:
        for key in clause_keys(text, language):
            if key in seen:
                return key
            seen.add(key)
    return None


def points_wanted(seconds: float) -> int:
    """How many points a video of this length should make: one every six seconds, three at least from 15 s on."""
    least = 3 if seconds >= _THREE_POINTS_FROM_SECONDS else 2
    return max(least, int(seconds / _SECONDS_A_POINT + 0.5))


@lru_cache(maxsize=4 * MAX_POINTS)
def _combinations(ways: tuple[tuple[int, ...], ...]) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """All ways to tell points of which each has its ``ways``, (m, points), and the scenes each takes, hook and ending included."""
    places = np.indices([len(own) for own in ways], dtype=np.int8).reshape(len(ways), -1).T
    grid = np.stack([np.array(own, dtype=np.int8)[places[:, i]] for i, own in enumerate(ways)], axis=1)
    items = (grid == ITEM).sum(axis=1)
    alone = (grid == BRIEF) | (grid == FULL) | (grid == CURT)
    last_scene = np.where(alone, np.arange(len(ways)), -1).max(axis=1)
    first_item = np.where(grid == ITEM, np.arange(len(ways)), len(ways)).min(axis=1)
    scenes = 2 + alone.sum(axis=1) + (items > 0)
    good = (items == 0) | (np.isin(items, _LIST_SIZES) & (first_item > last_scene))
    good &= (scenes >= LEAST_SCENES) & (scenes <= MOST_SCENES)
    return np.ascontiguousarray(grid[good]), scenes[good].astype(np.int16)


def _ways(point: ScriptPoint, apart: bool) -> tuple[int, ...]:
    """How a point may be told; ``apart`` keeps headlines in scenes of their own instead of a list."""
    if point.own:
        return (BRIEF, FULL) if point.source and point.brief != point.full else (FULL,)
    return (OUT, CURT, BRIEF, FULL) if apart else (OUT, BRIEF, FULL, ITEM)


def choose(
    *,
    hook: str,
    points: Sequence[ScriptPoint],
    endings: Sequence[Ending],
    list_opening: Callable[[int, bool], str],
    language: str,
    rate: float,
    seconds: float,
    rng: np.random.Generator,
    count: int | None = None,
) -> ScriptDraft | None:
    """The best draft: within tolerance of the asked length, as many points as it carries, every own one whole.

    ``count`` is the number of points that was asked for, each its own scene; without it the length says how many.
    ``list_opening(size, after)`` is what is said before a list of ``size`` items, after other points or alone. Equally
    good drafts are told apart by ``rng``. ``None`` when every combination repeats a clause, or none has ``count`` points.
    """
    points = points[:MAX_POINTS]
    if not points:
        return None
    grid, scenes = _combinations(
        tuple(_ways(point, count is not None or seconds < _THREE_POINTS_FROM_SECONDS) for point in points)
    )
    if count is not None:
        asked = (grid != OUT).sum(axis=1) == count
        grid, scenes = grid[asked], scenes[asked]
    if not len(grid):
        return None
    lengths = np.array(
        [[0, *(spoken_length(said, language) for said in (p.brief, p.full, p.item, p.item))] for p in points],
        dtype=np.float64,
    )  # in the order of OUT, BRIEF, FULL, ITEM, CURT
    told = np.take_along_axis(lengths.T, grid.astype(np.int64), axis=0).sum(axis=1)
    items = (grid == ITEM).sum(axis=1)
    told_points = (grid != OUT).sum(axis=1)
    after = items < told_points
    for size in _LIST_SIZES:
        for follows in (False, True):
            told[(items == size) & (after == follows)] += spoken_length(list_opening(size, follows), language)
    worth = _worth(grid, items, scenes, points, min(points_wanted(seconds), len(points)))
    tolerance = OWN_TOLERANCE if any(point.own for point in points) else TOLERANCE
    speaking = max(seconds - REST_SECONDS, 1.0)
    ranked: list[tuple[float, float, Ending, int]] = []
    for ending in endings:
        fixed = spoken_length(hook, language) + spoken_length(ending.spoken, language)
        deviation = ((told + fixed) / rate + PAUSE_SECONDS * scenes - speaking) / speaking
        value = worth - (deviation / 0.03) ** 2 + rng.gumbel(0.0, 0.35, len(worth))
        value -= ending.cost
        if ending.recaps:
            value -= 1e6 * (told_points < len(points))
        value -= 1000.0 * (np.abs(deviation) > tolerance) * (1.0 + np.abs(deviation))
        best = np.argpartition(-value, min(_LOOKED_AT, len(value) - 1))[:_LOOKED_AT]
        ranked += [(float(value[i]), float(deviation[i]), ending, int(i)) for i in best]
    ranked.sort(key=lambda row: -row[0])
    for _, off, ending, index in ranked:
        draft = ScriptDraft(
            ending, tuple((p, int(way)) for p, way in zip(points, grid[index], strict=True) if way), off
        )
        if _says_nothing_twice(hook, draft, language):
            return draft
    return None


def _worth(
    grid: NDArray[np.int8],
    items: NDArray[np.int64],
    scenes: NDArray[np.int16],
    points: Sequence[ScriptPoint],
    wanted: int,
) -> NDArray[np.float64]:
    count = (grid != OUT).sum(axis=1)
    worth: NDArray[np.float64] = -_LACKING * np.maximum(wanted - count, 0) - _CROWDED * np.maximum(
        count - wanted, 0
    )
    worth -= 2.4 * (items > 0)  # headlines in a row say less than one point explained
    worth -= 1.2 * (grid == CURT).sum(axis=1)
    worth += 1.0 * (scenes > LEAST_SCENES)
    shown = np.array([p.figure is not None or p.versus is not None for p in points])
    worth += 0.25 * (((grid == BRIEF) | (grid == FULL)) & shown).sum(axis=1)
    same = np.array([p.brief == p.full for p in points])
    worth -= 0.01 * ((grid == BRIEF) & same).sum(axis=1)
    return worth


def _says_nothing_twice(hook: str, draft: ScriptDraft, language: str) -> bool:
    """Whether nothing of ours is said twice or says what the creator says; their own points may, they are theirs."""
    ours = [hook, *(point.said(way) for point, way in draft.told if not point.own), draft.ending.spoken]
    theirs = {key for point, _ in draft.told if point.own for key in clause_keys(point.full, language)}
    return repeated_clause(ours, language) is None and not any(
        key in theirs for text in ours for key in clause_keys(text, language)
    )
