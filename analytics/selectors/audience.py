"""Sums of viewings over a scope: in all, over time, by video, by category, by hour of the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from django.db.models import DateField, F, Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate
from django.db.models.query import QuerySet

from analytics.models import SiteDay, SiteHour, VideoDay, VideoHour, ViewerDay
from analytics.selectors.frames import framed
from analytics.selectors.scope import Scope
from analytics.stats.columns import SUMS

ADDED = {name: Sum(name) for name in SUMS}
VISITS = ("viewers", "sessions", "slots", "watch_seconds")


def hours_of(scope: Scope) -> QuerySet[Any]:
    """The rows of the scope: the site's own where it is whole, else those of its videos."""
    when = {"hour__gte": scope.since, "hour__lt": scope.until, "simulated__in": scope.simulated}
    if scope.whole:
        return SiteHour.objects.filter(**when).order_by()
    rows = VideoHour.objects.filter(**when).order_by()
    for path, value in (
        ("video", scope.video),
        ("video__owner", scope.owner),
        ("video__category", scope.category),
        ("video__language", scope.language),
    ):
        if value:
            rows = rows.filter(**{path: value})
    return rows


def totals(scope: Scope) -> dict[str, float]:
    """Every sum over the scope."""
    found = hours_of(scope).aggregate(**ADDED)
    return {name: float(value or 0) for name, value in found.items()}


def over_time(scope: Scope) -> pd.DataFrame:
    """``time`` (UTC, a row an hour or a day, none left out) and every sum."""
    rows = hours_of(scope)
    if scope.hourly:
        rows, step = rows.values(time=F("hour")), "h"
    else:
        rows, step = rows.values(time=TruncDate("hour", output_field=DateField())), "D"
    found = framed(rows.annotate(**ADDED), ["time"], SUMS)
    found["time"] = pd.to_datetime(found["time"], utc=True)
    first, last = pd.Timestamp(scope.since), pd.Timestamp(scope.until) - pd.Timedelta(seconds=1)
    every = pd.date_range(first.floor(step), last, freq=step)
    return found.set_index("time").reindex(every, fill_value=0).rename_axis("time").reset_index()


def by_video(scope: Scope, limit: int = 200) -> pd.DataFrame:
    """The videos of the scope most shown first: ``video``, ``title``, ``creator``, ``seconds`` and every sum."""
    narrowed = _by_videos(scope)
    who = {"title": F("video__title"), "creator": F("video__owner__username"), "seconds": F("video__seconds")}
    rows = narrowed.values("video", **who, category=F("video__category")).annotate(**ADDED)
    return framed(rows.order_by("-impressions", "video")[:limit], ["video", *who, "category"], SUMS)


def by_category(scope: Scope) -> pd.DataFrame:
    """``category`` and every sum, most shown first."""
    rows = _by_videos(scope).values(category=F("video__category")).annotate(**ADDED)
    return framed(rows.order_by("-impressions"), ["category"], SUMS)


def by_hour_of_week(scope: Scope) -> pd.DataFrame:
    """``weekday`` (1 Monday – 7), ``hour`` (0–23, UTC), ``plays`` and ``watch_seconds``."""
    rows = hours_of(scope).values(weekday=ExtractIsoWeekDay("hour"), of_day=ExtractHour("hour"))
    found = framed(
        rows.annotate(plays=Sum("plays"), watch_seconds=Sum("watch_seconds")),
        ["weekday", "of_day"],
        ["plays", "watch_seconds"],
    )
    return found.rename(columns={"of_day": "hour"})


def visits(scope: Scope) -> pd.DataFrame:
    """``day``, viewers, sessions, slots, watch_seconds, fresh and returned of the whole site, a row a UTC day."""
    rows = SiteDay.objects.filter(
        day__gte=scope.first_day, day__lte=scope.last_day, simulated__in=scope.simulated
    ).order_by("day", "simulated")
    columns = ["day", "simulated", *VISITS, "fresh", "returned"]
    return pd.DataFrame(rows.values_list(*columns), columns=columns)


def unique_viewers(scope: Scope) -> int:
    """Different viewers of the site on the scope's UTC days."""
    rows = ViewerDay.objects.filter(
        day__gte=scope.first_day, day__lte=scope.last_day, simulated__in=scope.simulated
    )
    return int(rows.values("viewer").distinct().count())


def visit_sums(days: pd.DataFrame) -> dict[str, float]:
    """The sums that the metrics of visits and returns are made of, over a frame of ``visits``."""
    sums = {name: float(days[name].sum()) for name in VISITS}
    last = days["day"].max() if len(days) else None
    for age in (1, 7):
        ripe = days[[day + pd.Timedelta(days=age) <= last for day in days["day"]]] if len(days) else days
        sums[f"fresh_{age}"] = float(ripe["fresh"].sum())
        sums[f"returned_{age}"] = float(sum(row.get(str(age), 0) for row in ripe["returned"]))
    return sums


def viewer_days(scope: Scope) -> int:
    """Sum over days of a video's or creator's different viewers of each day."""
    rows = VideoDay.objects.filter(
        day__gte=scope.first_day, day__lte=scope.last_day, simulated__in=scope.simulated
    )
    if scope.video:
        rows = rows.filter(video=scope.video)
    if scope.owner:
        rows = rows.filter(video__owner=scope.owner)
    return int(rows.aggregate(sum=Sum("viewers"))["sum"] or 0)


def clusters(frame: pd.DataFrame) -> list[Mapping[str, float]]:
    """The rows of ``over_time`` or ``visits`` as the delta method takes them."""
    return frame.to_dict("records")  # type: ignore[return-value]


def _by_videos(scope: Scope) -> QuerySet[Any]:
    rows = hours_of(scope)
    if rows.model is VideoHour:
        return rows
    return VideoHour.objects.filter(
        hour__gte=scope.since, hour__lt=scope.until, simulated__in=scope.simulated
    ).order_by()
