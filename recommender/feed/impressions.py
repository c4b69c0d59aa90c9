"""Recording a served page: the request and its slots, in one transaction of two statements."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from generation.models import Video
from recommender.models import FeedRequest, Impression

REQUEST = ("id", "viewer_id", "session", "policy", "arm", "ranker_id", "created")
SLOT = (
    "request_id", "viewer_id", "video_id", "position", "source", "reason", "score", "best_score",
    "propensity", "features", "arm", "arm_share", "created",
)  # fmt: skip


@dataclass(frozen=True)
class ServedSlot:
    """A slot of a page as it was served and recorded, with what its player shows."""

    video: Video
    position: int
    source: str
    reason: dict[str, Any]
    score: float
    best_score: float  # of what would have stood here without exploration
    propensity: float
    features: list[float | None]
    likes: int
    comments: int
    liked: bool
    following: bool
    arm: str = ""  # EXPERIMENT:ARM of the title and cover shown
    arm_share: float | None = None


def record(request: FeedRequest, slots: Sequence[ServedSlot]) -> None:
    """Write the page; readable by everybody when this returns."""
    native = connection.features.has_native_uuid_field
    key = request.pk if native else request.pk.hex
    when = connection.ops.adapt_datetimefield_value(request.created)
    rows = [
        (
            key, request.viewer_id, slot.video.pk, slot.position, slot.source, json.dumps(slot.reason), slot.score,
            slot.best_score, slot.propensity, json.dumps(slot.features), slot.arm, slot.arm_share, when,
        )
        for slot in slots
    ]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _insert(FeedRequest._meta.db_table, REQUEST, 1),
            [key, request.viewer_id, request.session, request.policy, request.arm, request.ranker_id, when],
        )
        if rows:
            values = [value for row in rows for value in row]
            cursor.execute(_insert(Impression._meta.db_table, SLOT, len(rows)), values)


def _insert(table: str, columns: Sequence[str], count: int) -> str:
    row = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * count)}"  # noqa: S608
