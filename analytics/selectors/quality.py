"""How far the numbers can be trusted: what arrived, late or flagged, and up to when it is counted."""

from __future__ import annotations

import pandas as pd
from django.db.models import Count, DateField, F, Sum
from django.db.models.functions import TruncDate
from django.db.models.query import QuerySet

from analytics.models import EventHour, TouchedHours, Watermark
from analytics.selectors.frames import framed
from analytics.selectors.scope import Scope
from recommender.models import ArchivedDay, EventArrival, Viewer

SUMS = ("events", "late", "delay_seconds")


def events_of(scope: Scope) -> QuerySet[EventHour]:
    return EventHour.objects.filter(
        hour__gte=scope.since, hour__lt=scope.until, simulated__in=scope.simulated
    ).order_by()


def totals(scope: Scope) -> dict[str, float]:
    rows = events_of(scope)
    found = rows.aggregate(**{name: Sum(name) for name in SUMS})
    left_out = rows.filter(counted=False).aggregate(n=Sum("events"))["n"]
    return {name: float(value or 0) for name, value in found.items()} | {"uncounted": float(left_out or 0)}


def by_type(scope: Scope) -> pd.DataFrame:
    """``type`` and ``events``, most first."""
    rows = events_of(scope).values("type").annotate(events=Sum("events")).order_by("-events")
    return framed(rows, ["type"], ["events"])


def by_flag(scope: Scope) -> pd.DataFrame:
    """``flag`` and ``events`` that bear it; an event may bear several."""
    counts: dict[str, int] = {}
    rows = events_of(scope).exclude(flags="").values_list("flags").annotate(n=Sum("events"))
    for flags, n in rows:
        for flag in flags.split(","):
            counts[flag] = counts.get(flag, 0) + n
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return pd.DataFrame(ordered, columns=["flag", "events"])


def over_time(scope: Scope) -> pd.DataFrame:
    """``time``, events, late and ``late_share``."""
    time = F("hour") if scope.hourly else TruncDate("hour", output_field=DateField())
    rows = events_of(scope).values(time=time).annotate(**{name: Sum(name) for name in SUMS}).order_by("time")
    found = framed(rows, ["time"], SUMS)
    found["time"] = pd.to_datetime(found["time"], utc=True)
    found["late_share"] = found["late"] / found["events"].where(found["events"] > 0)
    return found


def left_out_viewers() -> pd.DataFrame:
    """``rule`` and ``viewers`` whose traffic met it, so that they count no more."""
    rows = Viewer.objects.exclude(flagged="").values(rule=F("flagged")).annotate(viewers=Count("pk"))
    return framed(rows.order_by("-viewers"), ["rule"], ["viewers"])


def waiting() -> pd.DataFrame:
    """``what`` has been read up to when (``until``), and how much ``waits``."""
    arrivals = sum(len(events) for events in EventArrival.objects.values_list("events", flat=True)[:1000])
    waits = {"hours": TouchedHours.objects.count(), "events": arrivals}
    marks = dict(Watermark.objects.exclude(name__contains=" ").values_list("name", "moment"))
    archived = ArchivedDay.objects.order_by("-day").first()
    rows = [
        ("events", None, waits["events"]),
        *((name, f"{moment:%Y-%m-%d %H:%M}", waits.get(name, 0)) for name, moment in sorted(marks.items())),
        ("archive", None if archived is None else archived.day, 0),
    ]
    return pd.DataFrame(rows, columns=["what", "until", "waits"]).astype({"until": "string"})
