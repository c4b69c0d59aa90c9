"""What an event must be before it is stored: its shape, its time, its video, its slot, and what can be watched in it.

What is plainly forged or broken is refused with a code and a sentence. What is only unlikely is stored, flagged, and left
out of rewards (``counted`` is false). docs/events.md lists every code and flag.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from recommender.errors import EventRefused
from recommender.event_store import Event
from recommender.models import EngagementEvent

TYPES = frozenset(EngagementEvent.Type.values)
OLDEST = timedelta(days=7)
CLOCK_TOLERANCE = timedelta(seconds=5)
CLOCK_TRUSTED = timedelta(days=1)  # how far ahead a clock may be that nothing corrects
WATCH_LIMIT_MS = 3_600_000
WATCH_TOLERANCE_MS = 2_000
SECONDS_MAX = 90
COUNT_LIMITS = {"quartile": (1, 4), "pauses": (0, 10_000), "seeks": (0, 10_000), "loops": (0, 10_000)}
COUNT_LIMITS["hidden_ms"] = (0, 7 * 86_400_000)
SWITCHES = frozenset({"muted", "captions"})
DETAIL_KEYS = frozenset({"seconds", *COUNT_LIMITS, *SWITCHES})
ID_MAX = 2**63 - 1

Slot = tuple[uuid.UUID, int]


@dataclass(frozen=True)
class Clock:
    """The moment of receiving, and how far the client's clock is behind it, if the batch says when it was sent."""

    received: datetime
    behind: timedelta | None = None

    @classmethod
    def of(cls, received: datetime, sent: datetime | None) -> Clock:
        """The server's moment and the client's of the same sending; the way of the message counts as clock error."""
        return cls(received, None if sent is None else received - sent)

    @property
    def skewed(self) -> bool:
        return self.behind is not None and abs(self.behind) > CLOCK_TOLERANCE

    def happened(self, client_time: datetime) -> tuple[datetime, bool]:
        """When it happened by the server's clock, and whether the client's had to be corrected.

        Raises ``EventRefused`` for what is older than a week or has not happened yet.
        """
        age = self.received - client_time - (self.behind or timedelta())
        if age > OLDEST:
            raise EventRefused(
                f"An event is taken for {OLDEST.days} days; this one is {age / timedelta(days=1):.1f} days old.",
                code="too_old",
            )
        ahead = CLOCK_TRUSTED if self.behind is None else CLOCK_TOLERANCE
        if age < -ahead:
            raise EventRefused(
                f"client_time is {-age.total_seconds():.0f} s after the batch was sent. Send what has happened.",
                code="from_future",
            )
        if age < timedelta():
            return self.received, age < -CLOCK_TOLERANCE
        return self.received - age, self.skewed


@dataclass(frozen=True)
class Seen:
    """What the database knows of a batch's videos and slots."""

    videos: dict[int, tuple[float, bool, int]] = field(
        default_factory=dict
    )  # seconds, published now, its owner
    slots: dict[Slot, tuple[int, datetime]] = field(default_factory=dict)  # the video there, served when
    places: dict[tuple[uuid.UUID, int], int] = field(default_factory=dict)  # (page, video) → its position
    requests: frozenset[uuid.UUID] = frozenset()  # of this viewer


def shaped(raw: Any, *, viewer: int, session: str, clock: Clock) -> Event:
    """An event with every field of the right type and in its range, from whatever JSON was sent.

    Raises ``EventRefused``.
    """
    if not isinstance(raw, dict):
        raise EventRefused(
            f"An event is an object with id, type, video and client_time, got {_shown(raw)}.",
            code="event_malformed",
        )
    kind, video = raw.get("type"), raw.get("video")
    if not isinstance(kind, str) or kind not in TYPES:
        raise EventRefused(
            f"type must be one of {', '.join(sorted(TYPES))}; got {_shown(kind)}.", code="event_type_unknown"
        )
    if type(video) is not int or not 0 < video <= ID_MAX:
        raise EventRefused(f"video must be a video's number, got {_shown(video)}.", code="video_unknown")
    pk = _uuid(raw.get("id"), "id", "event_id_invalid")
    request = raw.get("request_id")
    request = None if request is None else _uuid(request, "request_id", "request_unknown")
    happened, corrected = clock.happened(_time(raw.get("client_time")))
    detail = raw.get("detail")
    event = Event(
        pk, viewer, kind, video, session, happened, clock.received,
        request, _position(raw.get("position"), request), _watch(raw.get("watch_ms")),
        None if detail is None else _detail(detail),
    )  # fmt: skip
    if corrected:
        event.flags = "skewed"
    return event


def plausible(event: Event, seen: Seen, *, viewer_user: int | None, session_began: datetime | None) -> None:
    """Hold the event against what was served; set its slot, flags and ``counted``.

    ``session_began`` is the earliest known moment of the event's sitting. Raises ``EventRefused``.
    """
    found = seen.videos.get(event.video)
    served = None if found is None else _served(event, seen)
    if found is None or not (found[1] or served is not None):
        raise EventRefused(f"There is no published video {event.video}.", code="video_unknown")
    seconds, _, owner = found
    if served is None:
        flag(event, "unrequested")
    if viewer_user is not None and owner == viewer_user:
        flag(event, "own", counted=False)
    if event.detail:
        _seconds_fit(event, seconds)
    if event.watch_ms is not None:
        _watch_fits(event, seconds, served, session_began)


