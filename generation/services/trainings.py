"""Trainings as people ask for them: a kind, the data it learns from, how long; cancelled when somebody thinks better of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.leases import lease_owner_new
from generation import tasks
from generation.errors import TrainingEnded, TrainingInvalid
from generation.jobs.training import trainer_of, training_work
from generation.ml.gan.config import SIZES as GAN_SIZES
from generation.ml.training import Progress
from generation.models import ModelKind, ModelVersion, TrainingRun
from generation.registry import run_claim
from generation.selectors import training_folder
from generation.services.versions import run_request

MINUTES_MIN, MINUTES_MAX = 0.05, 24 * 60.0
State = TrainingRun.State


def training_data() -> list[Path]:
    """What lies in the folder of training data (AIGC_TRAINING_DIR), by name; no link is followed out of it."""
    folder = Path(settings.TRAINING_DIR)
    root = folder.resolve()
    if not root.is_dir():
        return []
    return [place for place in sorted(folder.iterdir()) if place.resolve().is_relative_to(root)]


def training_request(*, kind: str, data: Path, minutes: float, seed: int = 0) -> TrainingRun:
    """Queue a training of ``kind`` on the file or folder ``data`` for ``minutes``.

    Raises ``TrainingInvalid``, or ``TrainingBusy`` while another one of the kind waits or is under way.
    """
    with transaction.atomic():
        run = _requested(kind=kind, data=data, minutes=minutes, seed=seed)
        tasks.training_run.delay_on_commit(run.pk)
    return run


def training_do(
    *,
    kind: str,
    data: Path,
    minutes: float,
    seed: int = 0,
    size: int | None = None,
    starter: bool = False,
    tell: Progress | None = None,
) -> ModelVersion:
    """The same in this process, to its end; ``tell`` hears of it. Raises also what went wrong with the training.

    ``size`` is that of a picture generator's pictures, in pixels a side. A ``starter`` is one of the small versions that a fresh site trains from what ships with it.
    """
    owner = lease_owner_new()
    with transaction.atomic():  # no worker sees the run wait
        run = _requested(kind=kind, data=data, minutes=minutes, seed=seed, size=size, starter=starter)
        run_claim(run.pk, owner)
    problem = training_work(run.pk, owner, tell=tell)
    if problem is not None:
        raise problem
    return ModelVersion.objects.get(run=run)


def _requested(
    *, kind: str, data: Path, minutes: float, seed: int, size: int | None = None, starter: bool = False
) -> TrainingRun:
    trainer_of(kind)
    if not data.exists():
        raise TrainingInvalid(
            f"There is no file or folder {data.name!r}. Name the training data.", field="data"
        )
    if not MINUTES_MIN <= minutes <= MINUTES_MAX:
        raise TrainingInvalid(
            f"A training takes {MINUTES_MIN:g} to {MINUTES_MAX:g} minutes, got {minutes:g}.", field="minutes"
        )
    if size is not None and kind != ModelKind.VISUAL:
        raise TrainingInvalid(f"Only a picture generator has a size; a {kind} has none.", field="size")
    if size is not None and size not in GAN_SIZES:
        raise TrainingInvalid(
            f"size must be one of {', '.join(map(str, GAN_SIZES))}, got {size}.", field="size"
        )
    parameters = {"data": str(data.absolute()), "minutes": minutes, "seed": seed}
    more = {**({"size": size} if size is not None else {}), **({"starter": True} if starter else {})}
    return run_request(kind=kind, parameters={**parameters, **more})


@transaction.atomic
def training_cancel(*, pk: int) -> TrainingRun:
    """End a training that waits at once and one under way within seconds. Raises ``TrainingEnded``."""
    run = TrainingRun.objects.select_for_update().get(pk=pk)
    if run.state == State.QUEUED:
        run.state, run.ended = State.CANCELLED, timezone.now()
        run.save(update_fields=["state", "ended"])
        shutil.rmtree(training_folder(pk), ignore_errors=True)
    elif run.state == State.RUNNING:
        run.cancel_requested = True
        run.save(update_fields=["cancel_requested"])
    else:
        raise TrainingEnded(f"Training {pk} has ended already ({run.get_state_display().lower()}).")
    return run
