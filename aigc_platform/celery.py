"""The Celery application: queues ``light``, ``quick``, ``files``, ``screenings``, ``render``, ``train``; rows are the truth, messages only wake."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from core.processes import die_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aigc_platform.settings")
app = Celery("aigc_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def end_with_worker(**_: Any) -> None:
    """Whoever works in a pool does not outlive the worker that holds it."""
    die_with(os.getppid())
