"""What an event must be before it is stored: its shape, its time, its video, its slot, and what can be watched in it.

What is plainly forged or broken is refused with a code and a sentence. What is only unlikely is stored, flagged, and left
out of rewards (``counted`` is false). docs/events.md lists every code and flag. Two hundred events are checked in about a
millisecond, so identifiers stay hex digits and nothing is looked up here.
"""

from __future__ import annotations

import math
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from recommender.errors import EventRefused
from recommender.events.store import Event
from recommender.models import EngagementEvent

TYPES = frozenset(EngagementEvent.Type.values)
OLDEST = timedelta(days=7)
CLOCK_TOLERANCE = timedelta(seconds=5)
CLOCK_TRUSTED = timedelta(days=1)  # how far ahead a clock may be that nothing corrects
NOW = timedelta()
MILLISECOND = timedelta(milliseconds=1)
WATCH_LIMIT_MS = 3_600_000
WATCH_TOLERANCE_MS = 2_000
SKEW_TOLERANCE_MS = WATCH_TOLERANCE_MS + 5_000
SECONDS_MAX = 90
COUNT_MAX = 10_000
COUNT_LIMITS = {
    "quartile": (1, 4),
    "pauses": (0, COUNT_MAX),
    "seeks": (0, COUNT_MAX),
    "loops": (0, COUNT_MAX),
    "hidden_ms": (0, 7 * 86_400_000),
}
SWITCHES = frozenset({"muted", "captions"})
DETAIL_KEYS = frozenset({"seconds", *COUNT_LIMITS, *SWITCHES})
ID_MAX = 2**63 - 1
ONLY_WHOLE = frozenset({int})
CANONICAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment of receiving, and how far the client's clock is behind it, if the batch says when it was sent."""

    received: datetime
    behind: timedelta | None = None

    @classmethod
    def of(cls, received: datetime, sent: datetime | None) -> Clock:
        """The server's moment and the client's of the same sending; the way of the message counts as clock error."""
        return cls(received, None if sent is None else received - sent)

    def happened(self, client_time: datetime) -> tuple[datetime, bool]:
        """When it happened by the server's clock, and whether the client's was wrong.

        Raises ``EventRefused`` for what is older than a week or has not happened yet.
        """
        behind = self.behind
        age = self.received - client_time
        if behind is not None:
            age -= behind
        if age > OLDEST:
            raise EventRefused(
                f"An event is taken for {OLDEST.days} days; this one is {age / timedelta(days=1):.1f} days old.",
                code="too_old",
            )
        if age < NOW:
            if age < -(CLOCK_TRUSTED if behind is None else CLOCK_TOLERANCE):
                raise EventRefused(
                    f"client_time is {-age.total_seconds():.0f} s after the batch was sent. Send what has happened.",
                    code="from_future",
                )
            return self.received, age < -CLOCK_TOLERANCE
        return self.received - age, behind is not None and abs(behind) > CLOCK_TOLERANCE


@dataclass(frozen=True, slots=True)
class Video:
    """What must be known of a video."""

    seconds: float
    shown: bool
    owner: int


