"""The two reads of a page, each one statement: what the viewer did, and the chosen videos as they are this moment.

They are written as SQL because a page has a budget of a few milliseconds, of which the ORM would take most by compiling
the same queries again for every request. They run on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

from generation.models import Video
from generation.selectors import is_shown_sql
from recommender.models import (
    Comment,
    EngagementEvent,
    Follow,
    Impression,
    Like,
    NotInterested,
    VideoVariant,
    Viewer,
    Viewing,
)

VIEWINGS = 5000  # newest viewings that are never shown again
EVENTS = 150  # newest events, for what the roll-up has not folded into viewings yet
REACTIONS = 100  # newest reactions that make up the taste
IGNORED_DAYS = 7
COMPLETED, SKIPPED, SHARED, REFUSED = 1, 2, 4, 8  # bits of a viewing

Moment = str  # UTC as text, which sorts by time; ``seconds`` reads it


@dataclass(frozen=True)
class Past:
    """Rows of one viewer, newest first."""

    viewings: list[tuple[int, Moment, float | None, int]]  # video, started, reward, bits
    events: list[tuple[int, Moment, float | None, str]]  # video, happened, watch_ms, type
    impressions: list[tuple[int, Moment]]
    likes: list[tuple[int, Moment]]
    avoided: list[tuple[int, int, str]]  # video, its creator, scope
    follows: list[int]  # creators


def read_past(viewer: int, *, now: datetime) -> Past:
    """One query, each part bounded."""
    since = connection.ops.adapt_datetimefield_value(now - timedelta(days=IGNORED_DAYS))
    with connection.cursor() as cursor:
        cursor.execute(_past_sql(), [viewer, viewer, viewer, since, viewer, viewer, viewer])
        rows = cursor.fetchall()
    parts: dict[int, list[tuple[Any, ...]]] = {kind: [] for kind in range(1, 7)}
    for kind, *row in rows:
        parts[kind].append(tuple(row))
    for kind in (1, 2, 3, 4):
        parts[kind].sort(key=lambda row: row[1], reverse=True)
    return Past(
        viewings=[(video, moment, number, bits) for video, moment, number, bits, _ in parts[1]],
        events=[(video, moment, number, word) for video, moment, number, _, word in parts[2]],
        impressions=[(video, moment) for video, moment, *_ in parts[3]],
        likes=[(video, moment) for video, moment, *_ in parts[4]],
        avoided=[(video, int(owner), word) for video, _, owner, _, word in parts[5]],
        follows=[creator for creator, *_ in parts[6]],
    )


def seconds(moment: Moment) -> float:
    """Seconds since 1970."""
    value = datetime.fromisoformat(moment)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


def text(moment: datetime) -> Moment:
    """A moment as the rows have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@dataclass(frozen=True)
class Found:
    """A row of a published video with what people made of it."""

    row: tuple[Any, ...]

    @property
    def title(self) -> str:
        return str(self.row[VIDEO.index("title")])

    @property
    def likes(self) -> int:
        return int(self.row[-5])

    @property
    def comments(self) -> int:
        return int(self.row[-4])

    @property
    def liked(self) -> bool:
        return bool(self.row[-3])

    @property
    def following(self) -> bool:
        return bool(self.row[-2])

    @property
    def tested(self) -> bool:
        """Whether viewers see it in different titles or covers."""
        return bool(self.row[-1])

    @property
    def recommended(self) -> bool:
        return bool(self.row[VIDEO.index("visibility")] == Video.Visibility.PUBLIC)

    def video(self) -> Video:
        """The record with its owner; columns a page has no use for are left out."""
        values = list(self.row[: len(VIDEO)])
        tags = VIDEO.index("hashtags")
        if isinstance(values[tags], str):
            values[tags] = json.loads(values[tags])
        video = Video.from_db(connection.alias, VIDEO, values)
        video.owner = User.from_db(connection.alias, OWNER, self.row[len(VIDEO) : -5])
        return video


