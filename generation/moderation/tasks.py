"""Celery shells of moderation: load by id, call the work. Rows with leases are the truth."""

from __future__ import annotations

import logging

from celery import shared_task

from generation.errors import TrainingBusy
from generation.moderation import audit
from generation.moderation.errors import TooFewDecisions
from generation.moderation.selectors.cases import screenings_to_do

log = logging.getLogger(__name__)

WOKEN = 40


@shared_task
def screening_run(pk: int) -> None:
    from generation.moderation.screening import worker

    worker.screening_take(pk)


@shared_task
def screenings_wake() -> None:
    """Queue what waits without a message, lost its worker, or whose waiting is over."""
    for pk in screenings_to_do().values_list("pk", flat=True)[:WOKEN]:
        screening_run.delay(pk)


@shared_task
def audit_sign() -> None:
    audit.head_sign()


@shared_task
def decisions_learn() -> None:
    """Ask for the trainings of the night: of what people have decided enough about since the last one."""
    from generation.moderation.learning import runs

    for kind in runs.KINDS:
        if not runs.learning_due(kind):
            continue
        try:
            runs.learning_request(kind=kind)
        except (TooFewDecisions, TrainingBusy) as reason:
            log.info("No %s is trained tonight: %s", kind, reason)
