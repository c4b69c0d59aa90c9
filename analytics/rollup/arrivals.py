"""Events added up by the hour in which they were received, as the checks judged them on arrival.

Runs inside the transaction in which the recommender's roll-up takes the notes of these events away, hence once for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from analytics.models import EventHour
from recommender.models import EngagementEvent

LATE_SECONDS = 3600.0
READ = ("received", "viewer__simulated", "type", "flags", "counted", "happened")

Key = tuple[datetime, bool, str, str, bool]


def add(ids: Sequence[str] | Sequence[UUID]) -> None:
    """Add these stored events."""
    events: dict[Key, int] = defaultdict(int)
    delays: dict[Key, float] = defaultdict(float)
    late: dict[Key, int] = defaultdict(int)
    rows = EngagementEvent.objects.filter(pk__in=list(ids)).values_list(*READ)
    for received, simulated, kind, flags, counted, happened in rows.order_by():
        key = (received.replace(minute=0, second=0, microsecond=0), simulated, kind, flags, counted)
        delay = max((received - happened).total_seconds(), 0.0)
        events[key] += 1
        delays[key] += delay
        late[key] += delay > LATE_SECONDS
    for key, count in events.items():
        names = ("hour", "simulated", "type", "flags", "counted")
        where = dict(zip(names, key, strict=True))
        more = {"events": count, "delay_seconds": delays[key], "late": late[key]}
        if not EventHour.objects.filter(**where).update(**{name: F(name) + n for name, n in more.items()}):
            EventHour.objects.create(**where, **more)