def read_videos(ids: Sequence[int], *, viewer: int) -> dict[int, Found]:
    """Those of the videos that are shown this moment, with their counts and the viewer's own marks; one query."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_videos_sql(len(ids), settings.FEED_SIMULATED), [viewer, viewer, *ids])
        rows = cursor.fetchall()
    return {row[0]: Found(row) for row in rows}


VIDEO = (
    "id",
    "owner_id",
    "job_id",
    "title",
    "hashtags",
    "category",
    "language",
    "aspect",
    "seconds",
    "file",
    "cover",
    "captions",
    "visibility",
)
OWNER = ("id", "username", "first_name", "last_name")


@lru_cache(maxsize=1)
def _past_sql() -> str:
    bits = " + ".join(
        f"CASE WHEN {name} THEN {bit} ELSE 0 END"
        for name, bit in (
            ("completed", COMPLETED),
            ("skipped", SKIPPED),
            ("shared", SHARED),
            ("refused", REFUSED),
        )
    )
    nothing, real = "CAST(NULL AS double precision)", "double precision"
    viewing, event, impression, like, avoided, follow, video = (
        model._meta.db_table
        for model in (Viewing, EngagementEvent, Impression, Like, NotInterested, Follow, Video)
    )
    return f"""
        SELECT * FROM (SELECT 1, video_id, CAST(started AS text), reward, {bits}, '' FROM {viewing}
            WHERE viewer_id = %s ORDER BY started DESC LIMIT {VIEWINGS}) AS a
        UNION ALL SELECT * FROM (SELECT 2, video_id, CAST(happened AS text), CAST(watch_ms AS {real}), 0, type FROM {event}
            WHERE viewer_id = %s ORDER BY happened DESC LIMIT {EVENTS}) AS b
        UNION ALL SELECT * FROM (SELECT 3, video_id, CAST(created AS text), {nothing}, 0, '' FROM {impression}
            WHERE viewer_id = %s AND created > %s ORDER BY created DESC LIMIT {REACTIONS}) AS c
        UNION ALL SELECT * FROM (SELECT 4, video_id, CAST(created AS text), {nothing}, 0, '' FROM {like}
            WHERE viewer_id = %s ORDER BY created DESC LIMIT {REACTIONS}) AS d
        UNION ALL SELECT 5, n.video_id, CAST(n.created AS text), CAST(v.owner_id AS {real}), 0, n.scope
            FROM {avoided} AS n JOIN {video} AS v ON v.id = n.video_id WHERE n.viewer_id = %s
        UNION ALL SELECT 6, creator_id, CAST(created AS text), {nothing}, 0, '' FROM {follow} WHERE viewer_id = %s
    """  # noqa: S608


@lru_cache(maxsize=64)
def _videos_sql(count: int, simulated: bool) -> str:
    video, user, like, comment, follow, viewer, variant = (
        model._meta.db_table for model in (Video, User, Like, Comment, Follow, Viewer, VideoVariant)
    )
    columns = [f"v.{name}" for name in VIDEO] + [f"u.{name}" for name in OWNER]
    # whose likes count: the same rule as social.counts.likes_counted
    left_out = "w.flagged <> ''" if simulated else "(w.simulated OR w.flagged <> '')"
    counted = f"AND NOT EXISTS(SELECT 1 FROM {viewer} AS w WHERE w.id = viewer_id AND {left_out})"  # noqa: S608
    return f"""
        SELECT {", ".join(columns)},
            (SELECT COUNT(*) FROM {like} WHERE video_id = v.id {counted}),
            (SELECT COUNT(*) FROM {comment} WHERE video_id = v.id AND deleted IS NULL),
            EXISTS(SELECT 1 FROM {like} WHERE video_id = v.id AND viewer_id = %s),
            EXISTS(SELECT 1 FROM {follow} WHERE creator_id = v.owner_id AND viewer_id = %s),
            EXISTS(SELECT 1 FROM {variant} WHERE video_id = v.id)
        FROM {video} AS v JOIN {user} AS u ON u.id = v.owner_id
        WHERE {is_shown_sql("v")} AND v.id IN ({", ".join(["%s"] * count)})
    """  # noqa: S608
