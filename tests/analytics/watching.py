"""Events as players send them, put where the site keeps them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from analytics.rollup import hours
from generation.models import Video
from recommender.events import rollup
from recommender.events.store import Event, store
from recommender.models import Viewer


def event(viewer: Viewer, video: Video, kind: str, happened: datetime, **values: Any) -> Event:
    given = {"session": "s", "received": happened, **values}
    return Event(uuid.uuid4().hex, viewer.pk, kind, video.pk, happened=happened, **given)


def watched(
    viewer: Viewer,
    video: Video,
    happened: datetime,
    watch: float,
    *extra: str,
    session: str = "s",
    **detail: Any,
) -> list[Event]:
    """A viewing of ``watch`` seconds; it completes where that is the video's length."""
    ends = happened + timedelta(seconds=watch)
    kind = "complete" if watch >= video.seconds else "skip"
    told = {"session": session, "watch_ms": round(watch * 1000), "detail": detail or None}
    return [
        event(viewer, video, "impression", happened, session=session),
        event(viewer, video, "play", happened, session=session),
        event(viewer, video, kind, ends, **told),
        *(event(viewer, video, name, ends, session=session) for name in extra),
    ]


def send(*batches: list[Event], counted: bool = True) -> None:
    """Store the events, fold them and add them up."""
    events = [event for batch in batches for event in batch]
    with transaction.atomic():
        store(events)
    if counted:
        while rollup.roll_up():
            pass
        while hours.roll_up():
            pass
