"""Whatever comes when and in whatever order: the roll-up equals a direct count of the events."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import SiteDay, SiteHour, VideoDay, VideoHour, ViewerDay
from analytics.rollup import hours
from generation.models import Video
from recommender.events import rollup
from recommender.events.store import Event, store
from recommender.models import EngagementEvent, Viewer
from recommender.viewers.merging import viewer_merge
from tests import factories
from tests.analytics.watching import watched
from tests.conftest import make_user

START = datetime(2026, 3, 2, tzinfo=UTC)
VIEWINGS = st.lists(
    st.tuples(
        st.integers(0, 2),  # viewer
        st.integers(0, 1),  # video
        st.integers(0, 3 * 24 * 60),  # minute of three days
        st.sampled_from([0.5, 2.0, 3.0, 4.9, 5.0, 7.5, 10.0]),
        st.sampled_from([(), ("like",), ("share", "follow"), ("comment", "comment"), ("not_interested",)]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def videos(creator: User, media_root: Path) -> list[Video]:
    return [factories.video(creator, state="published", seconds=10.0) for _ in range(2)]


def direct_count() -> tuple[dict[Any, dict[str, float]], dict[Any, set[int]]]:
    """Sums by video and hour, and viewers by video and day, straight from the stored events, in plain Python."""
    kept: dict[Any, list[EngagementEvent]] = defaultdict(list)
    for event in EngagementEvent.objects.filter(counted=True, viewer__flagged=""):
        kept[event.viewer_id, event.video_id, event.session].append(event)
    sums: dict[Any, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    viewers: dict[Any, set[int]] = defaultdict(set)
    for (viewer, video, _), events in kept.items():
        kinds = [event.type for event in events]
        began = min(event.happened for event in events)
        row = sums[video, began.replace(minute=0, second=0, microsecond=0)]
        told = [event.watch_ms for event in events if event.watch_ms is not None]
        watch = max(told) / 1000 if told else 0.0
        ended, played = "complete" in kinds, bool({"play", "complete"} & set(kinds))
        row["impressions"] += bool({"impression", "play", "skip", "complete"} & set(kinds))
        row["plays"] += played
        row["viewed"] += played and (ended or watch >= 3)
        row["held_5"] += played and (ended or watch >= 5)
        row["completes"] += ended
        row["likes"] += "like" in kinds
        row["comments"] += kinds.count("comment")
        row["interacted"] += bool({"like", "share", "follow", "comment"} & set(kinds))
        row["watch_seconds"] += watch if played else 0.0
        viewers[video, began.date()].add(viewer)
    return sums, viewers


def check() -> None:
    wanted, viewers = direct_count()
    rows = {(row.video_id, row.hour): row for row in VideoHour.objects.all()}
    assert set(rows) == set(wanted)
    for key, sums in wanted.items():
        found = {name: getattr(rows[key], name) for name in sums}
        assert found == pytest.approx(dict(sums)), key
    assert {(row.video_id, row.day): row.viewers for row in VideoDay.objects.all()} == {
        key: len(found) for key, found in viewers.items()
    }
    by_day = defaultdict(set)
    for (_, day), found in viewers.items():
        by_day[day] |= found
    assert {row.day: row.viewers for row in SiteDay.objects.all()} == {d: len(v) for d, v in by_day.items()}
    first = {v: min(day for day, seen in by_day.items() if v in seen) for v in set().union(*by_day.values())}
    for row in SiteDay.objects.all():
        mine = {v for v, day in first.items() if day == row.day}
        assert row.fresh == len(mine)
        again = {age: len(mine & by_day.get(row.day + timedelta(days=age), set())) for age in (1, 2)}
        assert {int(age): n for age, n in row.returned.items() if n} == {a: n for a, n in again.items() if n}
    assert ViewerDay.objects.count() == sum(len(v) for v in by_day.values())
    assert sum(row.plays for row in SiteHour.objects.all()) == sum(row["plays"] for row in wanted.values())


def count() -> None:
    while rollup.roll_up():
        pass
    while hours.roll_up():
        pass


@given(VIEWINGS, st.integers(0, 2**32 - 1))
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_sums_equal_a_direct_count_in_whatever_order_events_come(
    videos: list[Video], viewings: list[Any], seed: int
) -> None:
    draw = random.Random(seed)
    with transaction.atomic():
        viewers = [Viewer.objects.create() for _ in range(3)]
        events: list[Event] = []
        for number, (who, which, minute, seconds, extra) in enumerate(viewings):
            when = START + timedelta(minutes=minute)
            events += watched(viewers[who], videos[which], when, seconds, *extra, session=f"s{number % 5}")
        draw.shuffle(events)
        while events:
            size = draw.randint((len(events) + 1) // 2, len(events))
            batch, events = events[:size], events[size:]
            store(batch)
            count()
            store(batch)  # sent again
        check()
        transaction.set_rollback(True)


def test_sums_stay_equal_when_a_viewer_signs_in_is_flagged_or_leaves(videos: list[Video]) -> None:
    ana, ben, cam = (Viewer.objects.create() for _ in range(3))
    with transaction.atomic():
        for place, viewer in enumerate((ana, ben, cam)):
            for day in range(2):
                when = START + timedelta(days=day, hours=9 + place)
                store(watched(viewer, videos[day], when, 7.5, "like", session=f"{place}{day}"))
    count()
    check()
    user = make_user("mia", "viewer")
    viewer_merge(anonymous=ana, user=user)
    count()
    check()
    quick = [  # as no person: forty skips within a tenth of a second each
        event
        for n in range(40)
        for event in watched(ben, videos[0], START + timedelta(days=2, seconds=n), 0.1, session=f"q{n}")
    ]
    with transaction.atomic():
        store(quick)
    count()
    assert Viewer.objects.get(pk=ben.pk).flagged
    check()
    Viewer.objects.get(pk=cam.pk).delete()
    count()
    check()
    assert set(ViewerDay.objects.values_list("viewer__user__username", flat=True)) == {"mia"}


def test_own_and_moderators_viewings_are_left_out(
    videos: list[Video], creator: User, moderator: User
) -> None:
    when = START + timedelta(hours=9)
    people = [Viewer.objects.create(user=user) for user in (creator, moderator)] + [Viewer.objects.create()]
    with transaction.atomic():
        for viewer in people:
            store(watched(viewer, videos[0], when, 7.5))
    count()
    assert VideoHour.objects.get().impressions == 1
