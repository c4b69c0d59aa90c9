"""Putting events into their table: each id once, whoever sends it and however often, with a note for the roll-up."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from recommender.models import EngagementEvent, EventArrival

COLUMNS = (
    "id", "viewer_id", "type", "video_id", "session", "request_id", "position",
    "watch_ms", "detail", "happened", "received", "flags", "counted",
)  # fmt: skip


@dataclass(slots=True)
class Event:
    """A checked event on its way into the table; the fields of ``EngagementEvent``."""

    id: uuid.UUID
    viewer: int
    type: str
    video: int
    session: str
    happened: datetime
    received: datetime
    request: uuid.UUID | None = None
    position: int | None = None
    watch_ms: int | None = None
    detail: dict[str, Any] | None = None
    flags: str = ""
    counted: bool = True


def store(events: Sequence[Event]) -> set[uuid.UUID]:
    """The ids that were not there before; call it inside a transaction.

    The database decides which of two equal ids is first, so the answers of two racing batches together name each once.
    """
    if not events:
        return set()
    table = EngagementEvent._meta.db_table
    slots = ", ".join(["(" + ", ".join(["%s"] * len(COLUMNS)) + ")"] * len(events))
    sql = (
        f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES {slots} ON CONFLICT (id) DO NOTHING RETURNING id"  # noqa: S608
    )
    values = [value for event in events for value in _row(event)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        fresh = {_uuid(row[0]) for row in cursor.fetchall()}
    if fresh:
        EventArrival.objects.create(events=[pk.hex for pk in fresh])
    return fresh


def _row(event: Event) -> tuple[Any, ...]:
    ops = connection.ops
    native = connection.features.has_native_uuid_field
    return (
        event.id if native else event.id.hex,
        event.viewer,
        event.type,
        event.video,
        event.session,
        event.request if native or event.request is None else event.request.hex,
        event.position,
        event.watch_ms,
        json.dumps(event.detail or {}),
        ops.adapt_datetimefield_value(event.happened),
        ops.adapt_datetimefield_value(event.received),
        event.flags,
        event.counted,
    )


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