@dataclass(frozen=True, slots=True)
class ShownSlot:
    """A served place: its video, when it was served, and how long that was before the batch was received."""

    video: int
    served: datetime
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database knows of a batch's videos and of this viewer's pages among those it names."""

    videos: dict[int, Video] = field(default_factory=dict)
    slots: dict[str, dict[int, ShownSlot]] = field(default_factory=dict)  # page → position → slot


def shaped(raw: Any, *, viewer: int, session: str, clock: Clock) -> Event:
    """An event with every field of the right type and in its range, from whatever JSON was sent.

    Raises ``EventRefused``.
    """
    if not isinstance(raw, dict):
        raise EventRefused(
            f"An event is an object with id, type, video and client_time, got {_shown(raw)}.",
            code="event_malformed",
        )
    get = raw.get
    kind, video, request, position = get("type"), get("video"), get("request_id"), get("position")
    if not isinstance(kind, str) or kind not in TYPES:
        raise EventRefused(
            f"type must be one of {', '.join(sorted(TYPES))}; got {_shown(kind)}.", code="event_type_unknown"
        )
    if type(video) is not int or not 0 < video <= ID_MAX:
        raise EventRefused(f"video must be a video's number, got {_shown(video)}.", code="video_unknown")
    pk = _hex(get("id"), "id", "event_id_invalid")
    if request is not None:
        request = _hex(request, "request_id", "request_unknown")
    if position is not None:
        _check_position(position, request)
    happened, skewed = clock.happened(_time(get("client_time")))
    watch, detail = get("watch_ms"), get("detail")
    if watch is not None:
        watch = _watch(watch)
    if detail is not None:
        _check_detail(detail)
    return Event(
        pk, viewer, kind, video, session, happened, clock.received, request, position, watch, detail,
        "skewed" if skewed else "",
    )  # fmt: skip


def plausible(event: Event, seen: Seen, *, viewer_user: int | None, session_began: datetime | None) -> None:
    """Hold the event against what was served; set its slot, flags and ``counted``.

    ``session_began`` is the earliest known moment of the event's sitting. Raises ``EventRefused``.
    """
    video = seen.videos.get(event.video)
    slot = None if video is None or event.request is None else _slot(event, event.request, seen)
    if video is None or (slot is None and not video.shown):
        raise EventRefused(f"There is no published video {event.video}.", code="video_unknown")
    if slot is None:
        flag(event, "unrequested")
    if video.owner == viewer_user:
        flag(event, "own", counted=False)
    if event.detail:
        _check_seconds(event, event.detail, video.seconds)
    if event.watch_ms is not None:
        _check_watch(event, event.watch_ms, video.seconds, slot, session_began)


def begun(event: Event) -> datetime:
    """When what the event tells of began: its watching, where it has one."""
    return event.happened - (event.watch_ms or 0) * MILLISECOND


def flag(event: Event, name: str, *, counted: bool = True) -> None:
    """Add a flag; with ``counted=False`` the event is left out of rewards."""
    event.flags = f"{event.flags},{name}" if event.flags else name
    event.counted = event.counted and counted


def _slot(event: Event, page: str, seen: Seen) -> ShownSlot:
    """The served slot that the event names."""
    slots = seen.slots.get(page)
    if slots is None:
        raise EventRefused(
            f"Page {uuid.UUID(page)} was not served to this viewer. Send the request_id of the feed's answer.",
            code="request_unknown",
        )
    if event.position is None:
        event.position = next((place for place, slot in slots.items() if slot.video == event.video), None)
    found = None if event.position is None else slots.get(event.position)
    if found is None or found.video != event.video:
        raise EventRefused(
            f"Video {event.video} did not stand at position {event.position} of page {uuid.UUID(page)}.",
            code="position_forged",
        )
    return found


def _check_watch(
    event: Event, watch: int, seconds: float, slot: ShownSlot | None, session_began: datetime | None
) -> None:
    """Nobody watches more than the video holds, or than time has passed."""
    detail = event.detail
    loops = detail.get("loops", 0) if detail else 0
    if watch > seconds * 1050 * (loops + 1) + WATCH_TOLERANCE_MS:
        raise EventRefused(
            f"watch_ms {watch} is more than {loops + 1} × {seconds:g} s of video. Send loops with it.",
            code="watch_impossible",
        )
    if slot is not None and watch > slot.elapsed_ms + WATCH_TOLERANCE_MS:
        raise EventRefused(
            f"watch_ms {watch} is more than the {slot.elapsed_ms:.0f} ms since the page was served.",
            code="watch_impossible",
        )
    began = session_began if slot is None else slot.served
    if began is not None and watch > (event.happened - began) / MILLISECOND + SKEW_TOLERANCE_MS:
        flag(event, "faster_than_time", counted=False)
    if event.type == "complete" and watch < seconds * 500 and not (detail and detail.get("seeks")):
        flag(event, "complete_unwatched", counted=False)


def _check_seconds(event: Event, detail: dict[str, Any], seconds: float) -> None:
    """Second counts lie inside the video, and hardly sum to more than was watched."""
    counts = detail.get("seconds")
    if not counts:
        return
    if len(counts) > math.ceil(seconds) + 1:
        raise EventRefused(
            f"detail.seconds has {len(counts)} entries, the video {seconds:g} s.", code="detail_invalid"
        )
    if event.watch_ms is not None and sum(counts) > event.watch_ms / 1000 * 1.1 + 2:
        # a second that was only touched counts, once a jump and once a turn
        touched = detail.get("seeks", 0) + detail.get("pauses", 0) + detail.get("loops", 0)
        if sum(counts) > event.watch_ms / 1000 * 1.1 + 2 + touched:
            flag(event, "seconds_unwatched", counted=False)


def _hex(value: Any, name: str, code: str) -> str:
    """A UUID's 32 hex digits, however it was written."""
    if isinstance(value, str) and len(value) <= 45:
        if CANONICAL(value):
            return value.replace("-", "")
        try:
            return uuid.UUID(value).hex
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


def _check_position(value: Any, request: str | None) -> None:
    if type(value) is not int or not 0 <= value <= 32_767:
        raise EventRefused(
            f"position must be that of the served item, got {_shown(value)}.", code="position_forged"
        )
    if request is None:
        raise EventRefused(f"position {value} needs the request_id of its page.", code="position_forged")


def _watch(value: Any) -> int:
    if type(value) is float and value.is_integer():
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


def _check_detail(value: Any) -> None:
    if not isinstance(value, dict):
        raise EventRefused(f"detail must be an object, got {_shown(value)}.", code="detail_invalid")
    for key, entry in value.items():
        limits = COUNT_LIMITS.get(key)
        if limits is not None:
            if type(entry) is not int or not limits[0] <= entry <= limits[1]:
                raise EventRefused(
                    f"detail.{key} must be a whole number {limits[0]}–{limits[1]}, got {_shown(entry)}.",
                    code="detail_invalid",
                )
        elif key == "seconds":
            if type(entry) is not list or len(entry) > SECONDS_MAX or not _counts(entry):
                raise EventRefused(
                    f"detail.seconds must hold at most {SECONDS_MAX} whole numbers 0–{COUNT_MAX}, got {_shown(entry)}.",
                    code="detail_invalid",
                )
        elif key not in SWITCHES:
            raise EventRefused(
                f"detail has {', '.join(sorted(DETAIL_KEYS))}; {_shown(key)} is none of them.",
                code="detail_invalid",
            )
        elif type(entry) is not bool:
            raise EventRefused(
                f"detail.{key} must be true or false, got {_shown(entry)}.", code="detail_invalid"
            )


def _counts(values: list[Any]) -> bool:
    """Whether all are whole numbers in range (true and false are not numbers)."""
    return not values or (
        ONLY_WHOLE.issuperset(map(type, values)) and min(values) >= 0 and max(values) <= COUNT_MAX
    )


def _shown(value: Any) -> str:
    """The value as a sentence can show it, however large or deep."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 128:
        return "a number of more than 38 digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
