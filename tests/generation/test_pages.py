"""The pages of creation: who may open them, what they show, and what their forms do."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.authtoken.models import Token

from aigc_platform import pages
from generation import tasks
from generation.media.looks import PALETTES
from generation.media.pictures import search
from generation.media.storyboard import Look, Music, PictureChoice, Scene, Storyboard, Voice
from generation.models import GenerationJob, Upload, Video
from generation.models import Storyboard as StoryboardRow
from generation.views import jobs as job_views
from generation.views.jobs import STREAMS_MAX, SnapshotStream
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay queued: these tests look at pages, not at workers."""
    monkeypatch.setattr(tasks.job_run, "delay_on_commit", lambda *args: None)
    monkeypatch.setattr(tasks.upload_run, "delay_on_commit", lambda *args: None)


@pytest.fixture(autouse=True)
def media(media_root: Path, settings: Any) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    }


def scene(number: int, **values: Any) -> Scene:
    tent = PictureChoice("tent", "fluent-emoji", "帐篷", 0.9, ("fluent-emoji:fire", "fluent-emoji:house"))
    defaults: dict[str, Any] = {
        "id": f"s{number}",
        "layout": "point",
        "line": f"第{number}行",
        "narration": f"这是第{number}句旁白。",
        "picture_words": "帐篷",
        "seconds": 4.0,
        "number": number,
        "pictures": (tent,),
    }
    return Scene(**{**defaults, **values})


def edited(owner: User, **values: Any) -> GenerationJob:
    """A job whose script is ready, with three scenes."""
    row = factories.job(owner, **{"state": "editing", **values})
    board = Storyboard(
        title="周末露营必备清单",
        titles=("周末露营必备清单", "露营带什么"),
        language="zh",
        aspect="9:16",
        target_seconds=12.0,
        seed=7,
        scenes=(scene(1), scene(2), scene(3)),
        look=Look("violet"),
        voice=Voice("zf_xiaoxiao"),
        music=Music("bright"),
    )
    StoryboardRow.objects.create(job=row, version=1, document=board.to_json(), note="script")
    return row


def document(row: GenerationJob) -> dict[str, Any]:
    newest = row.storyboards.order_by("-version").first()
    assert newest is not None
    found: dict[str, Any] = newest.document
    return found


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]


# --- who may open what ---------------------------------------------------------------------------------------------
OPEN_TO_ALL = ["feed", "verify", "models", "account_login", "account_signup", "account_reset_password"]
FOR_MEMBERS = ["create", "library", "upload", "account", "account_change_password"]


@pytest.mark.parametrize("name", OPEN_TO_ALL)
def test_anybody_opens_the_public_pages(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [*FOR_MEMBERS, "dashboards", "moderation"])
def test_other_pages_ask_for_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302 and response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", FOR_MEMBERS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_creator_opens_every_page_in_both_languages(
    client_of: Any, creator: User, name: str, language: str
) -> None:
    response = client_of(creator).get(reverse(name), headers={"accept-language": language})
    assert response.status_code == 200
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in response.content.decode()


def test_dashboards_and_moderation_are_for_their_roles(
    client_of: Any, creator: User, analyst: User, moderator: User, administrator: User
) -> None:
    wanted = {"dashboards": (403, 200, 403, 200), "moderation": (403, 403, 200, 200)}
    for name, statuses in wanted.items():
        users = (creator, analyst, moderator, administrator)
        assert tuple(client_of(user).get(reverse(name)).status_code for user in users) == statuses


@pytest.mark.parametrize(
    "name", ["job", "job-snapshot", "job-events", "editor", "editor-pictures", "editor-files"]
)
def test_another_creators_job_does_not_exist(
    client_of: Any, creator: User, other_creator: User, name: str
) -> None:
    row = edited(creator)
    assert client_of(other_creator).get(reverse(name, args=[row.pk])).status_code == 404


@pytest.mark.parametrize("name", ["job-cancel", "job-retry", "job-render", "editor-save", "editor-undo"])
def test_another_creators_job_takes_no_orders(
    client_of: Any, creator: User, other_creator: User, name: str
) -> None:
    row = edited(creator)
    client = client_of(other_creator)
    assert client.post(reverse(name, args=[row.pk])).status_code == 404
    assert client.get(reverse(name, args=[row.pk])).status_code == 405


