"""Celery shells: load by id, call the work. A message is only a wake-up; rows with leases are the truth.

What does the work is imported by the worker that does it: whoever only sends a message, such as the web server, starts
seconds sooner without the models' libraries.
"""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from generation import selectors
from generation.jobs import cleanup

TRAINING_WAKE_SECONDS = 5.0  # a message older than a look is not needed: the next look sends another


@shared_task
def job_run(pk: int) -> None:
    """A message says that there is work; whose turn it is, the rows say."""
    from generation.jobs import worker

    worker.job_take_next()


@shared_task
def upload_run(pk: int) -> None:
    from generation.jobs import upload_check

    upload_check.upload_take(pk)


@shared_task
def reading_run(pk: int) -> None:
    """A message says that a file waits; which comes next, the rows say."""
    from generation.jobs import label_reading

    label_reading.readings_take()


@shared_task
def preview_run(pk: int) -> None:
    from generation.jobs import narration_preview

    narration_preview.previews_take()


@shared_task
def trial_run(pk: int) -> None:
    from generation.jobs import writer_trial

    writer_trial.trial_take(pk)


@shared_task
def training_run(pk: int) -> None:
    from generation.jobs import training

    training.training_take(pk)


@shared_task
def work_wake() -> None:
    """Queue what waits without a message or lost its worker: one message a row, extra ones find it taken."""
    for pk in selectors.jobs_in_turn()[:20]:
        job_run.delay(pk)
    for pk in selectors.uploads_claimable().values_list("pk", flat=True)[:20]:
        upload_run.delay(pk)
    for pk in selectors.readings_claimable().values_list("pk", flat=True)[:20]:
        reading_run.delay(pk)
    for pk in selectors.previews_claimable().values_list("pk", flat=True)[:20]:
        preview_run.delay(pk)
    for pk in selectors.trials_claimable().values_list("pk", flat=True)[:20]:
        trial_run.delay(pk)
    for pk in selectors.trainings_claimable(settings.TRAINERS).values_list("pk", flat=True):
        training_run.apply_async((pk,), expires=TRAINING_WAKE_SECONDS)


@shared_task
def leftovers_sweep() -> None:
    cleanup.sweep()
