"""The registry as people and gates use it: trainings are requested, versions promoted and rolled back.

A promotion moves a pointer, in one transaction; what serves a kind looks at the pointer (``version_current``) now and
then. Which function reads a kind's files is said in ``settings.VERSION_READERS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from core.errors import PlatformError
from generation.errors import TrainingBusy, VersionSimulated, VersionStateConflict
from generation.models import ModelKind, ModelVersion, TrainingRun
from generation.registry import pointer_move, runs_fail
from generation.selectors import version_current

RUNS_KEPT = 30  # of each kind
JUDGING = (ModelKind.TEXT_SAFETY, ModelKind.PICTURE_SAFETY)  # what they say decides about people's work
DIED = "Its process ended before the training did. Look for what ended it in the log, then train again."


# --- trainings --------------------------------------------------------------------------------------------------------
def run_request(*, kind: str, parameters: Mapping[str, Any]) -> TrainingRun:
    """A run that waits to be claimed. An earlier one whose process is gone ends failed.

    Raises ``TrainingBusy`` while another run of the kind waits or is under way.
    """
    lost = TrainingRun.claimable().filter(kind=ModelKind(kind), state=TrainingRun.State.RUNNING)
    try:
        with transaction.atomic():
            runs_fail(lost, PlatformError(DIED, code="training_died"))
            run = TrainingRun.objects.create(kind=kind, parameters=dict(parameters))
    except IntegrityError:
        raise TrainingBusy(f"Another training of a {kind} is under way; wait until it has ended.") from None
    old = TrainingRun.objects.filter(kind=kind).order_by("-created").values_list("pk", flat=True)[RUNS_KEPT:]
    TrainingRun.objects.filter(pk__in=list(old)).delete()
    return run


# --- versions ---------------------------------------------------------------------------------------------------------
def version_promote(*, version: ModelVersion) -> ModelVersion:
    """Let ``version`` serve from now on, whatever its marks. Raises ``VersionStateConflict``, ``VersionSimulated``."""
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


def _promoted(version: ModelVersion, *, back: bool) -> ModelVersion:
    """The files are read first: what cannot be loaded is not promoted."""
    with transaction.atomic():
        version = ModelVersion.objects.select_for_update().get(pk=version.pk)
        if version.kind in JUDGING and version.config.get("simulated"):
            raise VersionSimulated(
                f"Version {version.pk} ({version.kind}) learned from simulated decisions, so it judges nobody's work. "
                "Train one on decisions of people."
            )
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