@pytest.mark.parametrize("name", ["video-publish", "video-unpublish", "video-delete", "video-details"])
def test_another_creators_published_video_takes_no_orders(
    client_of: Any, creator: User, other_creator: User, name: str
) -> None:
    row = factories.video(creator, state="published")
    assert client_of(other_creator).post(reverse(name, args=[row.pk])).status_code == 404


def test_pages_hold_no_inline_script_or_style(client_of: Any, creator: User) -> None:
    row = edited(creator)
    client = client_of(creator)
    for address in (
        "/",
        "/create/",
        "/library/",
        f"/jobs/{row.pk}/",
        f"/jobs/{row.pk}/edit/",
        "/upload/",
        "/account/",
    ):
        text = client.get(address).content.decode()
        assert (
            "<style" not in text
            and " style=" not in text
            and "<script>" not in text
            and " onclick=" not in text
        )


# --- create ----------------------------------------------------------------------------------------------------------
BRIEF = {
    "topic": "周末露营必备清单",
    "language": "zh",
    "aspect": "9:16",
    "seconds": "15",
    "voice": "",
    "speed": "1.0",
    "mood": "",
    "music_level": "1.0",
    "caption_style": "",
    "palette": "",
    "points": "",
}


@pytest.mark.parametrize(
    ("action", "quality", "stops"),
    [("draft", "draft", False), ("full", "full", False), ("script", "draft", True)],
)
def test_a_brief_becomes_a_job(client_of: Any, creator: User, action: str, quality: str, stops: bool) -> None:
    chosen = {"voice": "zm_yunxi", "mood": "warm", "palette": sorted(PALETTES)[0], "speed": "1.1"}
    response = client_of(creator).post(reverse("create"), {**BRIEF, **chosen, "action": action})
    row = GenerationJob.objects.get()
    assert response.status_code == 302 and response["Location"] == reverse("job", args=[row.pk])
    assert (row.quality, row.stop_after_script, row.owner) == (quality, stops, creator)
    assert row.recipe["voice"] == "zm_yunxi" and row.recipe["mood"] == "warm" and row.recipe["speed"] == 1.1


def test_a_topic_that_is_too_far_asks_for_points_and_says_how_near(client_of: Any, creator: User) -> None:
    far = {**BRIEF, "topic": "Quantum chromodynamics lattice gauge renormalization", "language": "en"}
    client = client_of(creator)
    response = client.post(reverse("create"), far)
    text = response.content.decode()
    assert response.status_code == 422 and not GenerationJob.objects.exists()
    assert "similarity 0." in text and far["topic"] in text
    with_points = {
        **far,
        "points": "Quarks are held by gluons\nThe force grows with distance\nNobody saw a free quark",
    }
    assert client.post(reverse("create"), with_points).status_code == 302
    assert GenerationJob.objects.get().points[0] == "Quarks are held by gluons"


@pytest.mark.parametrize(
    "change",
    [
        {"seconds": "5"},
        {"language": "xx"},
        {"topic": ""},
        {"voice": "robot"},
        {"points": "a\n" * 9},
        {"aspect": "4:3"},
    ],
)
def test_a_wrong_brief_keeps_what_was_typed_and_says_what_is_wrong(
    client_of: Any, creator: User, change: dict[str, str]
) -> None:
    response = client_of(creator).post(reverse("create"), {**BRIEF, **change})
    assert response.status_code == 422 and not GenerationJob.objects.exists()
    assert response.context["form"].errors


def test_a_voice_of_the_other_language_is_chosen_anew(client_of: Any, creator: User) -> None:
    client_of(creator).post(reverse("create"), {**BRIEF, "voice": "af_heart"})
    assert GenerationJob.objects.get().recipe["voice"] == ""


def test_the_limit_of_unfinished_jobs_is_told_in_the_form(
    client_of: Any, creator: User, settings: Any
) -> None:
    settings.JOB_RUNNING_LIMIT = 1
    factories.job(creator)
    response = client_of(creator).post(reverse("create"), BRIEF)
    assert response.status_code == 422 and "1" in str(response.context["form"].non_field_errors())


