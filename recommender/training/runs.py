"""One training: snapshot → fit → judge on what came after → register → promote if it wins.

Serving goes on meanwhile: everything is written beside what serves, and only the last step, one transaction, moves the
pointer. Killed at any line it leaves at most a folder that the next training clears away, and a run that another process
takes up when its lease has run out.
"""

from __future__ import annotations

import shutil
import time
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.files import sync_files
from core.leases import lease_owner_new
from generation.models import ModelKind, ModelVersion, TrainingRun
from generation.registry import TrainingLease, pointer_move, run_claim, version_register
from generation.services.versions import run_request
from recommender.errors import TooLittleData
from recommender.ml.engagement.duration import DurationCorrection
from recommender.ml.engagement.model import EngagementModel
from recommender.selectors import ranker_current
from recommender.training.data import TrainingSnapshot, snapshot_read
from recommender.training.gate import exam_of, marks_of, popularity_scorer, scorer_of, verdict
from recommender.training.production import load

HELD_OUT = 0.2  # share of the meetings, the latest, that judge
UNPROMOTED_KEPT = 5  # candidates whose files stay, for a look or a promotion by hand
PART = ".part"


def ranker_train(*, until: datetime | None = None, simulated: bool = False, seed: int = 0) -> ModelVersion:
    """Train a version on what happened before ``until`` (default now), judge it, and promote it if it wins.

    Raises ``TooLittleData`` or ``TrainingBusy``; then nothing that serves has changed.
    """
    owner = lease_owner_new()
    with transaction.atomic():  # nobody sees the run wait
        parameters = {
            "until": (until or timezone.now()).isoformat(),
            "simulated": simulated,
            "seed": seed,
        }
        run = run_request(kind=ModelKind.RANKER, parameters=parameters)
        run_claim(run.pk, owner)
    return _ended(run.pk, owner)


def run_take(pk: int) -> ModelVersion | None:
    """Take up a run that waits or whose process died, from its start; ``None`` when another process has it.

    Raises as ``ranker_train``.
    """
    owner = lease_owner_new()
    return _ended(pk, owner) if run_claim(pk, owner) else None


def _ended(pk: int, owner: str) -> ModelVersion:
    run = TrainingRun.objects.get(pk=pk)
    lease = TrainingLease(run, owner)
    problem = lease.work(lambda: _train(run, lease))
    if problem is not None:
        raise problem
    return ModelVersion.objects.get(run=run)


def _train(run: TrainingRun, lease: TrainingLease) -> None:
    lease.check_attempts()
    _clear()
    began = time.monotonic()
    seed, simulated = int(run.parameters["seed"]), bool(run.parameters["simulated"])
    snapshot = snapshot_read(until=datetime.fromisoformat(run.parameters["until"]), simulated=simulated)
    lease.progress(0.1)
    current = ranker_current()
    metrics = _judged(snapshot, current=current, seed=seed)
    lease.progress(0.5)
    place = _folder()
    parts = _fit_and_save(snapshot, place.with_suffix(PART), seed=seed)
    lease.progress(0.95)
    place.with_suffix(PART).replace(place)
    metrics |= {"seconds": round(time.monotonic() - began, 1), **parts}
    with transaction.atomic():
        version = version_register(
            kind=ModelKind.RANKER,
            folder=str(place.relative_to(settings.VAR_DIR)),
            config={"seed": seed, "simulated": simulated, "held_out": HELD_OUT},
            metrics=metrics,
            data_fingerprint=snapshot.fingerprint,
            cutoff=snapshot.until,
            parent=current,
        )
        if metrics["verdict"]["passed"]:
            pointer_move(version)
        lease.end_done(version)


def _judged(snapshot: TrainingSnapshot, *, current: ModelVersion | None, seed: int) -> dict[str, Any]:
    """Fit on the earlier part and compare on the later one, which neither contender has learned from."""
    from recommender.ml import Ranker

    times = snapshot.meetings["timestamp"].to_numpy()
    moment = float(np.quantile(times, 1 - HELD_OUT))
    if current is not None:
        # the one in production has seen everything before its own cut-off
        assert current.cutoff is not None
        moment = max(moment, current.cutoff.timestamp())
    exam = exam_of(snapshot.meetings, snapshot.items, moment=moment, seed=seed)
    early = snapshot.before(moment)
    if early.meetings.empty:
        raise TooLittleData("Nothing happened before the cut to learn from. Wait for more viewers.")
    new = marks_of(scorer_of(Ranker(seed=seed).fit(early.meetings, early.items), exam), exam)
    others = {"popularity": marks_of(popularity_scorer(exam), exam)}
    if current is not None:
        others["production"] = marks_of(scorer_of(load(current).ranker, exam), exam)
    return {
        "new": new.document(),
        **{name: marks.document() for name, marks in others.items()},
        "viewers": len(exam.truth),
        "items": len(exam.items),
        "held_out_from": datetime.fromtimestamp(moment, tz=snapshot.until.tzinfo).isoformat(),
        "verdict": verdict(new, others, seed=seed),
    }


def _fit_and_save(snapshot: TrainingSnapshot, folder: Path, *, seed: int) -> dict[str, Any]:
    """The same recipe on all rows, written to ``folder``; what to know of its parts."""
    from recommender.ml import Ranker

    folder.mkdir(parents=True)
    ranker = Ranker(seed=seed).fit(snapshot.meetings, snapshot.items)
    ranker.save(folder)
    engagement = EngagementModel(seed=seed).fit(snapshot.slots)
    engagement.save(folder)
    timed = snapshot.viewings[snapshot.viewings["watch_seconds"].notna()]
    DurationCorrection().fit(timed[["watch_seconds", "duration_seconds"]]).save(folder / "duration.json")
    sync_files(folder)
    return {
        "meetings": len(snapshot.meetings),
        "slots": len(snapshot.slots),
        "engagement": engagement.report,
        "explanation": engagement.explanation,
    }


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "rankers" / uuid.uuid4().hex


def _clear() -> None:
    """Remove what killed trainings left, and the files of old candidates that never won. Only a lease's holder may."""
    root = Path(settings.VAR_DIR) / "rankers"
    root.mkdir(parents=True, exist_ok=True)
    rankers = ModelVersion.objects.filter(kind=ModelKind.RANKER)
    losers = rankers.filter(state=ModelVersion.State.CANDIDATE).order_by("-created")
    for version in losers[UNPROMOTED_KEPT:]:
        version.delete()
    kept = {Path(folder).name for folder in rankers.values_list("folder", flat=True)}
    for place in root.iterdir():
        if place.is_dir() and place.name not in kept:
            shutil.rmtree(place, ignore_errors=True)
