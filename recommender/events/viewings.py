"""Folding events into viewings: what one viewer did before one video in one slot."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from recommender.models import EngagementEvent, Viewing

Type = EngagementEvent.Type
BEFORE_THE_VIDEO = frozenset({Type.IMPRESSION, Type.PLAY, Type.PROGRESS, Type.COMPLETE, Type.SKIP})
CROWDED = (
    "crowded"  # the flag of watching that makes no trend: its address had watched the video often enough
)
COUNTS = ("pauses", "seeks", "loops", "hidden_ms")


@dataclass(frozen=True, slots=True)
class Fact:
    """A stored event as the roll-up reads it."""

    id: uuid.UUID
    viewer: int
    type: str
    video: int
    session: str
    request: uuid.UUID | None
    position: int | None
    watch_ms: int | None
    detail: dict[str, Any]
    happened: datetime
    counted: bool
    simulated: bool
    flagged: str  # the viewer
    seconds: float  # of the video
    flags: str

    @property
    def viewing(self) -> uuid.UUID:
        return viewing_id(
            viewer=self.viewer,
            video=self.video,
            session=self.session,
            request=self.request,
            position=self.position,
        )


FACT_FIELDS = (
    "id", "viewer_id", "type", "video_id", "session", "request_id", "position", "watch_ms", "detail", "happened",
    "counted", "viewer__simulated", "viewer__flagged", "video__seconds", "flags",
)  # fmt: skip


def viewing_id(
    *, viewer: int, video: int, session: str, request: uuid.UUID | None, position: int | None
) -> uuid.UUID:
    """The same for all events of a slot of a page; outside a page, of a video in a sitting."""
    key = f"{viewer}:{video}:{session}" if request is None else f"{request.hex}:{position}"
    return uuid.UUID(bytes=hashlib.blake2b(key.encode(), digest_size=16).digest())


def fold(viewing: Viewing, fact: Fact) -> None:
    """Add one event. The order of events does not matter: watching and counts are told as "so far", so the most holds."""
    viewing.started = min(viewing.started, fact.happened)
    viewing.shown |= fact.type in BEFORE_THE_VIDEO
    viewing.played |= fact.type in (Type.PLAY, Type.PROGRESS, Type.COMPLETE)
    viewing.completed |= fact.type == Type.COMPLETE
    viewing.skipped |= fact.type == Type.SKIP
    viewing.liked |= fact.type == Type.LIKE
    viewing.shared |= fact.type == Type.SHARE
    viewing.followed |= fact.type == Type.FOLLOW
    viewing.refused |= fact.type in (Type.NOT_INTERESTED, Type.REPORT)
    viewing.comments += fact.type == Type.COMMENT
    if fact.watch_ms is not None:
        viewing.watch_ms = max(viewing.watch_ms or 0, fact.watch_ms)
        viewing.warms &= CROWDED not in fact.flags.split(",")
    detail = fact.detail
    if fact.type == Type.COMPLETE:
        viewing.quartile = 4
    viewing.quartile = max(viewing.quartile, detail.get("quartile", 0))
    if counts := detail.get("seconds"):
        viewing.seconds = [max(pair) for pair in zip_longest(viewing.seconds, counts, fillvalue=0)]
    for name in COUNTS:
        setattr(viewing, name, max(getattr(viewing, name), detail.get(name, 0)))


def viewing_begun(fact: Fact) -> Viewing:
    """An empty viewing for the first event of a slot."""
    return Viewing(
        id=fact.viewing,
        viewer_id=fact.viewer,
        video_id=fact.video,
        feed_request=fact.request,
        position=fact.position,
        started=fact.happened,
    )