def test_typing_shows_the_nearest_topic_with_its_similarity(client_of: Any, creator: User) -> None:
    text = (
        client_of(creator)
        .get(reverse("create-nearest"), {"topic": "露营装备", "language": "zh"})
        .content.decode()
    )
    assert "露营" in text and "similarity" in text and 'hx-swap-oob="innerHTML"' in text


# --- jobs ------------------------------------------------------------------------------------------------------------
def test_the_job_page_shows_stages_queue_and_what_may_be_done(client_of: Any, creator: User) -> None:
    factories.job(creator)
    row = factories.job(creator)
    text = client_of(creator).get(reverse("job", args=[row.pk])).content.decode()
    assert "1 job before yours" in text and reverse("job-cancel", args=[row.pk]) in text
    assert "You can leave this page" in text


def test_the_stream_sends_a_snapshot_and_ends_with_the_job(client_of: Any, creator: User) -> None:
    row = factories.job(creator, state="cancelled")
    response = client_of(creator).get(reverse("job-events", args=[row.pk]))
    text = b"".join(response.streaming_content).decode()
    assert response["Content-Type"] == "text/event-stream" and text.startswith("retry:")
    data = json.loads(text.split("data: ")[1].split("\n")[0])
    assert data["state"] == "cancelled" and data["stages"][0]["title"] == "Script"


def test_only_so_many_streams_run_and_each_gives_its_place_back(client_of: Any, creator: User) -> None:
    row = factories.job(creator, state="cancelled")
    client, address = client_of(creator), reverse("job-events", args=[row.pk])
    for _ in range(STREAMS_MAX):
        assert job_views._streams.acquire(blocking=False)
    try:
        refused = client.get(address)
        assert refused.status_code == 503 and refused["Retry-After"]
    finally:
        job_views._streams.release(STREAMS_MAX)
    for _ in range(STREAMS_MAX + 1):  # one after the other there is always room
        assert b"event: job" in b"".join(client.get(address).streaming_content)


def test_closing_a_stream_twice_gives_back_one_place(creator: User) -> None:
    row = factories.job(creator)
    assert job_views._streams.acquire(blocking=False)
    stream = SnapshotStream(creator, row.pk)
    stream.close()
    stream.close()  # a second release of a bounded semaphore would raise


