"""A training of any kind that ``settings.TRAINERS`` names: claimed, trained in a folder of its own, registered.

The folder of a run outlives its process: the trainer's checkpoints are in it, and so are the numbers it told of, a JSON
line each, which the page draws while it goes on. Only when the training has ended does the folder become a version's.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core.errors import LeaseLost, WorkCancelled
from core.files import sync_files
from core.leases import lease_owner_new, row_claim
from core.revision import code_revision
from generation.errors import TrainingInvalid
from generation.ml.training import Progress, Trainer
from generation.models import ModelKind, TrainingRun
from generation.registry import TrainingLease, pointer_move, version_register
from generation.selectors import training_curve_path, training_files, training_folder, version_current

TELL_SECONDS = 2.0  # between two lines of numbers on disk
SAMPLES = "samples.png"  # a sheet of samples, where a trainer makes one
STARTER_COVERAGE = 0.25  # of the pictures lie near a sample, on lite2 features
CURVE = "curve.jsonl"  # the numbers it told of, kept with the version


class TrainerLease(TrainingLease):
    """A training that a person may cancel; what it has made so far is thrown away."""

    def end_cancelled(self) -> None:
        self.own().update(state=TrainingRun.State.CANCELLED, ended=timezone.now(), lease_until=None)
        shutil.rmtree(training_folder(self.row.pk), ignore_errors=True)


def training_take(pk: int) -> bool:
    """Do the run if it is free to take; ``False`` when another process has it."""
    owner = lease_owner_new()
    if not row_claim(TrainingRun, pk, owner):
        return False
    training_work(pk, owner)
    return True


def training_work(pk: int, owner: str, *, tell: Progress | None = None) -> Exception | None:
    """Do the run that ``owner`` has claimed; what went wrong, if anything. ``tell`` hears its progress too."""
    run = TrainingRun.objects.get(pk=pk)
    lease = TrainerLease(run, owner)
    return lease.work(lambda: _train(run, lease, tell))


def _train(run: TrainingRun, lease: TrainerLease, tell: Progress | None) -> None:
    lease.check_attempts()
    trainer = trainer_of(run.kind)
    data = Path(str(run.parameters["data"]))
    if not data.exists():
        raise TrainingInvalid(
            f"The training data {data.name!r} is not there any more. Name another file.", field="data"
        )
    files = training_files(run.pk)
    files.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    marks = dict(
        trainer(
            data,
            files,
            seed=int(run.parameters["seed"]),
            minutes=float(run.parameters["minutes"]),
            **({"size": int(run.parameters["size"])} if "size" in run.parameters else {}),
            progress=_Teller(run.pk, lease, tell),
            stop=lambda: _over(lease),
        )
    )
    lease.beat()  # it may have come to an end because it was told to
    marks["seconds"] = round(time.monotonic() - began, 1)
    _register(run, lease, files, marks)


def trainer_of(kind: str) -> Trainer:
    """Who trains the kind. Raises ``TrainingInvalid`` when nobody does."""
    entry = cast(Mapping[str, str], settings.TRAINERS).get(kind)
    if entry is None:
        known = ", ".join(sorted(settings.TRAINERS)) or "none"
        raise TrainingInvalid(f"Nothing here trains a {kind}. What can be trained: {known}.", field="kind")
    return cast(Trainer, import_string(entry))


def starter_verdict(kind: str, marks: Mapping[str, Any]) -> dict[str, Any] | None:
    """The gate of a starter version that its trainer does not judge; ``None`` where there is none, and it stays a candidate.

    A picture generator serves where it has not collapsed and its samples cover enough of the pictures it learned from.
    """
    if "verdict" in marks or kind != ModelKind.VISUAL:
        return None
    covered = float(marks.get("coverage", 0.0))
    return {"passed": not marks.get("collapse") and covered >= STARTER_COVERAGE, "least": STARTER_COVERAGE}


def _over(lease: TrainerLease) -> bool:
    try:
        lease.beat()
    except (LeaseLost, WorkCancelled):
        return True
    return False


class _Teller:
    """Writes the numbers of a training to its curve and its row, both no more often than is worth it."""

    def __init__(self, pk: int, lease: TrainerLease, also: Progress | None) -> None:
        self._path, self._lease, self._also, self._told = training_curve_path(pk), lease, also, 0.0

    def __call__(self, done: float, numbers: Mapping[str, Any]) -> None:
        self._lease.progress(min(done, 0.99))
        now = time.monotonic()
        if now - self._told < TELL_SECONDS:
            return
        self._told = now
        if self._also is not None:
            self._also(done, numbers)
        line = {"done": round(done, 5), "time": timezone.now().isoformat(timespec="seconds"), **numbers}
        with self._path.open("a", encoding="utf-8") as curve:
            curve.write(json.dumps(line, ensure_ascii=False) + "\n")


def _register(run: TrainingRun, lease: TrainerLease, files: Path, marks: dict[str, Any]) -> None:
    """The files become a version's, and the version a candidate, or what serves when its gate says so: all or nothing."""
    place = Path(settings.VAR_DIR) / "versions" / run.kind / uuid.uuid4().hex
    place.parent.mkdir(parents=True, exist_ok=True)
    if (curve := training_curve_path(run.pk)).exists():
        shutil.copy(curve, files / CURVE)
    sync_files(files)
    files.replace(place)
    fingerprint = str(marks.pop("data_fingerprint"))
    starter = bool(run.parameters.get("starter"))
    if starter and (verdict := starter_verdict(run.kind, marks)) is not None:
        marks["verdict"] = verdict
    try:
        with transaction.atomic():
            version = version_register(
                kind=run.kind,
                folder=str(place.relative_to(settings.VAR_DIR)),
                config={
                    **run.parameters,
                    "data": Path(str(run.parameters["data"])).name,
                    "code": code_revision(),
                },
                metrics=marks,
                data_fingerprint=fingerprint,
                cutoff=timezone.now(),
                parent=(served := version_current(run.kind)),
                starter=starter,
            )
            if marks.get("verdict", {}).get("passed") and not (starter and served):
                pointer_move(version)
            lease.end_done(version)
    except BaseException:
        place.replace(files)  # the next process finds what was trained and only registers it
        raise
