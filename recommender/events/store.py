"""Putting events into their table: each id once, whoever sends it and however often, with a note for the roll-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from recommender.models import EngagementEvent, EventArrival

COLUMNS = (
    "id", "viewer_id", "type", "video_id", "session", "request_id", "position",
    "watch_ms", "detail", "happened", "received", "flags", "counted",
)  # fmt: skip
TABLE = EngagementEvent._meta.db_table
NOTES = EventArrival._meta.db_table
NAMES = ", ".join(COLUMNS)
SLOTS = ", ".join(["%s"] * len(COLUMNS))
INSERT = f"INSERT INTO {TABLE} ({NAMES}) VALUES "  # noqa: S608
ONCE = " ON CONFLICT (id) DO NOTHING"
EPOCH, EPOCH_UTC = datetime(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Event:
    """A checked event on its way into the table; the fields of ``EngagementEvent``, ids as 32 hex digits."""

    id: str
    viewer: int
    type: str
    video: int
    session: str
    happened: datetime
    received: datetime
    request: str | None = None
    position: int | None = None
    watch_ms: int | None = None
    detail: dict[str, Any] | None = None
    flags: str = ""
    counted: bool = True


@contextmanager
def durable() -> Iterator[None]:
    """A transaction that is on the disk when it ends, so that not even a power cut takes back what was acknowledged.

    SQLite's other transactions here survive the end of any process; this one waits for the disk (AIGC_EVENTS_SYNC).
    """
    wait = settings.EVENTS_SYNC and connection.vendor == "sqlite" and not connection.in_atomic_block
    if not wait:
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute("PRAGMA synchronous=NORMAL")


class _Repeated(Exception):
    """Some of the ids are there already."""


def store(events: Sequence[Event]) -> set[str]:
    """The ids that were not there before; call it inside a transaction, with each id once.

    The database decides which of two equal ids is first, so the answers of two racing batches together name each once.
    """
    if not events:
        return set()
    fresh = _insert_alone(events) if connection.vendor == "sqlite" else _insert_beside_others(events)
    if fresh:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {NOTES} (events) VALUES (%s)", [orjson.dumps(list(fresh)).decode()])  # noqa: S608
    return fresh


def _insert_alone(events: Sequence[Event]) -> set[str]:
    """SQLite: a prepared one-row insert run for each row takes two thirds of the time of one statement with all rows.

    It counts what it inserted but does not name it. When that is less than all, the insert is taken back and the ids
    that are there are asked for: the transaction holds the only write lock, so none can come in between.
    """
    rows = _rows(events)
    ids = [event.id for event in events]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(f"{INSERT}({SLOTS}){ONCE}", rows)
            if cursor.rowcount != len(rows):
                raise _Repeated
    except _Repeated:
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(ids))
            cursor.execute(f"SELECT id FROM {TABLE} WHERE id IN ({marks})", ids)  # noqa: S608
            there = {pk for (pk,) in cursor.fetchall()}
            cursor.executemany(f"{INSERT}({SLOTS})", [row for row in rows if row[0] not in there])
        return set(ids) - there
    return set(ids)


def _insert_beside_others(events: Sequence[Event]) -> set[str]:
    """Any database with ``ON CONFLICT`` and ``RETURNING``: one statement, which waits for a racing equal id."""
    ordered = _rows(sorted(events, key=lambda event: event.id))
    slots = ", ".join([f"({SLOTS})"] * len(ordered))
    with connection.cursor() as cursor:
        cursor.execute(f"{INSERT}{slots}{ONCE} RETURNING id", [value for row in ordered for value in row])
        return {pk.replace("-", "") for (found,) in cursor.fetchall() for pk in [str(found)]}


def _rows(events: Sequence[Event]) -> list[tuple[Any, ...]]:
    """The events as the database takes them."""
    stamp = _stamp if connection.vendor == "sqlite" else _same
    received = {moment: stamp(moment) for moment in {e.received for e in events}}  # mostly one
    dumps = orjson.dumps
    return [
        (
            e.id, e.viewer, e.type, e.video, e.session, e.request, e.position, e.watch_ms,
            dumps(e.detail).decode() if e.detail else "{}",
            stamp(e.happened), received[e.received], e.flags, e.counted,
        )
        for e in events
    ]  # fmt: skip


def _stamp(moment: datetime) -> str:
    """How Django keeps a moment in SQLite: UTC without saying so. Adding is three times as fast as converting."""
    return (EPOCH + (moment - EPOCH_UTC)).isoformat(" ")


def _same(moment: datetime) -> datetime:
    return moment
