"""Recording what viewers did: each event judged by itself, stored once, acknowledged when durable."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.counts import counts
from generation.models import Video
from generation.selectors import is_shown_sql
from recommender.errors import EventRefused, EventsInvalid, ViewerGone
from recommender.events.checks import (
    MILLISECOND,
    WATCH_TOLERANCE_MS,
    Clock,
    Seen,
    ShownSlot,
    begun,
    flag,
    plausible,
    shaped,
)
from recommender.events.checks import Video as Known
from recommender.events.store import Event, durable, store
from recommender.events.viewings import CROWDED, viewing_id
from recommender.models import EngagementEvent, Follow, Impression, Like, NotInterested, Viewer

BATCH_MAX = 200
WATCH_TOLERANCE = timedelta(milliseconds=WATCH_TOLERANCE_MS)
TREND_SECONDS = 86_400.0
SITTING = timedelta(days=1)  # a session's first event is looked for this far back
Type = EngagementEvent.Type
VIDEOS = (
    f"SELECT id, seconds, {is_shown_sql('v')}, owner_id FROM {Video._meta.db_table} AS v "  # noqa: S608
    "WHERE id IN (%s)"
)
SERVED = (
    f"SELECT request_id, position, video_id, created FROM {Impression._meta.db_table} "  # noqa: S608
    "WHERE viewer_id = %%s AND request_id IN (%s)"
)
UNBACKED = frozenset({Type.COMMENT.value, Type.REPORT.value})  # told only by the addresses that keep them


@dataclass
class Receipt:
    """What became of a batch."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)  # {index, code, detail}

    def refuse(self, index: int, why: EventRefused) -> None:
        self.rejected.append({"index": index, "code": why.code, "detail": str(why)})


def events_record(
    *,
    viewer: Viewer,
    session: str,
    events: Sequence[Any],
    sent: datetime | None = None,
    now: datetime | None = None,
    address: str = "",
) -> Receipt:
    """Store the good events of a batch in one transaction and say what became of each.

    ``sent`` is the client's clock when it sent the batch, ``now`` the server's (a simulated viewer's may be virtual).
    ``address`` is what the client is counted by, or "".
    Raises ``EventsInvalid`` when there are more than ``BATCH_MAX`` and ``ViewerGone`` when the viewer was merged or
    deleted meanwhile.
    """
    if len(events) > BATCH_MAX:
        raise EventsInvalid(
            f"A batch holds at most {BATCH_MAX} events, got {len(events)}. Send the rest in another.",
            field="events",
        )
    now = now or timezone.now()
    receipt = Receipt()
    found = _checked(events, viewer=viewer, session=session, clock=Clock.of(now, sent), receipt=receipt)
    if address and not viewer.simulated:
        _mark_crowded(found, address)
    once: dict[str, Event] = {}
    for event in found:
        once.setdefault(event.id, event)
    fresh = _stored(list(once.values()), viewer)
    receipt.accepted = len(fresh)
    receipt.duplicates = len(found) - len(fresh)
    return receipt


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
    pk = (event_id or uuid.uuid4()).hex
    event = Event(pk, viewer.pk, Type(type).value, video_id, session[:36], now, now)
    if request_id is not None or position is not None:
        slot = Impression.objects.filter(
            request_id=request_id,
            position=-1 if position is None else position,
            viewer=viewer,
            video_id=video_id,
        ).first()
        if slot is None:
            flag(event, "slot_unverified")
        else:
            event.request, event.position = slot.request_id.hex, slot.position
    if viewer.flagged:
        flag(event, viewer.flagged, counted=False)
    if viewer.user_id is not None and Video.objects.filter(pk=video_id, owner_id=viewer.user_id).exists():
        flag(event, "own", counted=False)
    with transaction.atomic():
        return bool(store([event]))


def _checked(
    raw: Sequence[Any], *, viewer: Viewer, session: str, clock: Clock, receipt: Receipt
) -> list[Event]:
    """The events that may be stored, in order; the others are refused in the receipt."""
    shapes: list[tuple[int, Event]] = []
    pk, user, flagged = viewer.pk, viewer.user_id, viewer.flagged
    for index, one in enumerate(raw):
        try:
            shapes.append((index, shaped(one, viewer=pk, session=session, clock=clock)))
        except EventRefused as why:
            receipt.refuse(index, why)
    events = [event for _, event in shapes]
    seen = _seen(events, viewer, clock.received)
    began = _session_began(events, viewer, session)
    good = []
    for index, event in shapes:
        try:
            plausible(event, seen, viewer_user=user, session_began=began)
        except EventRefused as why:
            receipt.refuse(index, why)
            continue
        if event.type in UNBACKED:
            flag(event, "unbacked", counted=False)
        if not viewer.simulated and begun(event) < viewer.created - WATCH_TOLERANCE:
            flag(event, "before_viewer", counted=False)
        if flagged:
            flag(event, flagged, counted=False)
        good.append(event)
    receipt.rejected.sort(key=lambda refusal: refusal["index"])
    return good


