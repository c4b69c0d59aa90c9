"""The picture of the catalogue at one moment: it is never changed, a newer one takes its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.catalogue.columns import STATS, Columns, Floats, Ints
from recommender.ml.content.nearest import Nearest
from recommender.ml.page.exploration import NewVideoRules

LISTED = 2000  # length of the ready-made lists
NEW_RULES = NewVideoRules()
NEW_SOURCES = ("explore",)  # impressions that count against a new video's share of exploration
PRIOR_VIEWS = 12.0  # views' worth of the site's mean in a video's own


@dataclass(frozen=True)
class Snapshot:
    """Everything the ranking asks of the catalogue. Rows are places in ``columns``; ids are the videos'."""

    columns: Columns
    nearest: Nearest
    explored: Ints  # (n,) impressions that exploration has given so far
    taken: float  # monotonic seconds when it was read
    sorted_ids: Ints
    sorter: Ints
    by_creator: Ints  # rows, by creator and then newest first
    creator_keys: Ints  # creators of ``by_creator``
    trending: tuple[Ints, Ints]  # rows, hottest first, for real viewers' totals and for all
    newest: Ints  # rows, newest first
    pool: Ints  # rows that exploration may show
    quality: NDArray[np.float64]  # (2, n) smoothed mean reward in [0, 1]
    mean_quality: tuple[float, float]

    def __len__(self) -> int:
        return len(self.columns)

    def rows_of(self, ids: Ints) -> Ints:
        """Rows of video ids; -1 where the catalogue does not know one."""
        if not len(self.sorted_ids):
            return np.full(len(ids), -1, np.int64)
        place = np.minimum(np.searchsorted(self.sorted_ids, ids), len(self.sorted_ids) - 1)
        return np.where(self.sorted_ids[place] == ids, self.sorter[place], -1)

    def rows_known(self, ids: Ints) -> Ints:
        rows = self.rows_of(ids)
        return rows[rows >= 0]

    def rows_by(self, creator: int) -> Ints:
        """A creator's rows, newest first."""
        start, end = np.searchsorted(self.creator_keys, [creator, creator + 1])
        return self.by_creator[start:end]

    def stat(self, name: str, kind: int, rows: Ints) -> NDArray[np.float32]:
        """One total of the given rows."""
        return self.columns.stats[kind, rows, STATS.index(name)]

    def category_name(self, row: int) -> str:
        code = int(self.columns.categories[row])
        return self.columns.names[code] if code >= 0 else ""


def snapshot_of(
    columns: Columns,
    nearest: Nearest,
    explored: Ints,
    *,
    now: float,
    taken: float,
    old: Snapshot | None = None,
) -> Snapshot:
    """Make the ready lists; ``old`` lends what depends only on which videos there are, when those are the same."""
    if old is not None and old.columns.ids is columns.ids:
        sorter, sorted_ids = old.sorter, old.sorted_ids
        by_creator, creator_keys = old.by_creator, old.creator_keys
    else:
        sorter = np.argsort(columns.ids, kind="stable")
        sorted_ids = columns.ids[sorter]
        by_creator = np.lexsort((-columns.published, columns.creators))
        creator_keys = columns.creators[by_creator]
    heat = np.where(columns.alive, columns.heat, -np.inf)
    quality, means = _quality(columns)
    return Snapshot(
        columns=columns,
        nearest=nearest,
        explored=explored,
        taken=taken,
        sorted_ids=sorted_ids,
        sorter=sorter,
        by_creator=by_creator,
        creator_keys=creator_keys,
        trending=(_best(heat[0]), _best(heat[1])),
        newest=_best(np.where(columns.alive, columns.published, -np.inf)),
        pool=_pool(columns, explored, now=now),
        quality=quality,
        mean_quality=means,
    )


def _best(values: Floats) -> Ints:
    """Rows of the largest finite values, largest first."""
    finite = np.flatnonzero(np.isfinite(values))
    if len(finite) > LISTED:
        finite = finite[np.argpartition(-values[finite], LISTED)[:LISTED]]
    return finite[np.argsort(-values[finite], kind="stable")]


def _pool(columns: Columns, explored: Ints, *, now: float) -> Ints:
    """Rows that are owed impressions, or new and under their limit; the neediest when there are very many."""
    rules = NEW_RULES
    age_hours = (now - columns.published) / 3600
    owed = explored < rules.guaranteed
    tried = (explored < rules.limit) & (age_hours <= rules.window_hours)
    # a video that found viewers by itself is not new to anybody any more
    unknown = columns.stats[1, :, STATS.index("views")] < rules.limit
    rows = np.flatnonzero(columns.alive & unknown & (owed | tried))
    if len(rows) > LISTED:
        newest_first = np.argsort(-columns.published[rows] + explored[rows] * 3600.0, kind="stable")
        rows = rows[newest_first[:LISTED]]
    return rows


def _quality(columns: Columns) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Mean reward of each video, pulled toward the site's mean by ``PRIOR_VIEWS``."""
    views = columns.stats[:, :, STATS.index("views")].astype(np.float64)
    rewards = columns.stats[:, :, STATS.index("reward_sum")].astype(np.float64)
    total = views.sum(axis=1)
    means = np.where(total > 0, rewards.sum(axis=1) / np.maximum(total, 1), 0.5)
    quality = (rewards + PRIOR_VIEWS * means[:, None]) / (views + PRIOR_VIEWS)
    return np.clip(quality, 0, 1), (float(means[0]), float(means[1]))
