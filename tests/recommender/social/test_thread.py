"""One thread through the recommender: a page is served, what the viewer did is stored, and the page after differs."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from recommender.models import EngagementEvent, Impression, Viewer
from tests import factories


def event(video: int, **values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": "play",
        "video": video,
        "client_time": timezone.now().isoformat(),
        **values,
    }


def send(client: Client, *events: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(
        "/api/v1/events/", {"session": "s1", "events": list(events)}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_a_page_is_served_once_and_its_slots_are_recorded(creator: User, media_root: Path) -> None:
    videos = [factories.video(creator, state="published") for _ in range(5)]
    client = Client()
    first = client.get("/api/v1/feed/?limit=3").json()
    second = client.get("/api/v1/feed/?limit=3").json()
    shown = [item["video"] for page in (first, second) for item in page["items"]]
    assert sorted(shown) == sorted(video.pk for video in videos)
    assert Viewer.objects.count() == 1
    rows = Impression.objects.filter(request=first["request_id"]).order_by("position")
    assert [row.video_id for row in rows] == shown[:3]
    assert all(0 < row.propensity <= 1 for row in rows)


def test_an_event_sent_twice_counts_once_and_a_bad_one_never_loses_the_good(
    creator: User, media_root: Path
) -> None:
    video = factories.video(creator, state="published")
    client = Client()
    good, bad = event(video.pk), event(10**9)
    assert send(client, good, bad) == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": [
            {"index": 1, "code": "video_unknown", "detail": "There is no published video 1000000000."}
        ],
    }
    assert send(client, good)["duplicates"] == 1
    assert EngagementEvent.objects.count() == 1