def flag(event: Event, name: str, *, counted: bool = True) -> None:
    """Add a flag; with ``counted=False`` the event is left out of rewards."""
    event.flags = f"{event.flags},{name}" if event.flags else name
    event.counted = event.counted and counted


def _served(event: Event, seen: Seen) -> datetime | None:
    """When the event's slot was served; ``None`` for an event that names no page."""
    if event.request is None:
        return None
    if event.request not in seen.requests:
        raise EventRefused(
            f"Page {event.request} was not served to this viewer. Send the request_id of the feed's answer.",
            code="request_unknown",
        )
    if event.position is None:
        event.position = seen.places.get((event.request, event.video))
    slot = seen.slots.get((event.request, event.position if event.position is not None else -1))
    if slot is None or slot[0] != event.video:
        raise EventRefused(
            f"Video {event.video} did not stand at position {event.position} of page {event.request}.",
            code="position_forged",
        )
    return slot[1]


def _watch_fits(
    event: Event, seconds: float, served: datetime | None, session_began: datetime | None
) -> None:
    watch = event.watch_ms or 0
    detail = event.detail or {}
    loops = detail.get("loops", 0)
    longest = seconds * 1000 * (loops + 1) * 1.05 + WATCH_TOLERANCE_MS
    if watch > longest:
        raise EventRefused(
            f"watch_ms {watch} is more than {loops + 1} × {seconds:g} s of video. Send loops with it.",
            code="watch_impossible",
        )
    if served is not None and watch > _ms(event.received - served) + WATCH_TOLERANCE_MS:
        raise EventRefused(
            f"watch_ms {watch} is more than the {_ms(event.received - served):.0f} ms since the page was served.",
            code="watch_impossible",
        )
    began = served if served is not None else session_began
    slack = WATCH_TOLERANCE_MS + _ms(CLOCK_TOLERANCE)
    if began is not None and watch > _ms(event.happened - began) + slack:
        flag(event, "faster_than_time", counted=False)
    if event.type == "complete" and watch < seconds * 500 and not detail.get("seeks"):
        flag(event, "complete_unwatched", counted=False)


def _seconds_fit(event: Event, seconds: float) -> None:
    """Second counts lie inside the video, and hardly sum to more than was watched."""
    counts = (event.detail or {}).get("seconds")
    if not counts:
        return
    if len(counts) > math.ceil(seconds) + 1:
        raise EventRefused(
            f"detail.seconds has {len(counts)} entries, the video {seconds:g} s.", code="detail_invalid"
        )
    detail = event.detail or {}
    # a second that was only touched counts, once a jump and once a turn
    touched = detail.get("seeks", 0) + detail.get("pauses", 0) + detail.get("loops", 0) + 2
    if event.watch_ms is not None and sum(counts) > event.watch_ms / 1000 * 1.1 + touched:
        flag(event, "seconds_unwatched", counted=False)


def _ms(span: timedelta) -> float:
    return span.total_seconds() * 1000


def _uuid(value: Any, name: str, code: str) -> uuid.UUID:
    if isinstance(value, str) and len(value) <= 45:
        try:
            return uuid.UUID(value)
        except ValueError:
            pass
    raise EventRefused(f"{name} must be a UUID, got {_shown(value)}.", code=code)


def _time(value: Any) -> datetime:
    if isinstance(value, str) and len(value) <= 40:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return moment
    raise EventRefused(
        f"client_time must be ISO 8601 with its time zone, such as 2026-01-31T09:30:00.250Z; got {_shown(value)}.",
        code="time_invalid",
    )


def _position(value: Any, request: uuid.UUID | None) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= 32_767:
        raise EventRefused(
            f"position must be that of the served item, got {_shown(value)}.", code="position_forged"
        )
    if request is None:
        raise EventRefused(f"position {value} needs the request_id of its page.", code="position_forged")
    return value


def _watch(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise EventRefused(
            f"watch_ms must be a whole number of milliseconds, got {_shown(value)}.", code="event_malformed"
        )
    if not 0 <= value <= WATCH_LIMIT_MS:
        raise EventRefused(
            f"watch_ms must be 0–{WATCH_LIMIT_MS}, got {_shown(value)}.", code="watch_impossible"
        )
    return value


def _detail(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EventRefused(f"detail must be an object, got {_shown(value)}.", code="detail_invalid")
    for key, entry in value.items():
        if key not in DETAIL_KEYS:
            raise EventRefused(
                f"detail has {', '.join(sorted(DETAIL_KEYS))}; {_shown(key)} is none of them.",
                code="detail_invalid",
            )
        if key in SWITCHES:
            if not isinstance(entry, bool):
                raise EventRefused(
                    f"detail.{key} must be true or false, got {_shown(entry)}.", code="detail_invalid"
                )
        elif key == "seconds":
            _seconds(entry)
        else:
            low, high = COUNT_LIMITS[key]
            if type(entry) is not int or not low <= entry <= high:
                raise EventRefused(
                    f"detail.{key} must be a whole number {low}–{high}, got {_shown(entry)}.",
                    code="detail_invalid",
                )
    return value


def _seconds(value: Any) -> None:
    whole = isinstance(value, list) and len(value) <= SECONDS_MAX
    if not whole or not all(type(count) is int and 0 <= count <= 10_000 for count in value):
        raise EventRefused(
            f"detail.seconds must hold at most {SECONDS_MAX} whole numbers 0–10000, got {_shown(value)}.",
            code="detail_invalid",
        )


def _shown(value: Any) -> str:
    """The value as a sentence can show it, however large or deep."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 128:
        return "a number of more than 38 digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
