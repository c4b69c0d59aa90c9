"""Trainings from decisions: asked for by a person or at night, then like any other training of the registry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from generation.ml.training import Progress
from generation.models import ModelKind, ModelVersion, TrainingRun
from generation.moderation.audit import MACHINE, actor_of, audit_append
from generation.moderation.errors import TooFewDecisions
from generation.moderation.learning.lessons import (
    EACH_LEAST,
    FILE,
    POLICIES_OF,
    Lesson,
    fingerprint_of,
    lessons_for,
    lessons_listed,
    lessons_standing,
    lists_root,
    policies_known,
)
from generation.services.trainings import training_do, training_request

KINDS = tuple(POLICIES_OF)
NEW_LEAST = 20  # lessons that came, changed or went since the last training, for another one at night


@transaction.atomic
def learning_request(*, kind: str, by: User | None = None) -> TrainingRun:
    """Queue a training of the kind from what was decided until now. Raises ``TooFewDecisions`` or ``TrainingBusy``."""
    lessons = _enough(kind)
    with lessons_listed(kind, lessons) as data:
        run = training_request(kind=kind, data=data, minutes=settings.LEARN_MINUTES)
    _log(kind, run, lessons, by)
    return run


def learning_do(
    *, kind: str, minutes: float | None = None, seed: int = 0, tell: Progress | None = None
) -> ModelVersion:
    """The same in this process, to its end. Raises also what went wrong with the training."""
    lessons = _enough(kind)
    with lessons_listed(kind, lessons) as data:
        version = training_do(
            kind=kind, data=data, minutes=minutes or settings.LEARN_MINUTES, seed=seed, tell=tell
        )
    _log(kind, version.run, lessons, None)
    return version


def learning_due(kind: str) -> bool:
    """Whether so much was decided since the last training from decisions that another one is worth its time."""
    lessons = lessons_for(kind, lessons_standing())
    if why_too_few(kind, lessons):
        return False
    last = learning_latest(kind)
    if last is None:
        return True
    known = _decisions_in(Path(str(last.parameters["data"])) / FILE)
    return known is None or len(known ^ {one.decision for one in lessons}) >= NEW_LEAST


def learning_latest(kind: str) -> TrainingRun | None:
    """The newest training of the kind from decisions, whatever became of it."""
    runs = TrainingRun.objects.filter(kind=kind, parameters__data__startswith=str(lists_root().absolute()))
    return runs.select_related("version").order_by("-created", "-pk").first()


def lessons_counted() -> dict[str, dict[str, Any]]:
    """Kind → how much there is to learn from now: lessons, how many are held out to judge, broken by policy."""
    standing = lessons_standing()
    return {kind: _counted(kind, lessons_for(kind, standing)) for kind in KINDS}


def _counted(kind: str, lessons: list[Lesson]) -> dict[str, Any]:
    return {
        "lessons": len(lessons),
        "held": sum(one.held for one in lessons),
        "creators": len({one.creator for one in lessons}),
        "broken": {policy: sum(policy in one.broken for one in lessons) for policy in POLICIES_OF[kind]},
        "needed": settings.LEARN_FROM,
        "enough": why_too_few(kind, lessons) == "",
    }


def why_too_few(kind: str, lessons: list[Lesson]) -> str:
    """Why nothing can be learned from the lessons yet; empty where it can."""
    if len(lessons) < settings.LEARN_FROM:
        return f"{settings.LEARN_FROM} decisions of people teach a {kind}; there are {len(lessons)}."
    if not policies_known(kind, lessons):
        names = ", ".join(POLICIES_OF[kind])
        return f"{EACH_LEAST} violations and as much that is harmless teach a {kind} about {names}; there are fewer."
    return ""


def _enough(kind: str) -> list[Lesson]:
    lessons = lessons_for(kind, lessons_standing())
    if why := why_too_few(kind, lessons):
        raise TooFewDecisions(f"{why} Decide more cases first.")
    return lessons


def _log(kind: str, run: TrainingRun | None, lessons: list[Lesson], by: User | None) -> None:
    audit_append(
        actor=actor_of(by) if by else MACHINE,
        action="learn",
        subject=f"training:{run.pk if run else 0}",
        data={"kind": str(ModelKind(kind)), "lessons": len(lessons), "fingerprint": fingerprint_of(lessons)},
    )


def _decisions_in(place: Path) -> set[int] | None:
    """The decisions of a list, ``None`` for one that was pruned."""
    if not place.is_file():
        return None
    return {int(json.loads(line)["decision"]) for line in place.read_text(encoding="utf-8").splitlines()}
