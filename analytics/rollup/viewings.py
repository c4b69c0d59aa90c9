"""Viewings of the database as the frame that ``analytics.stats.folding`` adds up, without those that never count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa
from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet

from core.roles import ADMINISTRATOR, MODERATOR
from recommender.models import Viewer, Viewing

DAY = timedelta(days=1)
SCHEMA = pa.schema(
    [
        ("viewer", pa.int64()), ("video", pa.int64()), ("simulated", pa.bool_()),
        ("started", pa.timestamp("us", tz="UTC")),
        ("shown", pa.bool_()), ("played", pa.bool_()), ("completed", pa.bool_()), ("skipped", pa.bool_()),
        ("liked", pa.bool_()), ("shared", pa.bool_()), ("followed", pa.bool_()), ("refused", pa.bool_()),
        ("comments", pa.int64()), ("watch_ms", pa.int64()), ("quartile", pa.int64()), ("loops", pa.int64()),
        ("counts", pa.list_(pa.int64())), ("seconds", pa.float64()),
    ]
)  # fmt: skip
READ = (
    "viewer_id", "video_id", "viewer__simulated", "started", "shown", "played", "completed", "skipped", "liked",
    "shared", "followed", "refused", "comments", "watch_ms", "quartile", "loops", "seconds", "video__seconds",
)  # fmt: skip


def left_out_viewers() -> QuerySet[Viewer]:
    """Viewers whose watching is work: moderators and administrators, and whoever was flagged as a bot."""
    watching_for_work = User.objects.filter(
        Q(is_superuser=True) | Q(groups__name__in=(MODERATOR, ADMINISTRATOR))
    )
    return Viewer.objects.filter(Q(user__in=watching_for_work) | ~Q(flagged=""))


def counting() -> QuerySet[Viewing]:
    """Viewings that metrics are made of: not one's own video, no work, no bot."""
    own = Q(viewer__user__isnull=False, viewer__user=F("video__owner"))
    return Viewing.objects.exclude(own).exclude(viewer__in=left_out_viewers().values("pk"))


def of_videos(videos: Iterable[int], day: date) -> QuerySet[Viewing]:
    begin = midnight(day)
    return counting().filter(video__in=list(videos), started__gte=begin, started__lt=begin + DAY)


def of_viewers(viewers: Iterable[int], first: date, last: date) -> QuerySet[Viewing]:
    """Of days, both included, and of the half hour before, in which a session of the first may have begun."""
    since = midnight(first) - timedelta(minutes=30)
    return counting().filter(viewer__in=list(viewers), started__gte=since, started__lt=midnight(last) + DAY)


def frame(*queries: QuerySet[Viewing]) -> pa.Table:
    """The viewings of the queries, one below the other."""
    rows = [row for query in queries for row in query.order_by().values_list(*READ).iterator(5_000)]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in READ]
    columns[16] = [counts or None for counts in columns[16]]  # none told is not "nothing played"
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
