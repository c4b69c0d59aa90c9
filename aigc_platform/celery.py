"""The Celery application: queues ``light``, ``render`` and ``train``; job rows are the truth, messages only wake."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aigc_platform.settings")
app = Celery("aigc_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
