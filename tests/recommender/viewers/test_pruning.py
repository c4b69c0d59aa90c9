"""Browsers that came once and did nothing are forgotten; whoever did anything at all is not."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation.models import Video
from generation.moderation.models import Report
from recommender.models import EngagementEvent, FeedRequest, Impression, Like, Viewer
from recommender.tasks import viewers_prune
from tests import factories


@pytest.fixture
def video(creator: User, media_root: object) -> Video:
    return factories.video(creator, state=Video.State.PUBLISHED)


def visitors(count: int) -> list[Viewer]:
    """Cookieless visits of the feed, five days ago."""
    for _ in range(count):
        assert Client().get("/").status_code == 200
    Viewer.objects.update(created=timezone.now() - timedelta(days=5))
    return list(Viewer.objects.order_by("-pk")[:count])


def test_two_hundred_visits_without_a_cookie_leave_nothing_for_good(video):
    visitors(20)
    assert FeedRequest.objects.count() == 20 and Impression.objects.exists()
    viewers_prune()
    assert (
        not Viewer.objects.exists() and not FeedRequest.objects.exists() and not Impression.objects.exists()
    )


def test_who_did_anything_or_came_lately_stays(video, creator):
    liked, told, reported, person, choosing, lately, silent = visitors(7)
    Like.objects.create(viewer=liked, video=video)
    now = timezone.now()
    EngagementEvent.objects.create(
        id=uuid.uuid4(), viewer=told, type="play", video=video, session="s", happened=now
    )
    Report.objects.create(reporter=reported.pk, video=video, reason=Report.Reason.values[0])
    Viewer.objects.filter(pk=person.pk).update(user=creator)
    Viewer.objects.filter(pk=choosing.pk).update(personalized=False)
    Viewer.objects.filter(pk=lately.pk).update(created=now)
    viewers_prune()
    kept = {viewer.pk for viewer in (liked, told, reported, person, choosing, lately)}
    assert set(Viewer.objects.values_list("pk", flat=True)) == kept
    assert silent.pk not in kept


def test_crawlers_are_asked_to_leave_the_feed_alone(client):
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    lines = answer.content.decode().splitlines()
    assert lines[0] == "User-agent: *" and {"Disallow: /$", "Disallow: /api/"} <= set(lines)
