"""The retention curve of a video against viewings whose curve is known."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from generation.models import Video
from recommender.events import rollup
from recommender.events.retention import Retention, retention
from recommender.events.store import Event, store
from recommender.models import Viewer
from tests import factories


def watch(video: Video, *, simulated: bool = False, **values: Any) -> None:
    """One viewing told in two events: half of it first, as the player does."""
    viewer, now = Viewer.objects.create(simulated=simulated), timezone.now()
    detail = values.pop("detail")
    kind = values.pop("type", "progress")
    half = {**detail, "seconds": [min(count, 1) for count in detail.get("seconds", [])[:1]], "quartile": 1}
    with transaction.atomic():
        for name, told in ((kind, detail), ("progress", half)):  # the later one arrives first
            store([Event(uuid.uuid4().hex, viewer.pk, name, video.pk, "s", now, now, detail=told, **values)])


def test_the_curve_is_the_share_that_played_each_second(creator: User, media_root: Path) -> None:
    video = factories.video(creator, state="published", seconds=4.0)
    watch(video, watch_ms=4000, type="complete", detail={"seconds": [1, 1, 1, 1], "quartile": 4, "pauses": 2})
    watch(
        video,
        watch_ms=8000,
        type="complete",
        detail={"seconds": [2, 2, 2, 2], "quartile": 4, "loops": 1, "hidden_ms": 6000},
    )
    watch(video, watch_ms=1000, type="skip", detail={"seconds": [1, 1], "quartile": 1})
    watch(video, watch_ms=2000, detail={"seconds": [1, 0, 0, 1], "quartile": 3, "seeks": 1})
    watch(video, watch_ms=2000, detail={"quartile": 2})  # a player that tells no seconds
    watch(video, watch_ms=4000, simulated=True, detail={"seconds": [9, 9, 9, 9], "quartile": 4})
    rollup.roll_up()
    found = retention(video)
    assert (found.viewings, found.measured) == (5, 4)
    assert found.reached == [1.0, 0.75, 0.5, 0.75]
    assert found.replayed == [0.25, 0.25, 0.25, 0.25]
    assert found.quarters == (1.0, 0.8, 0.6, 0.4)
    assert (found.completion_rate, found.skip_rate) == (0.4, 0.2)
    assert found.watch_seconds == pytest.approx(3.4)
    assert (found.loops, found.pauses, found.seeks) == (0.2, 0.4, 0.2)
    assert found.hidden_seconds == pytest.approx(1.2)


def test_nothing_watched_is_an_empty_curve_and_a_window_is_held(creator: User, media_root: Path) -> None:
    video = factories.video(creator, state="published", seconds=4.0)
    assert retention(video) == Retention()
    watch(video, watch_ms=1000, detail={"seconds": [1], "quartile": 1})
    rollup.roll_up()
    now = timezone.now()
    assert retention(video, since=now - timedelta(hours=1)).viewings == 1
    assert retention(video, until=now - timedelta(hours=1)).viewings == 0