def _mark_crowded(events: Sequence[Event], address: str) -> None:
    """Flag the watching beyond the first ``AIGC_TREND_VIEWINGS`` viewings of a video from ``address`` in a day.

    What is kept for that day leads to neither: a keyed digest of address and video, and viewings under one.
    """
    watched = [event for event in events if event.watch_ms is not None and event.counted]
    if not watched:
        return
    pairs = [(_digest(f"{address} {event.video}"), _digest(_viewing_of(event).hex)) for event in watched]
    admitted = counts().admit(pairs, most=settings.TREND_VIEWINGS, seconds=TREND_SECONDS)
    for event, warms in zip(watched, admitted, strict=True):
        if not warms:
            flag(event, CROWDED)


def _viewing_of(event: Event) -> uuid.UUID:
    page = None if event.request is None else uuid.UUID(event.request)
    return viewing_id(
        viewer=event.viewer, video=event.video, session=event.session, request=page, position=event.position
    )


def _digest(text: str) -> str:
    return salted_hmac("recommender.trends", text, algorithm="sha256").hexdigest()[:32]


def _seen(events: Sequence[Event], viewer: Viewer, received: datetime) -> Seen:
    """The videos and slots that a batch names, in two queries; in SQL, as building them by the ORM takes longer."""
    numbers = {event.video for event in events}
    pages = {event.request for event in events if event.request is not None}
    videos: dict[int, Known] = {}
    slots: dict[str, dict[int, ShownSlot]] = {}
    with connection.cursor() as cursor:
        if numbers:
            cursor.execute(VIDEOS % _marks(numbers), list(numbers))
            for pk, seconds, shown, owner in cursor.fetchall():
                videos[pk] = Known(seconds, bool(shown), owner)
        if pages:
            cursor.execute(SERVED % _marks(pages), [viewer.pk, *pages])
            for page, position, video, created in cursor.fetchall():
                served = created if isinstance(created, datetime) else datetime.fromisoformat(created)
                if served.tzinfo is None:
                    served = served.replace(tzinfo=UTC)
                slot = ShownSlot(video, served, (received - served) / MILLISECOND)
                slots.setdefault(str(page).replace("-", ""), {})[position] = slot
    return Seen(videos, slots)


def _marks(values: set[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _session_began(events: Sequence[Event], viewer: Viewer, session: str) -> datetime | None:
    """The first moment of this sitting, stored or in the batch; looked up only for watching outside a page."""
    if not any(event.request is None and event.watch_ms for event in events):
        return None
    first = min(event.happened for event in events)
    stored: datetime | None = EngagementEvent.objects.filter(
        viewer=viewer, session=session, happened__gte=first - SITTING
    ).aggregate(first=Min("happened"))["first"]
    return first if stored is None else min(first, stored)


def _stored(events: list[Event], viewer: Viewer) -> set[str]:
    """Store events and what they change in one transaction; the ids that are new."""
    if not events:
        return set()
    try:
        with durable():
            told = _mark_repeats(events, viewer)
            fresh = store(events)
            if told:
                _apply([event for event in told if event.id in fresh], viewer)
            return fresh
    except IntegrityError as error:  # a row they refer to went while they were being checked
        raise ViewerGone(
            "This viewer signed in, or what it watched was removed, while the events were on their way. "
            "Send them again; nothing was stored."
        ) from error


def _mark_repeats(events: Sequence[Event], viewer: Viewer) -> list[Event]:
    """The likes, follows and refusals of a batch that change something; the others are stored but count nothing."""
    taps = [event for event in events if event.type in STATES]
    if not taps:
        return []
    videos = {event.video for event in taps}
    owners = dict(Video.objects.filter(pk__in=videos).order_by().values_list("pk", "owner_id"))
    had: set[tuple[str, int]] = set()
    for kind, (model, name) in STATES.items():
        keys = set(owners.values()) if name == "creator_id" else videos
        if any(tap.type == kind for tap in taps):
            there = model._default_manager.filter(viewer=viewer, **{f"{name}__in": keys})
            had |= {(kind, key) for key in there.values_list(name, flat=True)}
    changing = []
    for tap in taps:
        key = (tap.type, owners.get(tap.video, 0) if tap.type == Type.FOLLOW else tap.video)
        if tap.type == Type.FOLLOW and key[1] == viewer.user_id:
            continue
        if key in had:
            flag(tap, "repeated", counted=False)
            continue
        had.add(key)
        changing.append(tap)
    return changing


def _apply(taps: Sequence[Event], viewer: Viewer) -> None:
    """Likes, follows and refusals told as events become the viewer's state."""
    owners = dict(Video.objects.filter(pk__in=[tap.video for tap in taps]).values_list("pk", "owner_id"))
    for kind, (model, name) in STATES.items():
        rows = [
            model(
                viewer=viewer,
                created=tap.happened,
                **{name: owners[tap.video] if name == "creator_id" else tap.video},
            )
            for tap in taps
            if tap.type == kind
        ]
        if rows:
            model._default_manager.bulk_create(rows, ignore_conflicts=True)


STATES: dict[str, tuple[Any, str]] = {  # the table of a kind of tap, and what it is about
    Type.LIKE.value: (Like, "video_id"),
    Type.FOLLOW.value: (Follow, "creator_id"),
    Type.NOT_INTERESTED.value: (NotInterested, "video_id"),
}
