"""The Discover page and a creator's page: what they show to whom, and what they say when there is nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.models import Video
from recommender.models import Comment, Follow, VideoStat, Viewer
from recommender.search.documents import video_index
from recommender.search.meanings import refresher
from tests import factories

HTMX = {"HX-Request": "true", "HX-Target": "results"}


@pytest.fixture(autouse=True)
def fresh_catalogue(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FEED_REFRESH_SECONDS = 0
    monkeypatch.setattr("recommender.web.views.discover.warm", lambda: None)


def titles(path: str, client: Client | None = None, **headers: str) -> list[str]:
    answer = (client or Client()).get(path, headers=headers)
    assert answer.status_code == 200
    context = answer.context
    return [v.title for v in context.get("videos") or [hit["video"] for hit in context.get("hits") or []]]


def made(owner: User, title: str, **values: Any) -> Video:
    video = factories.video(owner, state="published", title=title, **values)
    video_index(video.pk)
    return video


def test_what_is_hot_now_comes_first_and_yesterdays_heat_has_halved(creator: User, media_root: Path) -> None:
    now = timezone.now()
    heats = {"old fire": (3.0, 2), "warm": (1.0, 0), "cold": (0.5, 0)}
    for title, (heat, days) in heats.items():
        video = made(creator, title)
        VideoStat.objects.create(video=video, heat=heat, heat_at=now - timedelta(days=days))
    made(creator, "never watched")
    assert titles("/discover/?tab=trending") == ["warm", "old fire", "cold"]
    assert titles("/discover/") == ["warm", "old fire", "cold"]
    assert titles("/discover/?tab=new")[0] == "never watched"


def test_heat_of_simulated_viewers_is_not_trending_for_people(
    creator: User, media_root: Path, settings: Any
) -> None:
    VideoStat.objects.create(video=made(creator, "demo"), heat=5.0, heat_at=timezone.now(), simulated=True)
    settings.FEED_SIMULATED = False
    assert titles("/discover/?tab=trending") == []
    settings.FEED_SIMULATED = True
    assert titles("/discover/?tab=trending") == ["demo"]


def test_following_shows_what_followed_creators_have_published(
    creator: User, other_creator: User, media_root: Path, client_of: Any, viewer: User
) -> None:
    made(creator, "followed")
    made(other_creator, "stranger")
    Follow.objects.create(viewer=Viewer.objects.create(user=viewer), creator=creator)
    assert titles("/discover/?tab=following", client_of(viewer)) == ["followed"]
    answer = Client().get("/discover/?tab=following")
    assert "Nobody followed yet" in answer.content.decode()
    assert Viewer.objects.count() == 1  # looking around makes no viewer


def test_categories_are_counted_and_filters_go_together(creator: User, media_root: Path) -> None:
    made(creator, "tent", category="outdoors", language="zh")
    made(creator, "hike", category="outdoors", language="en")
    made(creator, "rice", category="cooking", language="zh")
    answer = Client().get("/discover/?tab=new")
    assert [(s.name, s.count) for s in answer.context["shelves"]] == [("outdoors", 2), ("cooking", 1)]
    assert titles("/discover/?tab=new&category=outdoors&language=en") == ["hike"]
    assert titles("/discover/?tab=new&category=nonsense&language=fr&page=x") == ["rice", "hike", "tent"]
    assert "Nothing here with these filters" in Client().get("/discover/?category=pets").content.decode()


def test_a_search_shows_why_and_marks_the_words(creator: User, media_root: Path) -> None:
    manifest = {"storyboard": {"scenes": [{"line": "", "narration": "<b>帐篷</b>要提前试搭。"}]}}
    made(creator, "周末露营", manifest=manifest)
    page = Client().get("/discover/", {"q": "帐篷"}, headers=HTMX).content.decode()
    assert "<mark>帐篷</mark>" in page and "&lt;b&gt;" in page and "<b>" not in page
    assert "Says “帐篷”" in page and "<html" not in page


def test_a_search_without_result_offers_a_next_step(creator: User, media_root: Path) -> None:
    page = Client().get("/discover/", {"q": '"><script>'}).content.decode()
    assert "Nothing found for" in page and "<script>&quot;" not in page and '"><script>' not in page
    assert "/create/?topic=%22%3E%3Cscript%3E" in page


def test_pages_go_on_where_the_last_one_ended(creator: User, media_root: Path) -> None:
    for number in range(26):
        made(creator, f"露营 {number}")
    for path in ("/discover/?tab=new", "/discover/?q=露营"):
        first, second = titles(path), titles(f"{path}&page=2")
        assert (len(first), len(second), len({*first, *second})) == (24, 2, 26)


def test_a_creators_page_shows_published_videos_and_followers_only(
    creator: User, other_creator: User, media_root: Path, client_of: Any
) -> None:
    made(creator, "out", category="outdoors")
    factories.video(creator, title="draft")
    factories.video(other_creator)
    Follow.objects.create(viewer=Viewer.objects.create(), creator=creator)
    page = Client().get(f"/creators/{creator.pk}/").content.decode()
    assert "out" in page and "draft" not in page and "Mostly about" in page and "follower" in page
    assert creator.email not in page
    assert Client().get(f"/creators/{other_creator.pk}/").status_code == 404
    assert 'data-act="follow"' not in client_of(creator).get(f"/creators/{creator.pk}/").content.decode()


def test_a_published_video_carries_its_reactions_and_an_unpublished_one_none(
    creator: User, viewer: User, media_root: Path, client_of: Any
) -> None:
    video = made(creator, "out")
    Comment.objects.create(author=viewer, video=video, text="hello")
    page = client_of(viewer).get(f"/videos/{video.pk}/").content.decode()
    assert "data-social" in page and 'data-part="comments">1<' in page
    hidden = factories.video(creator)
    assert "data-social" not in client_of(creator).get(f"/videos/{hidden.pk}/").content.decode()


def test_discover_takes_as_many_queries_for_many_videos_as_for_one(creator: User, media_root: Path) -> None:
    def queries(path: str) -> int:
        refresher.forget()  # how old its copy is decides whether it asks
        with CaptureQueriesContext(connection) as seen:
            Client().get(path)
        return len(seen)

    made(creator, "露营 0")
    few = {path: queries(path) for path in ("/discover/?tab=new", "/discover/?q=露营")}
    for number in range(8):
        made(creator, f"露营 {number + 1}")
    assert {path: queries(path) for path in few} == few
