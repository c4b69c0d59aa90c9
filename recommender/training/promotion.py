"""Which ranker serves: training one, promoting one, and going back to the one before."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from recommender import training
from recommender.errors import RankerStateConflict, RecommenderError
from recommender.models import RankerVersion
from recommender.selectors import ranker_current
from recommender.training.production import load, pointer_move


def ranker_train(*, until: datetime | None = None, simulated: bool = False, seed: int = 0) -> RankerVersion:
    """Train, judge and register a version; it is promoted if it beats production and popularity.

    Raises ``TooLittleData`` or ``TrainingBusy``.
    """
    return training.ranker_train(until=until, simulated=simulated, seed=seed)


def ranker_promote(*, version: RankerVersion) -> RankerVersion:
    """Let ``version`` serve from now on, whatever its marks. Raises ``RankerStateConflict``."""
    return _promoted(version, back=False)


def ranker_rollback() -> RankerVersion:
    """Let the version serve that the present one replaced. Raises ``RankerStateConflict`` when there is none."""
    with transaction.atomic():
        current = ranker_current()
        if current is None:
            raise RankerStateConflict("No ranker is in production, so there is nothing to go back from.")
        before = RankerVersion.objects.filter(pk=current.config.get("before")).first()
        if before is None:
            raise RankerStateConflict(
                f"Ranker {current.pk} replaced no other one. Promote a version by its number instead."
            )
        return _promoted(before, back=True)


def _promoted(version: RankerVersion, *, back: bool) -> RankerVersion:
    """The files are read first: what cannot be loaded is not promoted."""
    with transaction.atomic():
        version = RankerVersion.objects.select_for_update().get(pk=version.pk)
        if version.state == RankerVersion.State.PRODUCTION:
            raise RankerStateConflict(f"Ranker {version.pk} is in production already.")
        try:
            load(version)
        except (OSError, RecommenderError) as problem:
            raise RankerStateConflict(
                f"The files of ranker {version.pk} cannot be read. Promote another version, or train a new one."
            ) from problem
        pointer_move(version, back=back)
    return version
