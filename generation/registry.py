"""The registry as a training uses it: a run is claimed and ends, a version is registered, the pointer moves.

It stands below the workers; whoever decides about a version imports ``generation.services.versions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.errors import PlatformError
from core.leases import Lease, row_claim
from generation.models import ModelKind, ModelVersion, TrainingRun


def run_claim(pk: int, owner: str) -> bool:
    """Take the run when it waits or its trainer is gone; ``True`` for exactly one of any number of callers."""
    return row_claim(TrainingRun, pk, owner)


def runs_fail(runs: QuerySet[TrainingRun], error: PlatformError) -> None:
    """Record why no version came of the runs."""
    runs.update(
        state=TrainingRun.State.FAILED,
        error_code=error.code,
        error=str(error),
        ended=timezone.now(),
        lease_until=None,
    )


class TrainingLease(Lease[TrainingRun]):
    """The lease of a training. Nobody waits for its end by the second, so it looks as seldom as it renews."""

    again = "Train again afterwards."
    after_fault = "train again, and if it happens again look into the log."

    def __init__(self, row: TrainingRun, owner: str) -> None:
        super().__init__(row, owner)
        self.look_every_seconds = settings.JOB_LEASE_SECONDS / 3

    def check_attempts(self) -> None:
        """Raises ``PlatformError`` when the run has ended its processes as often as is allowed."""
        if self.row.attempts > settings.JOB_ATTEMPTS:
            raise PlatformError(
                f"The process died {self.row.attempts - 1} times while training. Give it more memory, or less data.",
                code="training_died",
            )

    def end_failed(self, error: PlatformError) -> None:
        runs_fail(self.own(), error)

    def end_done(self, version: ModelVersion) -> None:
        """Record what came of the run. Raises ``LeaseLost`` when it is another worker's: roll the version back then."""
        self.update(
            state=TrainingRun.State.DONE,
            version=version,
            progress=1.0,
            ended=timezone.now(),
            lease_until=None,
        )


def version_register(
    *,
    kind: str,
    folder: str,
    config: Mapping[str, Any],
    metrics: Mapping[str, Any],
    data_fingerprint: str,
    cutoff: datetime | None = None,
    parent: ModelVersion | None = None,
    starter: bool = False,
) -> ModelVersion:
    """A new candidate. ``parent`` served when it was trained; ``metrics["verdict"]`` is what the gate between them said."""
    return ModelVersion.objects.create(
        kind=ModelKind(kind),
        folder=folder,
        config=dict(config),
        metrics=dict(metrics),
        data_fingerprint=data_fingerprint,
        cutoff=cutoff,
        parent=parent,
        starter=starter,
    )


@transaction.atomic
def pointer_move(version: ModelVersion, *, back: bool = False) -> None:
    """Put ``version`` into production and retire the one that was: both, or neither.

    ``replaced`` remembers the retired one; going ``back`` leaves that as it was.
    """
    states = ModelVersion.State
    served = ModelVersion.objects.select_for_update().filter(kind=version.kind, state=states.PRODUCTION)
    served = served.exclude(pk=version.pk)
    if not back:
        version.replaced = served.first()
    served.update(state=states.RETIRED)
    version.state, version.promoted = states.PRODUCTION, timezone.now()
    version.save(update_fields=["state", "promoted", "replaced"])
