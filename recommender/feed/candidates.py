"""Where candidates come from: each source proposes at most its budget, with a score in (0, 1] of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from recommender.catalogue.columns import Ints
from recommender.feed.context import Asking

Floats = NDArray[np.float64]
Proposal = tuple[Ints, Floats]  # rows, scores in (0, 1]

NOTHING: Proposal = (np.zeros(0, np.int64), np.zeros(0))
SEED_ITEMS, PER_SEED = 6, 24  # newest liked videos whose companions are looked up, and how many of each
CREATORS, PER_CREATOR = 50, 8
FOLLOWED_HALF_LIFE_HOURS = 72.0
SAMPLED = 256  # of the pool of new videos, looked at more closely for one page
ENOUGH = 3.0  # candidates a slot below which the rest of the catalogue is drawn on


@dataclass
class CandidatePool:
    """The merged proposals: rows (n,) once each, and what each source said of them."""

    rows: Ints
    scores: dict[str, Floats] = field(default_factory=dict)  # (n,) by source, 0 where it did not propose


def sequence(asking: Asking, budget: int) -> Proposal:
    """What the trained ranker puts next after the viewer's latest videos."""
    rows, scores = asking.production.scores_for(asking.past.liked, asking.snapshot)
    open_ = asking.allowed[rows]
    return _best(rows[open_], scores[open_], budget)


def items(asking: Asking, budget: int) -> Proposal:
    """What people watched who watched what this viewer just liked."""
    found: dict[int, float] = {}
    for age, reaction in enumerate(asking.past.liked[:SEED_ITEMS]):
        near = asking.production.companions(reaction.video, asking.snapshot)
        for place, row in enumerate(near[near >= 0][:PER_SEED]):
            score = (1 - place / PER_SEED) * 0.9**age
            found[int(row)] = max(score, found.get(int(row), 0.0))
    rows = np.fromiter(found, np.int64, len(found))
    scores = np.fromiter(found.values(), np.float64, len(found))
    open_ = asking.allowed[rows]
    return _best(rows[open_], scores[open_], budget)


def content(asking: Asking, budget: int) -> Proposal:
    """What is most like the viewer's taste by words, picture and sound."""
    if not asking.past.liked or not asking.direction.any():
        return NOTHING
    rows, cosines = asking.snapshot.nearest.search(asking.direction, budget, asking.allowed)
    return _best(rows, cosines.astype(np.float64), budget)


def followed(asking: Asking, budget: int) -> Proposal:
    """The newest of the creators the viewer follows."""
    lists = [asking.snapshot.rows_by(creator)[:PER_CREATOR] for creator in asking.past.follows[-CREATORS:]]
    rows = np.concatenate([np.zeros(0, np.int64), *lists])
    rows = rows[asking.allowed[rows]]
    age_hours = np.maximum(asking.now.timestamp() - asking.snapshot.columns.published[rows], 0) / 3600
    scores = np.maximum(0.5 ** (age_hours / FOLLOWED_HALF_LIFE_HOURS), 0.05)
    order = np.argsort(-scores, kind="stable")[:budget]
    return rows[order], scores[order]


def trending(asking: Asking, budget: int) -> Proposal:
    """What holds most viewers now: reward that decays by half a day's length."""
    return _listed(asking, asking.snapshot.trending[asking.kind], budget)


def fresh(asking: Asking, budget: int) -> Proposal:
    """The newest videos."""
    return _listed(asking, asking.snapshot.newest, budget)


def explore(asking: Asking, budget: int) -> Proposal:
    """New videos that still have impressions coming: those that fit the viewer, and some that only chance picks."""
    pool = asking.snapshot.pool
    if len(pool) > SAMPLED:
        pool = pool[asking.rng.choice(len(pool), SAMPLED, replace=False)]
    rows = pool[asking.allowed[pool]]
    if len(rows) > budget:
        if asking.past.liked:
            fit = asking.snapshot.nearest.vectors(rows) @ asking.direction
            half = budget // 2
            rows = rows[np.argsort(-fit, kind="stable")]
            rows = np.concatenate([rows[:half], asking.rng.permutation(rows[half:])])
        rows = rows[:budget]
    return rows, np.full(len(rows), 0.5)


def anything(asking: Asking, budget: int) -> Proposal:
    """Whatever else there is, by chance: only asked when the others have run dry."""
    rows = np.flatnonzero(asking.allowed)
    if len(rows) > budget:
        rows = asking.rng.choice(rows, budget, replace=False)
    return rows, np.full(len(rows), 0.05)


SOURCES: Mapping[str, Callable[[Asking, int], Proposal]] = {
    "sequence": sequence,
    "items": items,
    "content": content,
    "followed": followed,
    "trending": trending,
    "fresh": fresh,
    "explore": explore,
}


def gathered(asking: Asking, *, limit: int) -> CandidatePool:
    """The proposals of all sources that are switched on, each within its budget, merged."""
    proposals: dict[str, Proposal] = {}
    for name, source in SOURCES.items():
        budget = settings.FEED_SOURCES.get(name, 0)
        if budget > 0:
            proposals[name] = source(asking, budget)
    rows = np.unique(np.concatenate([np.zeros(0, np.int64), *(rows for rows, _ in proposals.values())]))
    if len(rows) < ENOUGH * limit:
        proposals["anything"] = anything(asking, int(ENOUGH * limit) + len(rows))
        rows = np.union1d(rows, proposals["anything"][0])
    scores = {}
    for name, (proposed, said) in proposals.items():
        scores[name] = np.zeros(len(rows))
        scores[name][np.searchsorted(rows, proposed)] = said
    return CandidatePool(rows, scores)


def _listed(asking: Asking, listed: Ints, budget: int) -> Proposal:
    rows = listed[asking.allowed[listed]][:budget]
    return rows, 1.0 - np.arange(len(rows)) / max(budget, 1)


def _best(rows: Ints, scores: Floats, budget: int) -> Proposal:
    """The best ``budget`` rows with their scores moved into [0.05, 1]."""
    if not len(rows):
        return NOTHING
    if len(rows) > budget:
        kept = np.argpartition(-scores, budget - 1)[:budget]
        rows, scores = rows[kept], scores[kept]
    low, high = float(scores.min()), float(scores.max())
    scaled = (scores - low) / (high - low) if high > low else np.ones(len(scores))
    return rows, 0.05 + 0.95 * scaled