def test_a_job_is_cancelled_and_taken_up_again(client_of: Any, creator: User) -> None:
    row = factories.job(creator)
    client = client_of(creator)
    client.post(reverse("job-cancel", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "cancelled"
    client.post(reverse("job-retry", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "queued"


def test_a_failure_is_told_on_the_job_page_in_the_pages_language(client_of: Any, creator: User) -> None:
    row = factories.job(creator, state="failed", error_code="disk_full", error="The disk is full.")
    address = reverse("job", args=[row.pk])
    assert "The disk is full." in client_of(creator).get(address).content.decode()
    chinese = client_of(creator).get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "磁盘已满" in chinese


# --- editor ----------------------------------------------------------------------------------------------------------
HTMX = {"HX-Request": "true"}


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


def test_the_narration_of_a_scene_is_heard_as_it_stands_in_the_form(client_of: Any, creator: User) -> None:
    row = edited(creator)
    response = client_of(creator).post(
        reverse("scene-narration", args=[row.pk, "s1"]), {"scene-s1-narration": "你好。"}
    )
    assert (
        response["Content-Type"] == "audio/wav"
        and response.content[:4] == b"RIFF"
        and len(response.content) > 8000
    )
    assert row.storyboards.count() == 1


def test_drawings_are_searched_in_the_editor(client_of: Any, creator: User) -> None:
    row = edited(creator)
    response = client_of(creator).get(reverse("editor-pictures", args=[row.pk]), {"scene": "s1", "q": "篝火"})
    assert "picture:s1:fluent-emoji:" in response.content.decode()


def test_a_drawing_is_a_png_kept_for_good_and_an_unknown_one_is_not_found(client: Client) -> None:
    response = client.get(reverse("picture", args=["fluent-emoji", "tent"]))
    assert response.content[:8] == b"\x89PNG\r\n\x1a\n" and "immutable" in response["Cache-Control"]
    assert client.get(reverse("picture", args=["fluent-emoji", "no-such-drawing"])).status_code == 404
    assert client.get(reverse("picture", args=["secrets", "tent"])).status_code == 404


# --- library and player ----------------------------------------------------------------------------------------------
def test_the_library_filters_by_state_language_source_and_words(client_of: Any, creator: User) -> None:
    factories.video(creator, title="Camping", language="en")
    factories.video(creator, title="露营", state="published")
    client = client_of(creator)

    def titles(**query: str) -> list[str]:
        return [video.title for video in client.get(reverse("library"), query).context["page"]]

    assert titles(q="camp") == ["Camping"] and titles(state="published") == ["露营"]
    assert (
        titles(language="zh") == ["露营"]
        and titles(kind="uploaded") == []
        and len(titles(kind="generated")) == 2
    )
    assert len(titles(state="nonsense")) == 2


def test_a_page_of_the_library_needs_a_fixed_number_of_queries(
    client_of: Any, creator: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        factories.video(creator)
        factories.job(creator)
    client = client_of(creator)
    with django_assert_max_num_queries(12):
        client.get(reverse("library"))


def test_a_video_is_published_taken_back_deleted_and_brought_back(
    client_of: Any, creator: User, client: Client
) -> None:
    row = factories.video(creator)
    own, page = client_of(creator), reverse("video", args=[row.pk])
    assert client.get(page).status_code == 404
    own.post(reverse("video-publish", args=[row.pk]))
    assert client.get(page).status_code == 200 and row.title in client.get("/").content.decode()
    own.post(reverse("video-unpublish", args=[row.pk]))
    assert client.get(page).status_code == 404
    shown = own.post(reverse("video-delete", args=[row.pk]), follow=True).content.decode()
    assert reverse("video-restore", args=[row.pk]) in shown  # the undo of the toast
    own.post(reverse("video-restore", args=[row.pk]))
    assert own.get(page).status_code == 200


def test_a_held_video_says_what_failed_and_is_published_only_anyway(client_of: Any, creator: User) -> None:
    report = {
        "passed": False,
        "checks": [{"name": "loudness", "ok": False, "value": -22.0, "limit": "-15 … -13", "unit": "LUFS"}],
    }
    row = factories.video(creator, state="held", report=report)
    own = client_of(creator)
    text = own.get(reverse("video", args=[row.pk])).content.decode()
    assert "The loudness is -22 LUFS; allowed are -15 … -13 LUFS." in text and "Publish anyway" in text
    own.post(reverse("video-publish", args=[row.pk]))
    assert Video.objects.get().state == "held"
    own.post(reverse("video-publish", args=[row.pk]), {"override": "yes"})
    assert Video.objects.get().state == "published"


def test_others_see_only_the_public_part_of_a_video(client: Client, creator: User) -> None:
    row = factories.video(creator, state="published", recipe={"mood": "calm"}, manifest={"seed": 4242})
    text = client.get(reverse("video", args=[row.pk])).content.decode()
    assert row.title in text and "4242" not in text and "Manifest" not in text
    assert reverse("video-delete", args=[row.pk]) not in text


def test_title_and_hashtags_are_changed_and_an_empty_title_is_refused(client_of: Any, creator: User) -> None:
    row = factories.video(creator)
    own, address = client_of(creator), reverse("video-details", args=[row.pk])
    assert own.post(address, {"title": " ", "description": "", "hashtags": ""}).status_code == 422
    own.post(address, {"title": "新", "description": "说明", "hashtags": "#露营 户外，新手"})
    row.refresh_from_db()
    assert (row.title, row.hashtags) == ("新", ["露营", "户外", "新手"])


def test_titles_are_escaped_wherever_they_stand(client_of: Any, creator: User) -> None:
    row = factories.video(creator, title="<script>alert(1)</script>", state="published")
    for address in ("/", "/library/", f"/videos/{row.pk}/"):
        assert "<script>alert" not in client_of(creator).get(address).content.decode()


# --- uploads, verify, account, overview ------------------------------------------------------------------------------
def test_an_upload_is_received_and_shown_while_it_is_checked(client_of: Any, creator: User) -> None:
    file = io.BytesIO(b"not really a clip")
    file.name = "clip.mp4"
    client = client_of(creator)
    response = client.post(reverse("upload"), {"kind": "clip", "file": file}, headers=HTMX)
    row = Upload.objects.get()
    assert response.status_code == 201 and reverse("upload-row", args=[row.pk]) in response.content.decode()
    Upload.objects.update(
        state="rejected", error_code="upload_empty", error="The file is empty. Choose a file with content."
    )
    chinese = client.get(
        reverse("upload-row", args=[row.pk]), headers={"accept-language": "zh-hans"}
    ).content.decode()
    assert "文件是空的" in chinese and "hx-trigger" not in chinese


def test_an_empty_or_missing_file_gets_its_sentence(client_of: Any, creator: User) -> None:
    empty = io.BytesIO(b"")
    empty.name = "clip.mp4"
    client = client_of(creator)
    assert (
        "empty"
        in client.post(reverse("upload"), {"kind": "clip", "file": empty}, headers=HTMX).content.decode()
    )
    assert client.post(reverse("upload"), {"kind": "clip"}, headers=HTMX).status_code == 422


def test_a_ready_clip_becomes_a_video_once(client_of: Any, creator: User, other_creator: User) -> None:
    row = factories.upload(
        creator, state="ready", file="uploads/c.mp4", seconds=8.0, width=1080, height=1920, sha256="2" * 64
    )
    address = reverse("upload-to-video", args=[row.pk])
    assert client_of(other_creator).post(address).status_code == 404
    for _ in range(2):
        client_of(creator).post(address)
    assert Video.objects.get().title == "clip"


def test_a_file_that_is_no_media_is_told_so_by_verify(client: Client) -> None:
    file = io.BytesIO(b"plain words")
    file.name = "a.txt"
    response = client.post(reverse("verify"), {"file": file})
    assert response.status_code in (200, 422) and b"Traceback" not in response.content


def test_the_api_token_is_made_replaced_and_revoked(client_of: Any, creator: User) -> None:
    client = client_of(creator)
    client.post(reverse("account-token"), {"action": "create"})
    first = Token.objects.get(user=creator).key
    client.post(reverse("account-token"), {"action": "create"})
    assert Token.objects.get(user=creator).key != first
    client.post(reverse("account-token"), {"action": "revoke"})
    assert not Token.objects.exists()


def test_name_and_address_are_saved(client_of: Any, creator: User) -> None:
    client = client_of(creator)
    assert client.post(reverse("account"), {"first_name": "林美", "email": "no address"}).status_code == 422
    client.post(reverse("account"), {"first_name": "林美", "email": "mei@example.org"})
    creator.refresh_from_db()
    assert (creator.first_name, creator.email) == ("林美", "mei@example.org")


def test_the_overview_counts_what_is_in_the_tables(client_of: Any, analyst: User, creator: User) -> None:
    factories.job(creator, state="failed", error_code="disk_full", error="full")
    factories.video(creator, state="published")
    context = client_of(analyst).get(reverse("dashboards")).context
    assert context["jobs"] == 2 and context["published"] == 1
    assert context["failures"] == [{"error_code": "disk_full", "number": 1}]


def test_error_pages_say_what_happened(client: Client, client_of: Any, creator: User) -> None:
    assert "This page does not exist" in client.get("/no-such-page/").content.decode()
    assert "This page is not for you" in client_of(creator).get(reverse("dashboards")).content.decode()
    broken = pages.broken(RequestFactory().get("/"))
    assert broken.status_code == 500 and b"Something broke" in broken.content


def test_signing_up_gives_a_creator_and_too_many_wrong_passwords_a_pause(
    client: Client, settings: Any
) -> None:
    form = {
        "username": "neu",
        "email": "neu@example.org",
        "password1": "sturdy lantern 42",
        "password2": "sturdy lantern 42",
    }
    assert client.post(reverse("account_signup"), form).status_code == 302
    assert set(User.objects.get(username="neu").groups.values_list("name", flat=True)) == {
        "viewer",
        "creator",
    }
    client.logout()
    settings.ACCOUNT_RATE_LIMITS = False  # allauth's own limit would answer first
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = client.post(reverse("account_login"), {"login": "neu", "password": "wrong"})
    assert response.status_code == 429 and "Too many tries" in response.content.decode()


def test_the_voice_sample_of_an_unknown_voice_does_not_exist(client: Client) -> None:
    assert client.get(reverse("voice-preview", args=["robot"])).status_code == 404
