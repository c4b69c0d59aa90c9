"""Wiring only: settings, urls, the Celery application; no behavior."""

from aigc_platform.celery import app as celery_app

__all__ = ["celery_app"]
