"""The registry: trainings are requested and claimed, versions registered, promoted after a gate, and rolled back.

A promotion moves a pointer, in one transaction; what serves a kind looks at the pointer (``version_current``) now and
then. Which function reads a kind's files is said in ``settings.VERSION_READERS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from core.errors import PlatformError
from core.leases import Lease, row_claim
from generation.errors import TrainingBusy, VersionStateConflict
from generation.models import ModelKind, ModelVersion, TrainingRun
from generation.selectors import version_current

RUNS_KEPT = 30  # of each kind
DIED = "Its process ended before the training did. Look for what ended it in the log, then train again."


# --- trainings --------------------------------------------------------------------------------------------------------
def run_request(*, kind: str, parameters: Mapping[str, Any]) -> TrainingRun:
    """A run that waits to be claimed. An earlier one whose process is gone ends failed.

    Raises ``TrainingBusy`` while another run of the kind waits or is under way.
    """
    lost = TrainingRun.claimable().filter(kind=ModelKind(kind), state=TrainingRun.State.RUNNING)
    try:
        with transaction.atomic():
            _fail(lost, PlatformError(DIED, code="training_died"))
            run = TrainingRun.objects.create(kind=kind, parameters=dict(parameters))
    except IntegrityError:
        raise TrainingBusy(f"Another training of a {kind} is under way; wait until it has ended.") from None
    old = TrainingRun.objects.filter(kind=kind).order_by("-created").values_list("pk", flat=True)[RUNS_KEPT:]
    TrainingRun.objects.filter(pk__in=list(old)).delete()
    return run


def run_claim(pk: int, owner: str) -> bool:
    """Take the run when it waits or its trainer is gone; ``True`` for exactly one of any number of callers."""
    return row_claim(TrainingRun, pk, owner)


def _fail(runs: QuerySet[TrainingRun], error: PlatformError) -> None:
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
        _fail(self.own(), error)

    def end_done(self, version: ModelVersion) -> None:
        """Record what came of the run. Raises ``LeaseLost`` when it is another worker's: roll the version back then."""
        self.update(
            state=TrainingRun.State.DONE,
            version=version,
            progress=1.0,
            ended=timezone.now(),
            lease_until=None,
        )


# --- versions ---------------------------------------------------------------------------------------------------------
def version_register(
    *,
    kind: str,
    folder: str,
    config: Mapping[str, Any],
    metrics: Mapping[str, Any],
    data_fingerprint: str,
    cutoff: datetime | None = None,
    parent: ModelVersion | None = None,
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
    )


def version_promote(*, version: ModelVersion) -> ModelVersion:
    """Let ``version`` serve from now on, whatever its marks. Raises ``VersionStateConflict``."""
    return _promoted(version, back=False)


def version_rollback(*, kind: str) -> ModelVersion:
    """Let the version serve that the present one of the kind replaced. Raises ``VersionStateConflict`` if there is none."""
    with transaction.atomic():
        current = version_current(kind)
        if current is None:
            raise VersionStateConflict(
                f"No {ModelKind(kind).value} is in production, so there is nothing to go back from."
            )
        if current.replaced is None:
            raise VersionStateConflict(
                f"Version {current.pk} ({kind}) replaced no other one. Promote a version by its number instead."
            )
        return _promoted(current.replaced, back=True)


def version_read(version: ModelVersion) -> Any:
    """What the version's files hold, as the reader of its kind gives it.

    Raises ``VersionStateConflict`` when the kind has no reader, else whatever the reader raises for broken files.
    """
    reader = cast(dict[str, str], settings.VERSION_READERS).get(version.kind)
    if reader is None:
        raise VersionStateConflict(
            f"Nothing here reads the files of a {version.kind}, so none can serve. Name its reader in VERSION_READERS."
        )
    return import_string(reader)(version)


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


def _promoted(version: ModelVersion, *, back: bool) -> ModelVersion:
    """The files are read first: what cannot be loaded is not promoted."""
    with transaction.atomic():
        version = ModelVersion.objects.select_for_update().get(pk=version.pk)
        if version.state == ModelVersion.State.PRODUCTION:
            raise VersionStateConflict(f"Version {version.pk} ({version.kind}) is in production already.")
        try:
            version_read(version)
        except VersionStateConflict:
            raise
        except (OSError, PlatformError) as problem:
            raise VersionStateConflict(
                f"The files of version {version.pk} ({version.kind}) cannot be read. Promote another, or train a new one."
            ) from problem
        pointer_move(version, back=back)
    return version
