"""An anonymous viewer signs in: over HTTP, with everything it did, and its old cookie opens nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from generation.models import Video
from generation.moderation.selectors import reports_by
from recommender.errors import ViewerGone
from recommender.events import rollup
from recommender.events.recording import events_record
from recommender.models import (
    EngagementEvent,
    FeedRequest,
    Follow,
    Impression,
    Like,
    NotInterested,
    ShareLink,
    Viewer,
    Viewing,
)
from recommender.viewers.identity import COOKIE
from recommender.viewers.merging import viewer_merge
from tests import factories

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    caches["limits"].clear()


@pytest.fixture
def videos(creator: User, media_root: Path) -> list[Video]:
    return [factories.video(creator, state="published", seconds=15.0) for _ in range(3)]


def told(kind: str, video: int, **values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": kind,
        "video": video,
        "client_time": timezone.now().isoformat(),
        **values,
    }


def send(client: Client, *events: dict[str, Any]) -> dict[str, Any]:
    body = {"session": "s", "events": list(events)}
    answer = client.post(
        "/api/v1/events/", body, content_type="application/json", headers={"Origin": "http://testserver"}
    )
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def sign_in(client: Client, name: str = "vera") -> None:
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.content


def owned(viewer: Viewer) -> dict[str, int]:
    tables: tuple[Any, ...] = (
        EngagementEvent, FeedRequest, Impression, Viewing, Like, Follow, NotInterested, ShareLink,
    )  # fmt: skip
    found = {table.__name__: table._default_manager.filter(viewer=viewer).count() for table in tables}
    return {**found, "Report": reports_by(viewer.pk).count()}


def browse(client: Client, videos: list[Video]) -> None:
    """Watch a page anonymously and react to it."""
    page = client.get("/api/v1/feed/?limit=3").json()
    slot = page["items"][0]
    place = {"request_id": page["request_id"], "position": slot["position"]}
    send(
        client,
        told("play", slot["video"], **place, watch_ms=0),
        told("like", videos[0].pk),
        told("follow", videos[0].pk),
        told("not_interested", videos[1].pk),
    )
    rollup.roll_up()


def test_everything_a_browser_did_moves_to_the_account_at_sign_in(
    videos: list[Video], viewer: User, db: None
) -> None:
    client = Client()
    browse(client, videos)
    anonymous = Viewer.objects.get()
    before, old_cookie = owned(anonymous), client.cookies[COOKIE].value
    assert before["EngagementEvent"] == 4 and before["Impression"] == 3
    sign_in(client)
    mine = Viewer.objects.get()
    assert (mine.user, owned(mine), mine.former) == (viewer, before, [anonymous.pk])
    assert client.cookies[COOKIE].value == ""
    thief = Client()
    thief.cookies[COOKIE] = old_cookie
    send(thief, told("play", videos[0].pk))
    assert Viewer.objects.count() == 2
    assert owned(mine) == before


def test_what_person_and_browser_both_have_stays_once(videos: list[Video], viewer: User) -> None:
    mine = Viewer.objects.create(user=viewer)
    Like.objects.create(viewer=mine, video=videos[0])
    Follow.objects.create(viewer=mine, creator=videos[0].owner)
    earlier = timezone.now() - timedelta(hours=1)
    NotInterested.objects.create(viewer=mine, video=videos[1], scope="video", created=earlier)
    client = Client()
    browse(client, videos)
    theirs = Viewer.objects.get(user=None)
    Like.objects.create(viewer=theirs, video=videos[2])
    NotInterested.objects.filter(viewer=theirs).update(scope="creator")
    sign_in(client)
    assert Viewer.objects.get() == mine
    assert sorted(Like.objects.values_list("video", flat=True)) == [videos[0].pk, videos[2].pk]
    assert Follow.objects.count() == 1
    assert NotInterested.objects.get().scope == "creator"  # the later wish
    assert EngagementEvent.objects.filter(viewer=mine).count() == 4


def test_a_link_that_was_passed_on_keeps_working(videos: list[Video], viewer: User) -> None:
    mine, theirs = Viewer.objects.create(user=viewer), Viewer.objects.create()
    ShareLink.objects.create(viewer=mine, video=videos[0], token="mine")
    ShareLink.objects.create(viewer=theirs, video=videos[0], token="theirs")
    ShareLink.objects.create(viewer=theirs, video=videos[1], token="moved")
    Like.objects.create(viewer=mine, video=videos[0])
    Like.objects.create(viewer=theirs, video=videos[0])
    key = theirs.key
    viewer_merge(anonymous=theirs, user=viewer)
    assert set(ShareLink.objects.values_list("token", flat=True)) == {"mine", "theirs", "moved"}
    assert set(ShareLink.objects.filter(viewer=mine).values_list("token", flat=True)) == {"mine", "moved"}
    assert not Viewer.objects.filter(key=key).exists()
    assert Like.objects.get().viewer == mine


def test_a_forged_cookie_is_a_new_browser(videos: list[Video], db: None) -> None:
    honest = Viewer.objects.create()
    client = Client()
    client.cookies[COOKIE] = f"{honest.key}:forged"
    send(client, told("play", videos[0].pk))
    assert EngagementEvent.objects.get().viewer != honest


def test_after_signing_out_the_browser_is_somebody_new(videos: list[Video], viewer: User) -> None:
    client = Client()
    browse(client, videos)
    sign_in(client)
    client.post("/accounts/logout/")
    send(client, told("play", videos[0].pk))
    mine = Viewer.objects.get(user=viewer)
    assert EngagementEvent.objects.exclude(viewer=mine).count() == 1


def test_signing_in_twice_at_once_merges_once(videos: list[Video], viewer: User) -> None:
    theirs = Viewer.objects.create()
    Like.objects.create(viewer=theirs, video=videos[0])
    viewer_merge(anonymous=theirs, user=viewer)
    viewer_merge(anonymous=theirs, user=viewer)
    assert Viewer.objects.get().former == [theirs.pk]
    assert Like.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_events_on_their_way_while_the_viewer_signs_in_are_asked_for_again(
    creator: User, viewer: User, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = factories.video(creator, state="published")
    theirs = Viewer.objects.create()
    from recommender.events import recording as events

    checked: Callable[..., Any] = events._checked

    def slow(*values: Any, **more: Any) -> Any:
        found = checked(*values, **more)
        viewer_merge(anonymous=theirs, user=viewer)
        return found

    with monkeypatch.context() as patch, pytest.raises(ViewerGone, match="Send them again"):
        patch.setattr(events, "_checked", slow)
        events_record(viewer=theirs, session="s", events=[told("play", video.pk)])
    assert not EngagementEvent.objects.exists()
