"""What was unusual lately."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models.query import QuerySet
from django.utils import timezone

from analytics.models import Alert

SHOWN_FOR = timedelta(days=2)


def alarms_shown() -> QuerySet[Alert]:
    """Alerts of the last two days, newest first."""
    since = timezone.now() - SHOWN_FOR
    return Alert.objects.filter(hour__gte=since, simulated=settings.FEED_SIMULATED)[:5]
