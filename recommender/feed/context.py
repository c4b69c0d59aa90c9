"""One request for a page, with everything the candidate sources look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.catalogue import Snapshot
from recommender.catalogue.columns import ALL, REAL, Ints
from recommender.feed.history import LIKING, ViewerHistory
from recommender.ml.page.cold_start import Reactions, Taste, taste
from recommender.models import Viewer
from recommender.training.production import Production

SEEDS = 12  # newest positive reactions that explain a choice


@dataclass
class Asking:
    """Who asks, what is known of them, and what there is."""

    viewer: Viewer
    past: ViewerHistory
    snapshot: Snapshot
    production: Production
    now: datetime
    rng: np.random.Generator
    totals_of_all: bool  # simulated viewers' totals count too
    language: str = ""  # of the viewer's pages, "zh" or "en"

    @property
    def kind(self) -> int:
        """Which totals count for this viewer."""
        return ALL if self.totals_of_all else REAL

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Rows (n,) this viewer may be shown: published, not seen, not turned away."""
        snapshot, past = self.snapshot, self.past
        allowed = snapshot.columns.alive & snapshot.columns.safe
        allowed[snapshot.rows_known(past.seen)] = False
        allowed[snapshot.rows_known(np.array(past.avoided_videos, np.int64))] = False
        for creator in past.avoided_creators:
            allowed[snapshot.rows_by(creator)] = False
        return allowed

    _known: NDArray[np.bool_] = field(init=False, repr=False)

    @cached_property
    def reacted(self) -> tuple[Ints, NDArray[np.float32], NDArray[np.float32]]:
        """Rows (m,), values (m,) and content vectors (m, d) of the known reactions, newest first."""
        ids = np.array([reaction.video for reaction in self.past.reactions], np.int64)
        values = np.array([reaction.value for reaction in self.past.reactions], np.float32)
        rows = self.snapshot.rows_of(ids)
        self._known = rows >= 0
        rows = rows[self._known]
        return rows, values[self._known], self.snapshot.nearest.vectors(rows)

    @cached_property
    def taste(self) -> Taste:
        """What the viewer's reactions say they like; it knows how sure it is."""
        rows, values, vectors = self.reacted
        when = np.array([r.when for r in self.past.reactions], np.float64)[self._known]
        ages = np.maximum(self.now.timestamp() - when, 0.0)
        subjects = self.snapshot.columns.categories[rows]
        return taste(Reactions(vectors, np.clip(values, -1, 1).astype(np.float64), ages, subjects))

    @cached_property
    def direction(self) -> NDArray[np.float32]:
        """Unit vector (d,) of the taste, to look for more; zero while nothing is known."""
        return self.taste.direction

    @cached_property
    def seeds(self) -> tuple[Ints, NDArray[np.float32]]:
        """Rows and vectors of the newest positive reactions: what "because you liked" may name."""
        rows, values, vectors = self.reacted
        positive = np.flatnonzero(values > LIKING)[:SEEDS]
        return rows[positive], vectors[positive]
