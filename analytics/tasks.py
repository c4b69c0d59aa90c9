"""Celery shells: each calls one function; a lost message loses nothing, because the next beat finds the same work.

The roll-up's engine is imported by the worker that runs it: whoever only sends a message starts sooner without it.
"""

from __future__ import annotations

from celery import shared_task


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
