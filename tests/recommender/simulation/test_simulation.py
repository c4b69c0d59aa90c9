"""Synthetic viewers on a real server: their rows are marked, real figures stay untouched, and they leave no trace."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from benchmarks.planted_catalogue import planted
from generation.models import Video
from recommender.catalogue.vectors import vectors_update
from recommender.events.rollup import roll_up
from recommender.models import EngagementEvent, FeedRequest, Impression, VideoStat, Viewer
from recommender.simulation import report
from recommender.simulation.curves import drawing
from recommender.simulation.days import simulate
from recommender.simulation.demonstration.channels import GROUP, creators, creators_made
from recommender.simulation.demonstration.films import briefs
from recommender.simulation.demonstration.reset import demonstration_removed
from recommender.simulation.population import perceive
from recommender.simulation.site import published
from recommender.simulation.viewers import viewers_made, viewers_removed
from recommender.viewers.clock import HEADER
from tests import factories


@pytest.fixture
def watched(transactional_db: None, live_server: Any) -> tuple[list[Any], list[Viewer]]:
    """Five viewers, one virtual day, thirty planted videos."""
    planted(30, seed=1, before_days=3)
    vectors_update()
    start = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    viewers = viewers_made(5)
    with httpx.Client(base_url=live_server.url, timeout=60.0) as client:
        videos = [perceive(video, creator=1) for video in published(client)]
        slots = simulate(client=client, viewers=viewers, videos=videos, days=1, start=start, seed=2)
    return slots, viewers


def test_what_viewers_did_is_stored_at_their_own_time_and_marked(watched: Any) -> None:
    slots, _viewers = watched
    assert len(slots) > 10
    assert EngagementEvent.objects.filter(type="play").count() == len(slots)
    assert not EngagementEvent.objects.exclude(viewer__simulated=True).exists()
    newest = EngagementEvent.objects.order_by("-happened").first()
    assert newest is not None and newest.happened < timezone.now()
    played = EngagementEvent.objects.filter(type="play").values_list("request", "position", "video")
    assert set(played) <= set(Impression.objects.values_list("request", "position", "video"))

    roll_up(seconds=30)
    assert VideoStat.objects.filter(simulated=True, plays__gt=0).exists()
    assert not VideoStat.objects.filter(simulated=False, plays__gt=0).exists()

    found = report.summary(slots)
    assert found["interest"]["oracle"] > found["interest"]["site"] > 0
    assert drawing([report.by_day(slots), report.by_seen(slots)]).startswith("<svg")

    assert viewers_removed()["viewers"] == 5
    for table in (Viewer, EngagementEvent, Impression, FeedRequest, VideoStat):
        assert not table.objects.exists(), table.__name__
    assert Video.objects.count() == 30


def test_only_a_simulated_viewer_brings_its_own_clock(creator: User, media_root: Any) -> None:
    factories.video(creator, state="published")
    past = (timezone.now() - timedelta(days=2)).isoformat()
    Client().get("/api/v1/feed/", headers={HEADER: past})
    request = FeedRequest.objects.get()
    assert timezone.now() - request.created < timedelta(minutes=1)


def test_the_demonstration_asks_for_every_category_in_both_languages(db: None) -> None:
    people = creators_made()
    assert len(people) == 10 and {language for _, language in people} == {"zh", "en"}
    assert creators_made() == people  # made once
    source = briefs(people, seed=1)
    wanted = [next(source) for _ in range(60)]
    assert len({brief.topic for brief in wanted}) == 60
    assert {brief.language for brief in wanted} == {"zh", "en"}
    assert len({brief.owner.pk for brief in wanted}) == 10
    assert 15 <= sum(brief.recipe["voice"] == "none" for brief in wanted) <= 45


def test_reset_takes_the_demonstration_away_and_leaves_the_rest(
    creator: User, media_root: Any, var_dir: Any
) -> None:
    mine = factories.video(creator, state="published")
    people = creators_made()
    theirs = factories.video(people[0][0], state="published", file="videos/77/demo.mp4")
    Viewer.objects.bulk_create([Viewer(simulated=True), Viewer()])
    out = StringIO()
    call_command("demo", "--reset", stdout=out)
    assert "videos removed: 1" in out.getvalue() and "channels removed: 10" in out.getvalue()
    assert list(Video.objects.all()) == [mine] and theirs.pk != mine.pk
    assert not creators().exists() and not User.objects.filter(groups__name=GROUP).exists()
    assert Viewer.objects.filter(simulated=False).count() == 1 and Viewer.objects.count() == 1
    assert demonstration_removed() == {
        "videos": 0, "channels": 0, "cases": 0, "viewers": 0, "stats": 0, "rankers": 0,
    }  # fmt: skip
