"""One training: snapshot → fit → judge on what came after → register → promote if it wins.

Serving goes on meanwhile: everything is written beside what serves, and only the last step, one transaction, moves the
pointer. Killed at any line it leaves at most a folder that the next training clears away.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recommender.errors import TooLittleData, TrainingBusy
from recommender.ml.engagement.duration import DurationCorrection
from recommender.ml.engagement.model import EngagementModel
from recommender.models import RankerVersion
from recommender.training.data import Snapshot, snapshot_read
from recommender.training.gate import exam_of, marks_of, popularity_scorer, scorer_of, verdict
from recommender.training.production import load, pointer_move

logger = logging.getLogger(__name__)

HELD_OUT = 0.2  # share of the meetings, the latest, that judge
UNPROMOTED_KEPT = 5  # candidates whose files stay, for a look or a promotion by hand
PART = ".part"


def ranker_train(*, until: datetime | None = None, simulated: bool = False, seed: int = 0) -> RankerVersion:
    """Train a version on what happened before ``until`` (default now), judge it, and promote it if it wins.

    Raises ``TooLittleData`` or ``TrainingBusy``; then nothing has changed.
    """
    until = until or timezone.now()
    with _alone():
        began = time.monotonic()
        snapshot = snapshot_read(until=until, simulated=simulated)
        current = RankerVersion.objects.filter(state=RankerVersion.State.PRODUCTION).first()
        metrics = _judged(snapshot, current=current, seed=seed)
        place = _folder()
        parts = _fit_and_save(snapshot, place.with_suffix(PART), seed=seed)
        place.with_suffix(PART).replace(place)
        metrics |= {"seconds": round(time.monotonic() - began, 1), **parts}
        with transaction.atomic():
            version = RankerVersion.objects.create(
                folder=str(place.relative_to(settings.VAR_DIR)),
                config={"seed": seed, "simulated": simulated, "held_out": HELD_OUT},
                metrics=metrics,
                data_fingerprint=snapshot.fingerprint,
                cutoff=until,
                parent=current,
            )
            if metrics["verdict"]["passed"]:
                pointer_move(version)
        _clear()
    version.refresh_from_db()
    return version


def _judged(snapshot: Snapshot, *, current: RankerVersion | None, seed: int) -> dict[str, Any]:
    """Fit on the earlier part and compare on the later one, which neither contender has learned from."""
    from recommender.ml import Ranker

    times = snapshot.meetings["timestamp"].to_numpy()
    moment = float(np.quantile(times, 1 - HELD_OUT))
    if current is not None:
        # the one in production has seen everything before its own cut-off
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


def _fit_and_save(snapshot: Snapshot, folder: Path, *, seed: int) -> dict[str, Any]:
    """The same recipe on all rows, written to ``folder``; what to know of its parts."""
    from recommender.ml import Ranker

    folder.mkdir(parents=True)
    ranker = Ranker(seed=seed).fit(snapshot.meetings, snapshot.items)
    ranker.save(folder)
    engagement = EngagementModel(seed=seed).fit(snapshot.slots)
    engagement.save(folder)
    timed = snapshot.viewings[snapshot.viewings["watch_seconds"].notna()]
    DurationCorrection().fit(timed[["watch_seconds", "duration_seconds"]]).save(folder / "duration.json")
    for file in folder.iterdir():
        with file.open("rb") as written:
            os.fsync(written.fileno())
    return {
        "meetings": len(snapshot.meetings),
        "slots": len(snapshot.slots),
        "engagement": engagement.report,
        "explanation": engagement.explanation,
    }


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "rankers" / uuid.uuid4().hex


def _clear() -> None:
    """Remove what a killed training left, and the files of old candidates that never won."""
    root = Path(settings.VAR_DIR) / "rankers"
    losers = RankerVersion.objects.filter(state=RankerVersion.State.CANDIDATE).order_by("-created")
    for version in losers[UNPROMOTED_KEPT:]:
        version.delete()
    kept = {Path(folder).name for folder in RankerVersion.objects.values_list("folder", flat=True)}
    for place in root.iterdir():
        if place.is_dir() and place.name not in kept:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One training at a time on this machine; the lock goes with the process that holds it."""
    root = Path(settings.VAR_DIR) / "rankers"
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TrainingBusy("Another training is under way; wait until it has ended.") from None
        yield
