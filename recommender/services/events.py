"""Recording what viewers did: each event judged by itself, stored once, acknowledged when durable."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from generation.selectors import videos_published
from recommender.errors import EventsInvalid
from recommender.event_store import Event, store
from recommender.models import EngagementEvent, Impression, Viewer

BATCH_MAX = 200
TYPES = frozenset(EngagementEvent.Type.values)


@dataclass
class Receipt:
    """What became of a batch."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)  # {index, code, detail}


def events_record(*, viewer: Viewer, session: str, events: Sequence[Any]) -> Receipt:
    """Store the good events of a batch in one transaction and say what became of each.

    Raises ``EventsInvalid`` when there are more than ``BATCH_MAX``.
    """
    if len(events) > BATCH_MAX:
        raise EventsInvalid(
            f"A batch holds at most {BATCH_MAX} events, got {len(events)}. Send the rest in another.",
            field="events",
        )
    receipt = Receipt()
    rows: dict[uuid.UUID, EngagementEvent] = {}
    wanted: set[int] = {e["video"] for e in events if isinstance(e, dict) and type(e.get("video")) is int}
    known = set(videos_published().filter(pk__in=wanted).order_by().values_list("pk", flat=True))
    now = timezone.now()
    for index, event in enumerate(events):
        try:
            row = _row(event, viewer=viewer, session=session, known=known, now=now)
        except EventsInvalid as refusal:
            receipt.rejected.append({"index": index, "code": refusal.code, "detail": str(refusal)})
            continue
        if row.pk in rows:
            receipt.duplicates += 1
        rows.setdefault(row.pk, row)
    with transaction.atomic():
        old = set(EngagementEvent.objects.filter(pk__in=rows).values_list("pk", flat=True))
        fresh = [row for pk, row in rows.items() if pk not in old]
        EngagementEvent.objects.bulk_create(fresh, ignore_conflicts=True)
    receipt.accepted = len(fresh)
    receipt.duplicates += len(rows) - len(fresh)
    return receipt


def _row(event: Any, *, viewer: Viewer, session: str, known: set[int], now: datetime) -> EngagementEvent:
    if not isinstance(event, dict):
        raise EventsInvalid("An event is an object with id, type, video and client_time.")
    if event.get("type") not in TYPES:
        raise EventsInvalid(f"type must be one of {sorted(TYPES)}, got {event.get('type')!r}.", field="type")
    if event.get("video") not in known:
        raise EventsInvalid(f"There is no published video {event.get('video')!r}.", field="video")
    try:
        pk = uuid.UUID(str(event.get("id")))
    except ValueError:
        raise EventsInvalid(f"id must be a UUID, got {event.get('id')!r}.", field="id") from None
    when = parse_datetime(str(event.get("client_time", ""))) or now
    return EngagementEvent(
        id=pk,
        viewer=viewer,
        type=event["type"],
        video_id=event["video"],
        session=session,
        watch_ms=event.get("watch_ms"),
        happened=when,
        received=now,
    )


def event_from_server(
    *,
    viewer: Viewer,
    type: str,
    video_id: int,
    session: str = "",
    request_id: uuid.UUID | None = None,
    position: int | None = None,
    event_id: uuid.UUID | None = None,
    now: datetime | None = None,
) -> bool:
    """Note what the server itself saw, in the caller's transaction; whether it is new.

    ``event_id`` is the client's, so that the same tap told twice counts once. A page or slot that was not served to this
    viewer is left out and flagged: it says where a tap came from, and is no reason to refuse it.
    """
    now = now or timezone.now()
    shown = None
    if request_id is not None and position is not None:
        shown = Impression.objects.filter(
            request_id=request_id, position=position, viewer=viewer, video_id=video_id
        ).first()
    claimed = request_id is not None or position is not None
    flags = [viewer.flagged] if viewer.flagged else []
    if claimed and shown is None:
        flags.append("slot_unverified")
    event = Event(
        id=event_id or uuid.uuid4(),
        viewer=viewer.pk,
        type=EngagementEvent.Type(type).value,
        video=video_id,
        session=session[:36],
        request=shown.request_id if shown else None,
        position=shown.position if shown else None,
        happened=now,
        received=now,
        flags=",".join(flags),
        counted=not viewer.flagged,
    )
    with transaction.atomic():
        return bool(store([event]))
