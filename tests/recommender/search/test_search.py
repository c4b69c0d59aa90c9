"""Search over HTTP and the index behind it: found by words, by translation and by meaning, and never out of step for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.language import embedding
from generation.models import Video
from generation.services.videos import video_delete, video_unpublish, video_update
from recommender import tasks
from recommender.models import Cursor, SearchDocument, VideoVector
from recommender.search import meanings, search
from recommender.search.documents import index_sweep, video_index
from tests import factories

ONLY_FTS5 = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its index by itself")


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()
    meanings.refresher.forget()


def made(owner: User, title: str, narration: str = "", **values: Any) -> Video:
    manifest = {"storyboard": {"scenes": [{"line": "", "narration": narration}]}}
    video = factories.video(owner, state="published", title=title, manifest=manifest, **values)
    video_index(video.pk)
    return video


@pytest.fixture
def videos(creator: User, media_root: Path) -> dict[str, Video]:
    return {
        "tent": made(
            creator, "周末露营必备清单", "帐篷要提前试搭一次。", hashtags=["露营装备"], category="outdoors"
        ),
        "coffee": made(
            creator, "Three coffee mistakes", "Grind the beans fresh.", language="en", category="coffee_tea"
        ),
        "rice": made(creator, "米飯煮得粒粒分明", "水和米的比例是關鍵。", category="cooking"),
    }


def found(query: str, **more: Any) -> list[int]:
    answer = Client().get("/api/v1/search/", {"q": query, **more})
    assert answer.status_code == 200, answer.content
    return [row["video"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("帐篷", "tent"),
        ("帳篷", "tent"),
        ("帐", "tent"),
        ("露营装备", "tent"),
        ("coffee", "coffee"),
        ("mistake", "coffee"),
        ("cof", "coffee"),
        ("grinding", "coffee"),
        ("cofee", "coffee"),
        ("mistaeks", "coffee"),
        ("米饭", "rice"),
        ("比例", "rice"),
        ("tent", "tent"),
        ("camping", "tent"),
        ("咖啡", "coffee"),
    ],
)
def test_a_video_is_found_by_what_it_says_in_either_language(
    videos: dict[str, Video], query: str, name: str
) -> None:
    assert found(query) == [videos[name].pk]


def test_a_creator_is_found_by_name(videos: dict[str, Video], creator: User) -> None:
    assert set(found("cora")) == {video.pk for video in videos.values()}


def test_the_answer_says_why_and_shows_where(videos: dict[str, Video]) -> None:
    row = Client().get("/api/v1/search/", {"q": "帳篷"}).json()["results"][0]
    assert (row["why_code"], row["words"], row["why"]) == ("words", ["帐篷"], "Says “帐篷”")
    assert [part["text"] for part in row["snippet"] if part["marked"]] == ["帐篷"]
    row = Client().get("/api/v1/search/", {"q": "tent"}).json()["results"][0]
    assert row["why_code"] == "translation" and "帐篷" in row["words"]
    assert "".join(part["text"] for part in row["snippet"]) == "帐篷要提前试搭一次。"


def test_a_misspelled_word_is_read_as_the_nearest_and_the_answer_says_so(videos: dict[str, Video]) -> None:
    assert Client().get("/api/v1/search/", {"q": "cofee"}).json()["spelled"] == {"cofee": "coffee"}
    assert Client().get("/api/v1/search/", {"q": "coffee"}).json()["spelled"] == {}


def test_a_word_that_the_dictionary_knows_is_never_read_as_another(
    videos: dict[str, Video], creator: User
) -> None:
    ten = made(creator, "Ten small habits", language="en")
    answer = Client().get("/api/v1/search/", {"q": "tent"}).json()
    assert answer["spelled"] == {}
    places = [row["video"] for row in answer["results"]]
    assert places[0] == videos["tent"].pk
    assert all(row["video"] != ten.pk or not row["words"] for row in answer["results"])


def test_a_video_that_says_none_of_the_words_is_found_by_meaning(creator: User, media_root: Path) -> None:
    texts = {
        "cat": "猫咪在对你眨眼睛，说明它信任你。",
        "loan": "信用卡只还最低还款额，利息会越滚越多。",
        "run": "跑步前先快走五分钟热身。",
    }
    rows = embedding.embed(list(texts.values()), kind="passage")
    videos = {}
    for (name, text), row in zip(texts.items(), rows, strict=True):
        videos[name] = made(creator, text[:4], text)
        VideoVector.objects.create(
            video=videos[name], version="1", text=row.astype(np.float16).tobytes(), media=b""
        )
    hits = search("借钱要付多少").hits
    assert [hit.video for hit in hits][:1] == [videos["loan"]]
    assert hits[0].meant and not hits[0].words


def test_filters_and_pages_cut_the_same_list(creator: User, media_root: Path) -> None:
    many = [
        made(creator, f"露营 {n}", language="zh" if n % 2 else "en", category=f"c{n % 3}") for n in range(9)
    ]
    assert set(found("露营", language="en")) == {v.pk for v in many if v.language == "en"}
    assert set(found("露营", category="c1")) == {v.pk for v in many if v.category == "c1"}
    pages = [found("露营", limit=4, offset=offset) for offset in (0, 4, 8)]
    assert [pk for page in pages for pk in page] == found("露营")
    assert Client().get("/api/v1/search/", {"q": "露营", "limit": 2}).json()["count"] == 9


@pytest.mark.parametrize(
    "query", [{}, {"q": ""}, {"q": "x" * 101}, {"q": "a", "limit": 0}, {"q": "a", "language": "fr"}]
)
def test_a_search_that_cannot_be_read_is_told_why(db: None, query: dict[str, Any]) -> None:
    answer = Client().get("/api/v1/search/", query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    "query", ["!!!", '"', "NEAR(a b)", "title:x AND", "* OR *", "a\x00b", "^(", "{}[]", "%s %", "' -- ;"]
)
def test_signs_of_the_index_are_only_signs(videos: dict[str, Video], query: str) -> None:
    search(query)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=110))
def test_no_query_ever_errs(videos: dict[str, Video], query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.search.meanings.near", lambda *args, **more: {})
    assert search(query).count >= 0


def test_what_is_taken_back_is_not_found_even_before_the_index_knows(videos: dict[str, Video]) -> None:
    video_unpublish(video=videos["tent"])
    assert SearchDocument.objects.filter(pk=videos["tent"].pk).exists()
    assert found("帐篷") == []


def test_publishing_changing_and_deleting_keep_the_index_in_step(
    videos: dict[str, Video],
    creator: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    for name in ("search_index", "search_index_owner"):
        task = getattr(tasks, name)
        monkeypatch.setattr(task, "delay", task)
    monkeypatch.setattr(tasks.vectors_make, "delay", lambda pk: None)
    with django_capture_on_commit_callbacks(execute=True):
        video_update(video=videos["tent"], title="雪地徒步", description="", hashtags=[])
        creator.first_name = "Coraline"
        creator.save()
        video_delete(video=videos["rice"])
    assert found("徒步") == [videos["tent"].pk]
    assert set(found("coraline")) == {videos["tent"].pk, videos["coffee"].pk}
    assert not SearchDocument.objects.filter(pk=videos["rice"].pk).exists()


def test_the_sweep_finds_what_no_message_told_of_and_goes_on_where_it_stopped(
    videos: dict[str, Video], creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.search.documents.SWEPT", 2)
    missing = factories.video(creator, state="published", title="没有进索引")
    Video.objects.filter(pk=videos["rice"].pk).update(title="改过的标题")
    Video.objects.filter(pk=videos["coffee"].pk).update(state="ready", published=None, visibility="private")
    index_sweep()
    assert found("索引") == [missing.pk]
    assert not SearchDocument.objects.filter(pk=videos["coffee"].pk).exists()
    assert Cursor.objects.get(name="search").position["video"] > 0
    index_sweep()
    assert found("改过") == [videos["rice"].pk]
    assert index_sweep() == 0


@ONLY_FTS5
def test_an_index_in_ruins_is_made_anew_by_the_command(videos: dict[str, Video], capsys: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO recommender_searchindex(recommender_searchindex) VALUES ('delete-all')")
    assert search("帐篷").hits == []
    call_command("index_videos")
    assert found("帐篷") == [videos["tent"].pk]
    assert "3 videos" in capsys.readouterr().out


@ONLY_FTS5
def test_the_index_agrees_with_its_table_after_every_kind_of_change(videos: dict[str, Video]) -> None:
    SearchDocument.objects.filter(pk=videos["tent"].pk).update(title=F("tags"))
    videos["rice"].delete()
    with connection.cursor() as cursor:  # FTS5's own check raises when they differ
        cursor.execute(
            "INSERT INTO recommender_searchindex(recommender_searchindex, rank) VALUES ('integrity-check', 1)"
        )
