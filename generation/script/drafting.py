"""Which points are told, how fully, so that the script takes the asked time: a search over all combinations.

Each point may be left out, told in brief, told in full, or be one item of a list that closes the points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generation.language.length import length, spoken_length
from generation.script.bank import Figure, Versus, clauses

OUT, BRIEF, FULL, ITEM = 0, 1, 2, 3
PAUSE_SECONDS = 0.25  # between scenes
REST_SECONDS = 0.8  # first breath and last hold, when nobody speaks
TOLERANCE = 0.06  # of the speaking time: what speed and pauses make good afterwards
OWN_TOLERANCE = 0.1  # where a creator's point would have to go otherwise
MAX_POINTS = 8
LEAST_SCENES, MOST_SCENES = 3, 8
_LIST_SIZES = (3, 4)
_REPEAT_LEAST = {"zh": 4, "en": 4}  # clauses shorter than this may come twice ("真的", "not today")


@dataclass(frozen=True)
class ScriptPoint:
    """What a point can say: ``brief``, ``full`` (equal when there is no more) or ``item``, in a list.

    ``line`` stands on the screen; a creator's long point has only part of it there, which ``item`` must not say alone.
    """

    line: str
    brief: str
    full: str
    picture: str
    item: str
    own: bool = False
    figure: Figure | None = None
    versus: Versus | None = None


@dataclass(frozen=True)
class Ending:
    """``cost`` says how much less than the best ending this one pleases, in units of ``choose``'s worth."""

    line: str
    spoken: str
    picture: str
    cost: float = 0.0


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


def repeated_clause(texts: Sequence[str], language: str) -> str | None:
    """The first clause that is said twice, or ``None``."""
    seen: set[str] = set()
    for text in texts:
        for clause in clauses(text):
            key = clause.strip(" “”\"'").lower()
            if length(key, language) < _REPEAT_LEAST[language]:
                continue
            if key in seen:
                return clause
            seen.add(key)
    return None


def ideal_points(seconds: float) -> float:
    """How many points a video of this length carries well: about one each six seconds, after hook and ending."""
    return min(max((seconds - 4.0) / 5.2, 1.5), 7.0)


@lru_cache(maxsize=MAX_POINTS)
def _combinations(count: int) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """All ways to tell ``count`` points, (m, count), and the scenes each takes, hook and ending included."""
    grid = np.indices((4,) * count, dtype=np.int8).reshape(count, -1).T
    items = (grid == ITEM).sum(axis=1)
    scenes_of_points = ((grid == BRIEF) | (grid == FULL)).sum(axis=1)
    last_scene = np.where((grid == BRIEF) | (grid == FULL), np.arange(count), -1).max(axis=1)
    first_item = np.where(grid == ITEM, np.arange(count), count).min(axis=1)
    scenes = 2 + scenes_of_points + (items > 0)
    good = (items == 0) | (np.isin(items, _LIST_SIZES) & (first_item > last_scene))
    good &= (scenes >= LEAST_SCENES) & (scenes <= MOST_SCENES)
    return np.ascontiguousarray(grid[good]), scenes[good].astype(np.int16)


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
) -> ScriptDraft | None:
    """The best draft: within tolerance of the asked length, about as many points as it carries, own points first.

    ``list_opening(size, after)`` is what is said before a list of ``size`` items, after other points or alone. Equally
    good drafts are told apart by ``rng``. ``None`` when every combination repeats a clause.
    """
    points = points[:MAX_POINTS]
    if not points:
        return None
    grid, scenes = _combinations(len(points))
    lengths = np.array(
        [
            [
                0,
                spoken_length(p.brief, language),
                spoken_length(p.full, language),
                spoken_length(p.item, language),
            ]
            for p in points
        ],
        dtype=np.float64,
    )
    told = np.take_along_axis(lengths.T, grid.astype(np.int64), axis=0).sum(axis=1)
    items = (grid == ITEM).sum(axis=1)
    after = items < (grid != OUT).sum(axis=1)
    for size in _LIST_SIZES:
        for follows in (False, True):
            told[(items == size) & (after == follows)] += spoken_length(list_opening(size, follows), language)
    worth = _worth(grid, items, scenes, points, seconds)
    tolerance = OWN_TOLERANCE if any(point.own for point in points) else TOLERANCE
    speaking = max(seconds - REST_SECONDS, 1.0)
    ranked: list[tuple[float, float, Ending, int]] = []
    for ending in endings:
        fixed = spoken_length(hook, language) + spoken_length(ending.spoken, language)
        deviation = ((told + fixed) / rate + PAUSE_SECONDS * scenes - speaking) / speaking
        value = worth - (deviation / 0.03) ** 2 + rng.gumbel(0.0, 0.35, len(worth))
        value -= ending.cost
        value -= 1000.0 * (np.abs(deviation) > tolerance) * (1.0 + np.abs(deviation))
        best = np.argsort(-value)[:60]
        ranked += [(float(value[i]), float(deviation[i]), ending, int(i)) for i in best]
    ranked.sort(key=lambda row: -row[0])
    for _, off, ending, index in ranked:
        draft = ScriptDraft(
            ending, tuple((p, int(way)) for p, way in zip(points, grid[index], strict=True) if way), off
        )
        if repeated_clause([hook, *said_texts(draft, language), ending.spoken], language) is None:
            return draft
    return None


def _worth(
    grid: NDArray[np.int8],
    items: NDArray[np.int64],
    scenes: NDArray[np.int16],
    points: Sequence[ScriptPoint],
    seconds: float,
) -> NDArray[np.float64]:
    count = (grid != OUT).sum(axis=1)
    worth: NDArray[np.float64] = -0.9 * np.abs(count - ideal_points(seconds))
    worth -= 2.4 * (items > 0)  # headlines in a row say less than one point explained
    worth += 1.0 * (scenes > LEAST_SCENES)
    shown = np.array([p.figure is not None or p.versus is not None for p in points])
    worth += 0.25 * (((grid == BRIEF) | (grid == FULL)) & shown).sum(axis=1)
    own = np.array([p.own for p in points])
    worth += (
        3.0 * ((grid == FULL) & own) + 2.0 * ((grid == BRIEF) & own) + 1.5 * ((grid == ITEM) & own)
    ).sum(axis=1)
    same = np.array([p.brief == p.full for p in points])
    worth -= 0.01 * ((grid == BRIEF) & same).sum(axis=1)
    return worth


def said_texts(draft: ScriptDraft, language: str) -> Iterator[str]:
    """What each told point says, in order."""
    for point, way in draft.told:
        yield {BRIEF: point.brief, FULL: point.full, ITEM: point.item}[way]
