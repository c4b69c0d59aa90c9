"""Which ranker serves: training one, promoting one, and going back to the one before."""

from __future__ import annotations

from datetime import datetime

from generation.models import ModelKind, ModelVersion
from generation.services.versions import version_promote, version_rollback
from recommender import training


def ranker_train(*, until: datetime | None = None, simulated: bool = False, seed: int = 0) -> ModelVersion:
    """Train, judge and register a version; it is promoted if it beats production and popularity.

    Raises ``TooLittleData`` or ``TrainingBusy``.
    """
    return training.ranker_train(until=until, simulated=simulated, seed=seed)


def ranker_promote(*, version: ModelVersion) -> ModelVersion:
    """Let ``version`` serve from now on, whatever its marks. Raises ``VersionStateConflict``."""
    return version_promote(version=version)


def ranker_rollback() -> ModelVersion:
    """Let the version serve that the present one replaced. Raises ``VersionStateConflict`` when there is none."""
    return version_rollback(kind=ModelKind.RANKER)
