"""Celery shells of moderation: load by id, call the work. Rows with leases are the truth."""

from __future__ import annotations

from celery import shared_task

from generation.moderation import audit
from generation.moderation.selectors.cases import screenings_to_do

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
