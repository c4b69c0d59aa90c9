"""Totals from events: exactly once, in any order, through repeats, races and bots."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from generation.models import Video
from recommender.events import bots, rollup
from recommender.events.store import Event, store
from recommender.models import (
    EngagementEvent,
    EventArrival,
    FeedRequest,
    VideoStat,
    Viewer,
    Viewing,
)
from tests import factories

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def video(creator: User, media_root: Path) -> Video:
    return factories.video(creator, state="published", seconds=10.0)


def event(viewer: Viewer, video: Video, kind: str, page: FeedRequest | None = None, **values: Any) -> Event:
    happened = values.pop("happened", timezone.now())
    slot = {"request": page.pk.hex, "position": 0} if page else {}
    return Event(uuid.uuid4().hex, viewer.pk, kind, video.pk, "s", happened, happened, **{**slot, **values})


def put(*events: Event) -> None:
    with transaction.atomic():
        store(events)


def page_of(viewer: Viewer) -> FeedRequest:
    return FeedRequest.objects.create(viewer=viewer, policy="newest")


def totals(video: Video, *, simulated: bool = False) -> dict[str, float]:
    stat = VideoStat.objects.get(video=video, simulated=simulated)
    return {name: round(getattr(stat, name), 6) for name in rollup.TOTALS if getattr(stat, name)}


def test_a_viewing_adds_each_thing_once_however_often_its_events_repeat(video: Video) -> None:
    viewer = Viewer.objects.create()
    page = page_of(viewer)
    for kind, watch in [("impression", None), ("play", 0), ("progress", 2500), ("progress", 5000)] * 2:
        put(event(viewer, video, kind, page, watch_ms=watch))
    rollup.roll_up()
    assert totals(video) == {
        "impressions": 1,
        "plays": 1,
        "watch_seconds": 5.0,
        "views": 1,
        "reward_sum": 0.5,  # nothing learned yet: the watch ratio
    }
    put(event(viewer, video, "complete", page, watch_ms=10_000), event(viewer, video, "like", page))
    rollup.roll_up()
    assert totals(video) == {
        "impressions": 1,
        "plays": 1,
        "completes": 1,
        "likes": 1,
        "watch_seconds": 10.0,
        "views": 1,
        "reward_sum": 1.0,
    }
    viewing = Viewing.objects.get()
    assert (viewing.quartile, viewing.feed_request, viewing.liked) == (4, page.pk, True)


def test_any_order_and_any_chunks_give_the_same_totals(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    other = factories.video(video.owner, state="published", seconds=20.0)
    viewers = [Viewer.objects.create() for _ in range(4)]
    pages = {viewer.pk: page_of(viewer) for viewer in viewers}
    made = []
    for viewer in viewers:
        page = pages[viewer.pk]
        made += [event(viewer, video, "progress", page, watch_ms=ms) for ms in (1000, 4000, 7000)]
        made += [event(viewer, other, "skip", watch_ms=900), event(viewer, other, "play", watch_ms=500)]
    found = []
    for seed in range(3):
        VideoStat.objects.all().delete()
        Viewing.objects.all().delete()
        EngagementEvent.objects.all().delete()
        shuffled = random.Random(seed).sample(made, len(made))
        monkeypatch.setattr(rollup, "CHUNK", 1 + 4 * seed)
        for start in range(0, len(shuffled), 3):
            put(*shuffled[start : start + 3])
            if seed:
                rollup.roll_up()
        rollup.roll_up()
        found.append((totals(video), totals(other)))
    assert found[0] == found[1] == found[2]
    assert found[0][0] == {
        "impressions": 4,
        "plays": 4,
        "watch_seconds": 28.0,
        "views": 4,
        "reward_sum": 2.8,
    }


def test_real_and_simulated_viewers_are_apart_and_uncounted_events_stay_out(video: Video) -> None:
    real, made = Viewer.objects.create(), Viewer.objects.create(simulated=True)
    put(event(real, video, "play"), event(made, video, "play"), event(real, video, "like", counted=False))
    rollup.roll_up()
    assert totals(video) == {"impressions": 1, "plays": 1}
    assert totals(video, simulated=True) == {"impressions": 1, "plays": 1}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["_write_stats", "_silence", "_withdraw"])
def test_a_roll_up_that_dies_between_any_two_writes_changes_nothing(
    video: Video, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    viewer = Viewer.objects.create()
    put(event(viewer, video, "play", watch_ms=3000))
    whole: Callable[..., None] = getattr(rollup, place)

    def dying(*values: Any) -> None:
        whole(*values)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rollup, place, dying)
        rollup.roll_up()
    assert (EventArrival.objects.count(), Viewing.objects.count(), VideoStat.objects.count()) == (1, 0, 0)
    rollup.roll_up()
    assert totals(video)["views"] == 1
    assert rollup.roll_up() == 0
    assert totals(video)["views"] == 1


@pytest.mark.django_db(transaction=True)
def test_roll_ups_at_the_same_time_and_writers_between_them_count_each_event_once(video: Video) -> None:
    viewers = [Viewer.objects.create() for _ in range(30)]
    barrier = threading.Barrier(4)

    def write(part: int) -> None:
        barrier.wait()
        for viewer in viewers[part::2]:
            put(event(viewer, video, "play"), event(viewer, video, "complete", watch_ms=10_000))
        connection.close()

    def count() -> None:
        barrier.wait()
        for _ in range(12):
            rollup.roll_up()
        connection.close()

    threads = [threading.Thread(target=write, args=(part,)) for part in (0, 1)]
    threads += [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rollup.roll_up()
    assert totals(video) == {
        "impressions": 30,
        "plays": 30,
        "completes": 30,
        "watch_seconds": 300.0,
        "views": 30,
        "reward_sum": 30.0,
    }


def test_an_event_that_became_visible_late_is_not_passed_over(video: Video) -> None:
    """A writer that began first and ended last: its rows carry an earlier ``received`` than what is already counted."""
    viewer = Viewer.objects.create()
    early = event(viewer, video, "play", happened=NOW - timedelta(minutes=5))
    put(event(viewer, video, "like", happened=NOW))
    rollup.roll_up()
    put(early)
    rollup.roll_up()
    assert totals(video) == {"impressions": 1, "plays": 1, "likes": 1}


def test_a_viewer_removed_between_reading_and_writing_stops_nothing(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(event(Viewer.objects.create(), video, "play"))

    def gone() -> int:
        raise IntegrityError("FOREIGN KEY constraint failed")

    with monkeypatch.context() as patch:
        patch.setattr(rollup, "roll_up_chunk", gone)
        assert rollup.roll_up() == 0
    assert rollup.roll_up() == 1


def test_heat_is_halved_each_day(video: Video) -> None:
    viewer = Viewer.objects.create()
    put(event(viewer, video, "complete", watch_ms=10_000, happened=NOW - timedelta(days=2)))
    rollup.roll_up_chunk(NOW)
    stat = VideoStat.objects.get()
    assert (stat.heat, stat.heat_at) == (pytest.approx(0.25), NOW)
    put(event(viewer, video, "complete", page_of(viewer), watch_ms=10_000, happened=NOW + timedelta(days=1)))
    rollup.roll_up_chunk(NOW + timedelta(days=1))
    assert VideoStat.objects.get().heat == pytest.approx(1.125)


def test_rewards_follow_the_correction_of_the_ranker_in_production(video: Video, var_dir: Path) -> None:
    import pandas as pd

    from recommender.ml.engagement.duration import DurationCorrection

    (var_dir / "ranker").mkdir()
    watched = pd.DataFrame({"watch_seconds": [9.0, 9.5] * 500, "duration_seconds": 10.0})
    learned = DurationCorrection().fit(watched)
    learned.save(var_dir / "ranker" / "duration.json")
    factories.ranker(state="production", folder="ranker", data_fingerprint="f", cutoff=NOW)
    put(event(Viewer.objects.create(), video, "skip", watch_ms=5_000))
    rollup.roll_up()
    reward = VideoStat.objects.get().reward_sum
    assert reward == pytest.approx(float(learned.transform([5.0], [10.0])[0]))
    assert reward < 0.1  # half a video is little where everybody else sees nine tenths


def skipping(
    viewer: Viewer, videos: list[Video], *, every: float, watch_ms: Callable[[int], int]
) -> list[Event]:
    """A viewer that skips one slot after another, ``every`` seconds."""
    start = timezone.now() - timedelta(minutes=9)
    page, events = page_of(viewer), []
    for number in range(int(500 / every)):
        when = start + timedelta(seconds=every * number)
        slot = {"request": page.pk.hex, "position": number, "happened": when}
        video = videos[number % len(videos)]
        events += [
            event(viewer, video, "impression", **slot),
            event(viewer, video, "play", watch_ms=0, **slot),
            event(viewer, video, "skip", watch_ms=watch_ms(number), **slot),
        ]
    return events


def test_a_bot_is_flagged_and_what_it_did_before_is_taken_out_again(video: Video) -> None:
    person, bot = Viewer.objects.create(), Viewer.objects.create()
    put(event(person, video, "complete", watch_ms=10_000), event(bot, video, "complete", watch_ms=10_000))
    rollup.roll_up()
    assert totals(video)["views"] == 2
    put(*skipping(bot, [video], every=2.0, watch_ms=lambda n: 50 + n % 100))
    rollup.roll_up()
    bot.refresh_from_db()
    assert bot.flagged == "skips_too_fast"
    assert not EngagementEvent.objects.filter(viewer=bot, counted=True).exists()
    only_the_person = {
        "impressions": 1,
        "plays": 1,
        "completes": 1,
        "watch_seconds": 10.0,
        "views": 1,
        "reward_sum": 1.0,
    }
    assert totals(video) == only_the_person
    put(event(bot, video, "like"))  # was on its way when the flag was set
    rollup.roll_up()
    assert totals(video) == only_the_person
    assert not EngagementEvent.objects.filter(viewer=bot, counted=True).exists()


def test_a_person_who_flicks_through_two_videos_a_second_is_not_flagged(video: Video) -> None:
    fast = Viewer.objects.create()
    dice = random.Random(5)
    put(*skipping(fast, [video], every=0.5, watch_ms=lambda n: int(dice.gauss(380, 90))))
    rollup.roll_up()
    fast.refresh_from_db()
    assert fast.flagged == ""
    assert totals(video)["skips"] == 1000


def test_a_simulated_viewer_is_never_flagged(video: Video) -> None:
    made = Viewer.objects.create(simulated=True)
    put(*skipping(made, [video], every=0.5, watch_ms=lambda n: 20))
    rollup.roll_up()
    made.refresh_from_db()
    assert made.flagged == ""


def trace(
    kind: str, second: float, *, slot: int = 0, watch_ms: int | None = None, seconds: float = 15.0
) -> bots.Trace:
    return bots.Trace(kind, uuid.UUID(int=slot), NOW + timedelta(seconds=second), watch_ms, seconds)


@pytest.mark.parametrize(
    ("rule", "traces"),
    [
        ("too_many_events", [trace("progress", n * 0.05) for n in range(1000)]),
        ("too_many_taps", [trace("like", n, slot=n) for n in range(45)]),
        ("skips_too_fast", [trace("skip", n, slot=n, watch_ms=40 + n) for n in range(35)]),
        (
            "watches_in_parallel",
            [trace("complete", 60 + n / 10, slot=n, watch_ms=15_000) for n in range(60)],
        ),
        ("uniform_watch", [trace("progress", 4 * n, slot=n, watch_ms=3000) for n in range(35)]),
        ("never_shown", [trace("complete", 16 * n, slot=n, watch_ms=15_000) for n in range(120)]),
    ],
)
def test_each_rule_meets_its_bot(rule: str, traces: list[bots.Trace]) -> None:
    assert bots.verdict(traces) == rule
    assert bots.verdict(traces[:8]) == ""


@pytest.mark.parametrize("seed", range(5))
def test_people_of_many_habits_meet_no_rule(seed: int) -> None:
    dice = random.Random(seed)
    patience, traces, clock = dice.uniform(0.05, 0.9), [], 0.0
    for slot in range(400):
        length = dice.choice([8.0, 15.0, 15.0, 30.0])
        traces.append(trace("impression", clock, slot=slot, seconds=length))
        traces.append(trace("play", clock, slot=slot, watch_ms=0, seconds=length))
        watched = length if dice.random() < patience else min(max(dice.expovariate(0.6), 0.35), length)
        clock += watched + dice.uniform(0.1, 0.6)
        kind = "complete" if watched == length else "skip" if watched < 3 else "progress"
        ms = round(watched * 1000)
        traces.append(trace(kind, clock, slot=slot, watch_ms=ms, seconds=length))
        if dice.random() < 0.2:
            traces.append(trace("like", clock, slot=slot, seconds=length))
        if clock > 600:
            break
    assert bots.verdict(traces) == ""
