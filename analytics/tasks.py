"""Celery shells: each calls one function; a lost message loses nothing, because the next beat finds the same work.

The roll-up's engine is imported by the worker that runs it: whoever only sends a message starts sooner without it.
"""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from analytics.errors import CycleBusy

logger = logging.getLogger(__name__)

WAKE_SECONDS = 10.0  # between two looks for cycles without a process


@shared_task
def cycle_run(pk: int) -> None:
    from analytics.optimization import run

    run.cycle_take(pk)


@shared_task
def cycles_wake() -> None:
    """Queue the cycle that waits or lost its process; an extra message finds it taken."""
    from analytics.models import OptimizationCycle

    for pk in OptimizationCycle.claimable().values_list("pk", flat=True):
        cycle_run.apply_async((pk,), expires=WAKE_SECONDS)


@shared_task
def optimize() -> None:
    """The nightly cycle; another one under way is enough for the night."""
    from analytics.optimization.opening import cycle_open

    try:
        cycle_run.delay(cycle_open().pk)
    except CycleBusy as reason:
        logger.info("No cycle was started: %s", reason)


@shared_task
def hours_roll_up() -> None:
    """Count the hours that changed, and the slots that were served."""
    from analytics.rollup import hours, slots

    hours.roll_up()
    while slots.roll_up():
        pass


@shared_task
def alarms_check() -> None:
    """Look at the hour that ended, and tell what has not been told yet."""
    from analytics.alarms import delivery, finding

    finding.alarms_find()
    delivery.alarms_tell()


@shared_task
def experiments_look() -> None:
    """Judge every running experiment on what has come in; some end by it."""
    from analytics.experiments import looks

    looks.look_at_all()


@shared_task
def features_make() -> None:
    """Measure what is new for as long as the night gives, then write the table that trainings read."""
    from analytics.features import making, table

    told = making.features_make(seconds=settings.FEATURES_MINUTES * 60)
    rows = table.features_export(table.features_place())["rows"]
    logger.info(
        "%s videos were measured, %s failed, %s wait; the table of features has %s rows.",
        told.made, told.failed, told.left, rows,
    )  # fmt: skip
