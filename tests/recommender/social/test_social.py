"""Likes, follows, shares, reports and not interested, over HTTP: kept once, noted once, by whoever watches."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from generation.models import Video
from generation.moderation.models import Report
from recommender.feed.queries import read_videos
from recommender.models import EngagementEvent, Follow, Like, NotInterested, ShareLink, Viewer
from recommender.social.selectors import standing_of
from tests import factories


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def video(creator: User, media_root: Path) -> Video:
    return factories.video(creator, state="published")


def put(client: Client, path: str, **body: Any) -> Any:
    return client.put(f"/api/v1/{path}", body, content_type="application/json")


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def delete(client: Client, path: str) -> Any:
    return client.delete(f"/api/v1/{path}", content_type="application/json")


def test_a_like_is_kept_and_noted_once_however_often_it_is_sent(video: Video) -> None:
    client, event = Client(), str(uuid.uuid4())
    for _ in range(3):
        answer = put(client, f"videos/{video.pk}/like/", event_id=event, session="s1")
        assert (answer.status_code, answer.json()) == (200, {"liked": True, "likes": 1})
    assert Like.objects.count() == 1
    row = EngagementEvent.objects.get()
    assert (str(row.pk), row.type, row.video_id, row.session) == (event, "like", video.pk, "s1")


def test_a_like_taken_back_leaves_its_event_in_the_history(video: Video) -> None:
    client = Client()
    put(client, f"videos/{video.pk}/like/")
    for _ in range(2):
        assert delete(client, f"videos/{video.pk}/like/").json() == {"liked": False, "likes": 0}
    assert not Like.objects.exists()
    assert EngagementEvent.objects.filter(type="like").count() == 1
    for _ in range(2):
        put(client, f"videos/{video.pk}/like/", event_id=str(uuid.uuid4()))
        delete(client, f"videos/{video.pk}/like/")
    assert EngagementEvent.objects.filter(type="like").count() == 1  # giving it again is no news


def test_two_browsers_are_two_viewers_and_a_delete_makes_none(video: Video) -> None:
    one, two = Client(), Client()
    put(one, f"videos/{video.pk}/like/")
    assert put(two, f"videos/{video.pk}/like/").json()["likes"] == 2
    assert delete(Client(), f"videos/{video.pk}/like/").json() == {"liked": False, "likes": 2}
    assert Viewer.objects.count() == 2


@pytest.mark.parametrize(("demonstration", "counted"), [(False, 1), (True, 2)])
def test_simulated_likes_count_nowhere_except_where_the_whole_site_is_a_demonstration(
    video: Video, settings: Any, demonstration: bool, counted: int
) -> None:
    settings.FEED_SIMULATED = demonstration
    made = Viewer.objects.create(simulated=True)
    Like.objects.create(viewer=made, video=video)
    Follow.objects.create(viewer=made, creator=video.owner)
    client = Client()
    assert put(client, f"videos/{video.pk}/like/").json()["likes"] == counted
    assert put(client, f"creators/{video.owner_id}/follow/").json()["followers"] == counted
    assert standing_of(video, viewer=None).likes == counted
    for viewer in (made, Viewer.objects.get(simulated=False)):
        found = read_videos([video.pk], viewer=viewer.pk)[video.pk]
        assert (found.likes, found.liked, found.following) == (counted, True, True)


def test_a_creator_is_followed_with_the_video_that_won_them(
    video: Video, creator: User, other_creator: User, client_of: Any
) -> None:
    client = Client()
    path = f"creators/{creator.pk}/follow/"
    for _ in range(2):
        assert put(client, path, video=video.pk).json() == {"following": True, "followers": 1}
    assert Follow.objects.get().creator == creator
    assert EngagementEvent.objects.get().type == "follow"
    assert delete(client, path).json() == {"following": False, "followers": 0}
    assert put(client, f"creators/{other_creator.pk}/follow/").status_code == 404  # has published nothing
    refused = put(client_of(creator), path)
    assert (refused.status_code, refused.json()["code"]) == (400, "follow_invalid")


def test_a_creator_who_took_everything_back_can_still_be_left(video: Video, creator: User) -> None:
    client = Client()
    put(client, f"creators/{creator.pk}/follow/")
    Video.objects.update(state="ready", published=None, visibility="private")
    assert delete(client, f"creators/{creator.pk}/follow/").json()["followers"] == 0
    assert delete(Client(), f"creators/{creator.pk}/follow/").status_code == 404


def test_not_interested_holds_the_latest_scope_and_can_be_undone(video: Video) -> None:
    client, path = Client(), f"videos/{video.pk}/not-interested/"
    assert put(client, path).json() == {"scope": "video"}
    assert put(client, path, scope="creator").json() == {"scope": "creator"}
    assert NotInterested.objects.get().scope == "creator"
    assert EngagementEvent.objects.filter(type="not_interested").count() == 1
    assert put(client, path, scope="everything").json()["code"] == "invalid"
    assert delete(client, path).json() == {"scope": None}
    assert not NotInterested.objects.exists()


def test_a_share_link_counts_its_visitors_but_not_its_maker(
    video: Video, client_of: Any, viewer: User
) -> None:
    client = client_of(viewer)
    first = post(client, f"videos/{video.pk}/share/").json()
    assert post(client, f"videos/{video.pk}/share/").json() == first
    assert first["url"] == f"http://testserver/s/{first['token']}"
    assert EngagementEvent.objects.get().type == "share"
    for visitor in (client, Client(), Client()):
        answer = visitor.get(f"/s/{first['token']}")
        assert (answer.status_code, answer["Location"]) == (302, f"/videos/{video.pk}/")
    Client().head(f"/s/{first['token']}")
    Client().get(f"/s/{first['token']}", headers={"Sec-Purpose": "prefetch"})
    assert ShareLink.objects.get().visits == 2
    Video.objects.update(state="ready", published=None, visibility="private")
    assert Client().get(f"/s/{first['token']}").status_code == 404
    assert Client().get("/s/nonsense").status_code == 404


def test_a_report_is_kept_once_a_viewer_with_its_first_reason(video: Video) -> None:
    client, path = Client(), f"videos/{video.pk}/report/"
    first = post(client, path, reason="spam", text="buy\u202e now\x00")
    again = post(client, path, reason="hate")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    report = Report.objects.get()
    assert (report.reason, report.text) == ("spam", "buy now")
    assert EngagementEvent.objects.get().type == "report"
    assert post(Client(), path, reason="spam").status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"reason": "dull"}, "invalid"),
        ({"reason": "spam", "text": "x" * 501}, "report_invalid"),
        ({"reason": "spam", "position": -1}, "invalid"),
        ({"reason": "spam", "event_id": "one"}, "invalid"),
    ],
)
def test_a_bad_report_is_told_what_is_wrong(video: Video, body: dict[str, Any], code: str) -> None:
    answer = post(Client(), f"videos/{video.pk}/report/", **body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Report.objects.exists()


@pytest.mark.parametrize("action", ["like", "not-interested", "share", "report", "comments"])
@pytest.mark.parametrize("pk", ["hidden", 987_654, 10**30])
def test_a_video_that_is_not_before_viewers_takes_no_reaction(
    creator: User, media_root: Path, action: str, pk: Any, client_of: Any
) -> None:
    if pk == "hidden":
        pk = factories.video(creator).pk
    send = put if action in ("like", "not-interested") else post
    answer = send(client_of(creator), f"videos/{pk}/{action}/", reason="spam", text="hello")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_page_of_another_site_cannot_react_for_a_browser(video: Video) -> None:
    client = Client(headers={"Origin": "https://elsewhere.example"})
    answer = put(client, f"videos/{video.pk}/like/")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert put(Client(headers={"Origin": "http://testserver"}), f"videos/{video.pk}/like/").status_code == 200
    assert Like.objects.count() == 1


def test_a_signed_in_browser_needs_its_token(video: Video, viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    assert put(client, f"videos/{video.pk}/like/").status_code == 403


def test_a_flood_is_stopped_with_a_time_to_come_back(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.web.api.social.WriteThrottle.THROTTLE_RATES", {"social": "2/min"})
    client = Client()
    answers = [put(client, f"videos/{video.pk}/like/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "throttled"
    assert int(answers[-1]["Retry-After"]) > 0
