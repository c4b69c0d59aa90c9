"""The ranker in production, held in this process; another one takes its place when the pointer moves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from generation.models import ModelVersion
from recommender.catalogue import refresher
from recommender.catalogue.columns import Ints
from recommender.catalogue.snapshot import Snapshot
from recommender.ml.engagement.duration import DurationCorrection
from recommender.ml.engagement.model import EngagementModel
from recommender.selectors import ranker_current

if TYPE_CHECKING:
    from recommender.ml import Ranker

logger = logging.getLogger(__name__)

COMPANIONS = 40
HISTORY = 60  # newest liked videos the ranker reads
REMEMBERED = 4096  # videos whose companions are kept


class Watched(Protocol):
    """A video and when it was met, in seconds since 1970."""

    video: int

    @property
    def when(self) -> float: ...


@dataclass
class Production:
    """What decides: a trained version, or nothing yet (then the documented prior blend ranks)."""

    version: int | None = None
    ranker: Ranker | None = None
    engagement: EngagementModel = field(default_factory=EngagementModel)
    correction: DurationCorrection = field(default_factory=lambda: _unlearned())
    _rows: tuple[Ints, Ints] | None = (
        None  # catalogue ids the rows were made for, and a row for each ranker item
    )
    _companions: dict[int, Ints] = field(default_factory=dict)

    @property
    def policy(self) -> str:
        """Name and version of what chooses."""
        return f"ranker-{self.version}" if self.version else "prior-blend"

    def rows(self, snapshot: Snapshot) -> Ints:
        """The catalogue's row (I,) of each item the ranker knows; -1 where it left."""
        assert self.ranker is not None
        kept = self._rows
        if kept is None or kept[0] is not snapshot.columns.ids:
            kept = (snapshot.columns.ids, snapshot.rows_of(self.ranker.item_ids_))
            self._rows = kept
        return kept[1]

    def scores_for(self, liked: Sequence[Watched], snapshot: Snapshot) -> tuple[Ints, NDArray[np.float64]]:
        """Catalogue rows and the ranker's scores for them after this history (newest first); nothing without one."""
        if self.ranker is None or not liked:
            return np.zeros(0, np.int64), np.zeros(0)
        history = list(reversed(liked[:HISTORY]))
        ids, times = [met.video for met in history], [met.when for met in history]
        scores = self.ranker.score_histories([(ids, times)])[0]
        rows = self.rows(snapshot)
        known = rows >= 0
        return rows[known], scores[known].astype(np.float64)

    def companions(self, video: int, snapshot: Snapshot) -> Ints:
        """Catalogue rows of what is met by the same people as ``video``, nearest first."""
        if self.ranker is None:
            return np.zeros(0, np.int64)
        ids = self._companions.get(video)
        if ids is None:
            ids = self.ranker.similar_items([video], COMPANIONS)[0]
            if len(self._companions) >= REMEMBERED:
                self._companions.clear()
            self._companions[video] = ids
        return snapshot.rows_of(ids[ids >= 0])


class Holder:
    """Holds the production version and looks now and then whether it is still the one."""

    def __init__(self) -> None:
        self._held = Production()
        self._seen = False
        self._lock = threading.Lock()

    def current(self) -> Production:
        """The version in production, as the catalogue's thread last saw the pointer."""
        if not (self._seen and refresher.alive):
            self.look()
        return self._held

    def look(self) -> None:
        """Read the pointer. A version that cannot be loaded leaves the former one at work, and the log says so."""
        with self._lock:
            version = ranker_current()
            if version is None:
                self._held = self._held if self._held.version is None else Production()
            elif version.pk != self._held.version:
                try:
                    self._held = load(version)
                except Exception:
                    logger.exception("Ranker %s cannot be loaded; %s goes on.", version.pk, self._held.policy)
            self._seen = True


def load(version: ModelVersion) -> Production:
    """Read a ranker's files; ``settings.VERSION_READERS`` names this."""
    from recommender.ml import Ranker

    folder = Path(settings.VAR_DIR) / version.folder
    return Production(
        version=version.pk,
        ranker=Ranker.load(folder),
        engagement=EngagementModel.load(folder),
        correction=DurationCorrection.load(folder / "duration.json"),
    )


def _unlearned() -> DurationCorrection:
    import pandas as pd

    return DurationCorrection().fit(pd.DataFrame())


holder = Holder()
refresher.also.append(holder.look)
