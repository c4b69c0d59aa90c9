"""Celery shells: each calls one function; a lost message loses nothing, because the next beat finds the same work."""

from __future__ import annotations

from celery import shared_task


@shared_task
def experiments_look() -> None:
    """Judge every running experiment on what has come in; some end by it."""
    from analytics.experiments import looks

    looks.look_at_all()
