"""The editor: every save a version, every click undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.throttles import ScopeThrottle
from generation.jobs.narration_preview import previews_take
from generation.media.pictures import search
from generation.models import GenerationJob, NarrationPreview
from generation.services import awaited
from tests import factories
from tests.generation.web.pages.boards import HTMX, document, edited

pytestmark = pytest.mark.django_db


def save(client: Client, row: GenerationJob, **form: str) -> HttpResponse:
    return client.post(reverse("editor-save", args=[row.pk]), form, headers=HTMX)  # type: ignore[return-value]


def test_the_editor_saves_words_look_and_sound_as_a_new_version(client_of: Any, creator: User) -> None:
    row = edited(creator)
    client = client_of(creator)
    assert client.get(reverse("editor", args=[row.pk])).status_code == 200
    form = {
        "title": "新标题",
        "scene-s2-line": "改过的一行",
        "scene-s2-narration": "改过的旁白。",
        "mood": "calm",
        "palette": "ocean",
    }
    response = save(client, row, **form)
    board = document(row)
    assert response.status_code == 200 and b"version 2" in response.content
    assert board["title"] == "新标题" and board["scenes"][1]["line"] == "改过的一行"
    assert board["scenes"][1]["narration"] == "改过的旁白。" and board["music"]["mood"] == "calm"
    assert board["look"]["palette"] == "ocean" and board["scenes"][0] == document(row)["scenes"][0]


def test_saving_the_same_again_adds_no_version(client_of: Any, creator: User) -> None:
    row = edited(creator)
    save(client_of(creator), row, title="周末露营必备清单", **{"scene-s1-line": "第1行"})
    assert row.storyboards.count() == 1


@pytest.mark.parametrize(
    ("operation", "order", "numbers"),
    [
        ("up:s2", ["s2", "s1", "s3"], [1, 2, 3]),
        ("down:s1", ["s2", "s1", "s3"], [1, 2, 3]),
        ("remove:s1", ["s2", "s3"], [1, 2]),
        ("copy:s1", ["s1", "s4", "s2", "s3"], [1, 2, 3, 4]),
    ],
)
def test_scenes_move_and_are_numbered_anew(
    client_of: Any, creator: User, operation: str, order: list[str], numbers: list[int]
) -> None:
    row = edited(creator)
    assert save(client_of(creator), row, op=operation).status_code == 200
    scenes = document(row)["scenes"]
    assert [s["id"] for s in scenes] == order and [s["number"] for s in scenes] == numbers


def test_scenes_dropped_in_another_order_are_kept_so(client_of: Any, creator: User) -> None:
    row = edited(creator)
    save(client_of(creator), row, order="s3,s1,s2")
    assert [s["id"] for s in document(row)["scenes"]] == ["s3", "s1", "s2"]
    save(client_of(creator), row, order="s3,s1")  # not all scenes: left as it is
    assert [s["id"] for s in document(row)["scenes"]] == ["s3", "s1", "s2"]


def test_one_click_swaps_the_drawing_and_the_old_one_is_offered(client_of: Any, creator: User) -> None:
    row = edited(creator)
    save(client_of(creator), row, op="picture:s1:fluent-emoji:fire")
    first = document(row)["scenes"][0]["pictures"][0]
    assert (first["name"], first["because"]) == ("fire", "") and "fluent-emoji:tent" in first["alternatives"]


def test_a_new_scene_gets_its_drawing_by_its_words(client_of: Any, creator: User) -> None:
    row = edited(creator)
    save(client_of(creator), row, op="add", **{"new-line": "带上手电筒", "new-narration": "晚上要带手电筒。"})
    added = document(row)["scenes"][-1]
    assert (
        added["line"] == "带上手电筒"
        and added["pictures"][0]["name"] == search("手电筒", language="zh", k=1)[0].name
    )


def test_an_own_image_takes_a_scene_and_gives_it_back(
    client_of: Any, creator: User, other_creator: User
) -> None:
    row = edited(creator)
    own = factories.upload(creator, kind="image", state="ready", file="uploads/a.jpg", sha256="1" * 64)
    foreign = factories.upload(other_creator, kind="image", state="ready", file="uploads/b.jpg")
    client = client_of(creator)
    assert save(client, row, op=f"media:s1:{foreign.pk}").status_code == 404
    save(client, row, op=f"media:s1:{own.pk}")
    save(client, row, **{"scene-s1-focus-x": "0.250", "scene-s1-focus-y": "0.700"})
    media = document(row)["scenes"][0]["media"]
    assert media["path"] == "uploads/a.jpg" and media["focus"] == [0.25, 0.7]
    save(client, row, op="drawing:s1")
    assert document(row)["scenes"][0]["media"] is None and document(row)["scenes"][0]["layout"] == "point"


@pytest.mark.parametrize("operation", ["explode:s1", "up:s99", "media:s1:x", "add"])
def test_an_impossible_operation_is_refused_in_words(client_of: Any, creator: User, operation: str) -> None:
    row = edited(creator)
    response = save(client_of(creator), row, op=operation)
    assert response.status_code == 409 and response.content and row.storyboards.count() == 1


def test_undo_goes_back_one_version(client_of: Any, creator: User) -> None:
    row = edited(creator)
    client = client_of(creator)
    save(client, row, title="另一个标题")
    client.post(reverse("editor-undo", args=[row.pk]))
    assert document(row)["title"] == "周末露营必备清单"


def test_rendering_from_the_editor_saves_and_queues(client_of: Any, creator: User) -> None:
    row = edited(creator)
    response = client_of(creator).post(
        reverse("editor-save", args=[row.pk]), {"title": "定稿", "render": "full"}
    )
    row.refresh_from_db()
    assert response["Location"] == reverse("job", args=[row.pk])
    assert (row.state, row.quality, document(row)["title"]) == ("queued", "full", "定稿")


def test_nothing_is_edited_while_the_video_is_made(client_of: Any, creator: User) -> None:
    row = edited(creator, state="running")
    response = save(client_of(creator), row, title="zu spät")
    assert response.status_code == 409 and document(row)["title"] == "周末露营必备清单"


@pytest.mark.django_db(transaction=True)
def test_the_narration_of_a_scene_is_heard_as_it_stands_in_the_form(
    client_of: Any, creator: User, other_creator: User, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.tasks.preview_run.delay_on_commit", lambda pk: None)
    row, client = edited(creator), client_of(creator)
    asked = client.post(reverse("scene-narration", args=[row.pk, "s1"]), {"scene-s1-narration": "你好。"})
    address = asked.json()["address"]
    assert (asked.status_code, asked["Location"], client.get(address).status_code) == (202, address, 202)
    assert previews_take() == 1
    response = client.get(address)
    content = b"".join(response.streaming_content)
    assert response["Content-Type"] == "audio/wav" and content[:4] == b"RIFF" and len(content) > 8000
    assert row.storyboards.count() == 1
    assert (
        client_of(other_creator).get(address).status_code == client_of(None).get(address).status_code == 404
    )


def test_narrations_are_spoken_one_at_a_time_and_at_a_rate(
    client_of: Any, creator: User, other_creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(awaited, "PREVIEWS_WAITING", 1)
    monkeypatch.setattr(ScopeThrottle, "THROTTLE_RATES", {"narrations": "3/hour"})
    row, client = edited(creator), client_of(creator)
    address, form = reverse("scene-narration", args=[row.pk, "s1"]), {"scene-s1-narration": "你好。"}
    other = factories.preview(factories.job(other_creator))
    busy = client.post(address, form, headers={"Accept-Language": "zh-hans"})
    assert (busy.status_code, busy["Retry-After"]) == (503, "10") and "过几秒" in busy.content.decode()
    other.delete()
    for text in ("你好。", "再见。"):  # what the same person asked for before and still waits gives way
        assert client.post(address, {"scene-s1-narration": text}).status_code == 202
    assert [preview.text for preview in NarrationPreview.objects.all()] == ["再见。"]
    often = client.post(address, form)
    assert often.status_code == 429 and int(often["Retry-After"]) > 0 and b"Try again" in often.content
    cache.clear()


def test_a_narration_that_cannot_be_spoken_says_why(client_of: Any, creator: User) -> None:
    row = factories.preview(edited(creator), state="failed", error_code="worker_died", error="It died.")
    told = client_of(creator).get(
        reverse("narration-sound", args=[row.key]), headers={"Accept-Language": "zh-hans"}
    )
    assert told.status_code == 409 and "处理进程多次中断" in told.content.decode()


def test_drawings_are_searched_in_the_editor(client_of: Any, creator: User) -> None:
    row = edited(creator)
    response = client_of(creator).get(reverse("editor-pictures", args=[row.pk]), {"scene": "s1", "q": "篝火"})
    assert "picture:s1:fluent-emoji:" in response.content.decode()


def test_a_drawing_is_a_png_kept_for_good_and_an_unknown_one_is_not_found(client: Client) -> None:
    response = client.get(reverse("picture", args=["fluent-emoji", "tent"]))
    assert response.content[:8] == b"\x89PNG\r\n\x1a\n" and "immutable" in response["Cache-Control"]
    assert client.get(reverse("picture", args=["fluent-emoji", "no-such-drawing"])).status_code == 404
    assert client.get(reverse("picture", args=["secrets", "tent"])).status_code == 404
