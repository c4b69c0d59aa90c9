"""Sums by hour and day: equal to a direct count whatever comes late, twice, merged, flagged or deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from analytics.models import SiteDay, SiteHour, VideoDay, VideoHour, ViewerDay
from analytics.stats.columns import SUMS
from generation.models import Video
from recommender.models import Viewer
from tests import factories
from tests.analytics.watching import send, watched

NOON = datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def video(creator: User, media_root: Path) -> Video:
    return factories.video(creator, state="published", seconds=10.0)


def sums(row: object) -> dict[str, float]:
    return {name: round(getattr(row, name), 6) for name in SUMS if getattr(row, name)}


def test_an_hour_holds_what_was_watched_in_it(video: Video) -> None:
    ana, ben = Viewer.objects.create(), Viewer.objects.create()
    send(watched(ana, video, NOON, 10.0, "like"), watched(ben, video, NOON, 2.0))
    row = VideoHour.objects.get()
    assert (row.hour, row.simulated) == (NOON.replace(minute=0), False)
    assert sums(row) == {
        "impressions": 2, "plays": 2, "viewed": 1, "held_3": 1, "held_5": 1, "halfway": 1, "completes": 1,
        "skips": 1, "likes": 1, "interacted": 1, "timed": 2, "watch_seconds": 12.0, "watch_seconds_sq": 104.0,
        "watch_ratio": 1.2, "watch_ratio_sq": 1.04,
    }  # fmt: skip
    assert sums(SiteHour.objects.get()) == sums(row)
    day = VideoDay.objects.get()
    assert (day.viewers, day.measured) == (2, 2)
    assert day.reached == [2, 2, 1, 1, 1, 1, 1, 1, 1, 1] == day.played


def test_a_late_event_moves_a_viewing_to_the_hour_in_which_it_began(video: Video) -> None:
    ana = Viewer.objects.create()
    early, late = watched(ana, video, NOON, 4.0)[:1], watched(ana, video, NOON + HOUR, 4.0)[1:]
    send(late)
    assert [row.hour.hour for row in VideoHour.objects.all()] == [13]
    send(early)
    assert [(row.hour.hour, row.plays) for row in VideoHour.objects.all()] == [(12, 1)]
    assert [(row.hour.hour, row.plays) for row in SiteHour.objects.all()] == [(12, 1)]


def test_visits_tell_sessions_and_who_came_again(video: Video) -> None:
    ana, ben = Viewer.objects.create(), Viewer.objects.create()
    send(
        watched(ana, video, NOON, 4.0, session="1"),
        watched(ana, video, NOON + HOUR, 4.0, session="2"),
        watched(ben, video, NOON, 4.0, session="3"),
        watched(ana, video, NOON + 24 * HOUR, 4.0, session="4"),
        watched(ana, video, NOON + 7 * 24 * HOUR, 4.0, session="5"),
    )
    assert list(ViewerDay.objects.filter(viewer=ana).order_by("day").values_list("sessions", "slots")) == [
        (2, 2), (1, 1), (1, 1),
    ]  # fmt: skip
    first = SiteDay.objects.get(day=NOON.date())
    assert (first.viewers, first.fresh, first.sessions, first.returned) == (2, 2, 3, {"1": 1, "7": 1})
