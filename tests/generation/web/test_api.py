"""The HTTP shapes programs rely on: tokens, jobs, uploads, videos, errors, limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.bank.reading import topics
from generation.models import STAGES, GenerationJob, Upload, Video
from generation.script.matching import answering
from generation.services.tokens import token_create
from tests import factories
from tests.generation import boards

pytestmark = pytest.mark.usefixtures("media_root", "fresh_counts")
BRIEF = {"topic": "周末露营必备清单", "language": "zh", "seconds": 15, "aspect": "9:16"}


@pytest.fixture
def fresh_counts():
    """Throttles count in the cache; each test begins with none."""
    cache.clear()
    yield
    cache.clear()


class Program:
    """A client that sends a token and JSON, as a program would."""

    def __init__(self, user: Any = None) -> None:
        key = token_create(user=user, name="test", days=1) if user else ""
        self.client = Client(**({"HTTP_AUTHORIZATION": f"Token {key}"} if key else {}))

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}")

    def post(self, path: str, data: Any = None) -> Any:
        return self.client.post(f"/api/v1/{path}", json.dumps(data or {}), content_type="application/json")

    def send(self, **values: Any) -> Any:
        return self.client.post("/api/v1/uploads/", values)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}")


@pytest.fixture
def program(creator):
    return Program(creator)


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    body = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert set(body) <= {"code", "detail", "fields", "nearest", "seconds_needed", "reason"}
    assert isinstance(body["detail"], str) and body["detail"]
    for messages in body.get("fields", {}).values():
        assert messages and all(isinstance(message, str) for message in messages)
    return body


# --- tokens -------------------------------------------------------------------------------------------------------------
def test_name_and_password_give_a_token_that_opens_the_api(creator):
    answer = Program().post("token/", {"username": "cora", "password": "correct horse battery"})
    assert set(answer.json()) == {"token"}
    client = Client(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert client.get("/api/v1/jobs/").status_code == 200
    assert Client(HTTP_AUTHORIZATION="Token " + "0" * 40).get("/api/v1/jobs/").status_code in (401, 403)


def test_a_wrong_password_is_refused_and_a_missing_one_named(creator):
    refused(Program().post("token/", {"username": "cora", "password": "x"}), 403, "authentication_failed")
    body = refused(Program().post("token/", {"username": "cora"}), 400, "invalid")
    assert list(body["fields"]) == ["password"]


def test_token_tries_are_throttled(creator):
    for _ in range(10):
        Program().post("token/", {})
    refused(Program().post("token/", {}), 429, "throttled")


def test_failed_tries_lock_the_name_even_for_the_right_password(creator, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        Program().post("token/", {"username": "cora", "password": "x"})
        cache.clear()
    right = {"username": "cora", "password": "correct horse battery"}
    refused(Program().post("token/", right), 429, "name_locked")
    page = Client().post("/accounts/login/", {"login": right["username"], "password": right["password"]})
    assert page.status_code == 429
    assert b"Too many tries" in page.content


# --- jobs ---------------------------------------------------------------------------------------------------------------
def test_a_brief_becomes_a_job_with_the_promised_shape(program, creator):
    answer = program.post("jobs/", {**BRIEF, "quality": "draft", "seed": 7, "recipe": {"mood": "warm"}})
    assert answer.status_code == 201
    job = answer.json()
    assert job == program.get(f"jobs/{job['id']}/").json()
    assert (job["state"], job["progress"], job["error"], job["video"]) == ("queued", 0.0, None, None)
    assert [stage["name"] for stage in job["stages"]] == list(STAGES)
    assert set(job["stages"][0]) >= {"name", "state", "progress"}
    assert (job["topic"], job["quality"], job["seed"], job["queue_position"]) == (
        BRIEF["topic"],
        "draft",
        7,
        0,
    )
    row = GenerationJob.objects.get(pk=job["id"])
    assert (row.owner, row.recipe["mood"]) == (creator, "warm")


def test_topic_and_language_are_enough(program):
    job = program.post("jobs/", {"topic": "露营", "language": "zh"}).json()
    assert (job["seconds"], job["aspect"], job["quality"]) == (15.0, "9:16", "full")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"language": "fr"}, "invalid", "language"),
        ({"topic": ""}, "invalid", "topic"),
        ({"points": ["a", {"b": 1}]}, "invalid", "points.1"),
        ({"seconds": "long"}, "invalid", "seconds"),
        ({"seconds": 5}, "brief_invalid", "seconds"),
        ({"recipe": {"palette": "mud"}}, "brief_invalid", "palette"),
        ({"recipe": []}, "invalid", "recipe"),
        ({"topic": "qwrtzp xkcdv bnmlk", "language": "en"}, "points_needed", "points"),
        ({"topic": "怎么做土炸弹"}, "brief_refused", "topic"),
        ({"topic": "今天油价多少"}, "brief_refused", "topic"),
    ],
)
def test_a_wrong_brief_names_the_field(program, change, code, field):
    body = refused(program.post("jobs/", {**BRIEF, **change}), 400, code)
    assert list(body["fields"]) == [field]
    assert not GenerationJob.objects.exists()


@pytest.mark.parametrize("points", [["👍👍"], ["。。。", "—"], ["1.", "①"], ["٣", "²"]])
@pytest.mark.parametrize("topic", ["火星殖民地的税法", "露营要带什么"])
def test_points_without_a_letter_are_asked_for_again_or_do_no_harm(program, topic, points):
    answer = program.post("jobs/", {"topic": topic, "language": "zh", "points": points})
    assert answer.status_code in (201, 400), answer.content
    if answer.status_code == 400:
        assert answer.json()["code"] in ("points_needed", "points_too_short", "brief_invalid")


def test_what_is_missing_is_answered_with_what_would_do(program):
    far = refused(program.post("jobs/", {**BRIEF, "topic": "量子色动力学的格点计算"}), 400, "points_needed")
    assert [set(topic) for topic in far["nearest"]] == [{"id", "title", "similarity"}] * 3
    points = [f"第{n}点要讲的是营地里最容易被忘掉的一件小东西" for n in "一二三四五"]
    asked = {**BRIEF, "topic": "我家的露营", "points": points, "seconds": 12}
    long = refused(program.post("jobs/", asked), 400, "points_too_long")
    assert 12 < long["seconds_needed"] <= 60
    made = program.post("jobs/", {**asked, "seconds": long["seconds_needed"]})
    assert made.status_code == 201 and GenerationJob.objects.get(pk=made.json()["id"]).points == points


def test_a_body_that_is_not_json_is_told_so(program):
    answer = program.client.post("/api/v1/jobs/", b"{not json", content_type="application/json")
    refused(answer, 400, "parse_error")
    refused(
        program.client.post("/api/v1/jobs/", b"x", content_type="text/csv"), 415, "unsupported_media_type"
    )


def test_cancel_retry_and_render_move_the_job_or_say_why_not(program, creator):
    job = factories.job(creator)
    assert program.post(f"jobs/{job.pk}/cancel/").json()["state"] == "cancelled"
    refused(program.post(f"jobs/{job.pk}/cancel/"), 409, "job_state_conflict")
    assert program.post(f"jobs/{job.pk}/retry/").json()["state"] == "queued"
    refused(program.post(f"jobs/{job.pk}/retry/"), 409, "job_state_conflict")
    refused(program.post(f"jobs/{job.pk}/render/"), 409, "job_state_conflict")
    edited = factories.job(creator, state="editing")
    boards.stored(edited)
    assert program.post(f"jobs/{edited.pk}/render/").json()["state"] == "queued"


def test_a_failed_job_says_what_and_why(program, creator):
    job = factories.job(
        creator, state="failed", error_code="disk_full", error="The disk is full. Free space."
    )
    answer = program.get(f"jobs/{job.pk}/").json()
    assert answer["error"] == {"code": "disk_full", "detail": "The disk is full. Free space."}


def test_a_finished_job_names_its_video(program, creator):
    video = factories.video(creator)
    assert program.get(f"jobs/{video.job_id}/").json()["video"] == video.pk


def test_more_unfinished_jobs_than_allowed_are_refused(program, creator, settings):
    settings.JOB_RUNNING_LIMIT = 1
    factories.job(creator)
    refused(program.post("jobs/", BRIEF), 429, "limit_reached")


def test_creations_are_throttled_and_reading_is_not(program, monkeypatch):
    from generation.web.api import CreationThrottle

    monkeypatch.setattr(CreationThrottle, "THROTTLE_RATES", {"jobs": "2/hour", "uploads": "1/hour"})
    for _ in range(2):
        refused(program.post("jobs/", {}), 400, "invalid")
    refused(program.post("jobs/", BRIEF), 429, "throttled")
    refused(program.send(), 400, "invalid")
    refused(program.send(), 429, "throttled")
    assert program.get("jobs/").status_code == program.get("uploads/").status_code == 200


def test_a_viewer_makes_nothing_and_a_stranger_is_not_let_in(viewer):
    refused(Program(viewer).post("jobs/", BRIEF), 403, "permission_denied")
    refused(Program().post("jobs/", BRIEF), 403, "not_authenticated")
    refused(Program().send(file=SimpleUploadedFile("a.mp4", b"1")), 403, "not_authenticated")


def test_somebody_elses_job_does_not_exist(program, other_creator):
    job = factories.job(other_creator)
    for path in ("", "cancel/", "retry/", "render/"):
        method = program.post if path else program.get
        refused(method(f"jobs/{job.pk}/{path}"), 404, "not_found")


# --- uploads --------------------------------------------------------------------------------------------------------------
def test_a_file_is_taken_and_shown_with_its_progress(program):
    answer = program.send(file=SimpleUploadedFile("clip.mp4", b"0123456789"), kind="clip")
    assert answer.status_code == 201
    upload = answer.json()
    assert (upload["state"], upload["original_name"], upload["error"], upload["file_url"]) == (
        "queued",
        "clip.mp4",
        None,
        None,
    )
    assert program.get(f"uploads/{upload['id']}/").json() == upload
    assert program.delete(f"uploads/{upload['id']}/").status_code == 204
    assert not Upload.objects.exists()


def test_a_rejected_file_says_why(program, creator):
    row = factories.upload(
        creator, state="rejected", error_code="too_short", error="The clip has 1 s; at least 3."
    )
    assert program.get(f"uploads/{row.pk}/").json()["error"] == {
        "code": "too_short",
        "detail": "The clip has 1 s; at least 3.",
    }


def test_a_file_outside_the_limits_is_refused(program, settings):
    settings.UPLOAD_MAX_BYTES = 4
    body = refused(program.send(file=SimpleUploadedFile("a.mp4", b"12345")), 400, "upload_rejected")
    assert list(body["fields"]) == ["file"]
    refused(program.send(file=SimpleUploadedFile("a.mp4", b"1"), kind="poem"), 400, "invalid")
    refused(program.send(), 400, "invalid")
    refused(program.send(file=SimpleUploadedFile("a.mp4", b"")), 400, "invalid")


def test_somebody_elses_upload_does_not_exist(program, other_creator):
    row = factories.upload(other_creator)
    refused(program.get(f"uploads/{row.pk}/"), 404, "not_found")
    refused(program.delete(f"uploads/{row.pk}/"), 404, "not_found")


# --- videos ---------------------------------------------------------------------------------------------------------------
def test_a_video_has_the_promised_shape_and_its_file_is_where_it_says(program, creator):
    video = factories.video(creator, content=b"film", report={"checks": []}, cover="")
    answer = program.get(f"videos/{video.pk}/").json()
    assert (answer["creator"], answer["state"], answer["duration_seconds"]) == ("cora", "ready", 15.0)
    assert set(answer) >= {
        "id",
        "title",
        "cover_url",
        "captions_url",
        "recipe",
        "labels",
        "report",
        "manifest",
    }
    assert answer["cover_url"] is None
    client = Client()
    client.force_login(creator, backend="django.contrib.auth.backends.ModelBackend")
    assert b"".join(client.get(answer["file_url"]).streaming_content) == b"film"


def test_report_and_manifest_are_for_owner_and_moderator(creator, other_creator, moderator):
    video = factories.video(creator, state="published")
    for user, sees in ((creator, True), (moderator, True), (other_creator, False), (None, False)):
        answer = Program(user).get(f"videos/{video.pk}/").json()
        assert ("report" in answer, "manifest" in answer) == (sees, sees)


def test_publishing_and_taking_back_change_who_sees_the_video(program, creator):
    video = factories.video(creator)
    refused(Program().get(f"videos/{video.pk}/"), 404, "not_found")
    assert program.post(f"videos/{video.pk}/publish/").json()["state"] == "published"
    assert Program().get(f"videos/{video.pk}/").json()["title"] == video.title
    assert program.post(f"videos/{video.pk}/unpublish/").json()["state"] == "ready"
    refused(Program().get(f"videos/{video.pk}/"), 404, "not_found")


def test_a_held_video_needs_the_creators_override(program, creator):
    video = factories.video(creator, state="held")
    refused(program.post(f"videos/{video.pk}/publish/"), 409, "video_state_conflict")
    refused(program.post(f"videos/{video.pk}/publish/", {"override": "perhaps"}), 400, "invalid")
    answer = program.post(f"videos/{video.pk}/publish/", {"override": True}).json()
    assert (answer["state"], answer["override"]) == ("published", True)


def test_nobody_publishes_or_deletes_somebody_elses_video(program, other_creator):
    video = factories.video(other_creator, state="published")
    assert program.get(f"videos/{video.pk}/").status_code == 200
    for answer in (program.post(f"videos/{video.pk}/unpublish/"), program.delete(f"videos/{video.pk}/")):
        refused(answer, 404, "not_found")
    video.refresh_from_db()
    assert (video.state, video.deleted) == (Video.State.PUBLISHED, None)


def test_a_deleted_video_is_in_the_bin_and_nowhere_else(program, creator):
    video = factories.video(creator, state="published")
    assert program.delete(f"videos/{video.pk}/").status_code == 204
    refused(program.get(f"videos/{video.pk}/"), 404, "not_found")
    assert program.get("videos/?mine=true").json()["count"] == 0
    video.refresh_from_db()
    assert video.deleted is not None


def test_mine_narrows_the_list_and_false_does_not(program, creator, other_creator):
    mine = factories.video(creator)
    theirs = factories.video(other_creator, state="published")

    def listed(query: str) -> set[int]:
        return {row["id"] for row in program.get(f"videos/{query}").json()["results"]}

    assert listed("?mine=true") == {mine.pk}
    assert listed("?mine=false") == listed("") == {mine.pk, theirs.pk}


# --- lists ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("room", ["jobs", "uploads", "videos"])
def test_a_list_asks_the_database_as_often_for_one_row_as_for_many(program, creator, room):
    def add() -> None:
        factories.job(creator)
        factories.job(creator, state="running")
        factories.upload(creator, state="ready", file="uploads/1/a.mp4")
        factories.video(creator, state="published")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert program.get(f"{room}/").status_code == 200
        return len(caught)

    add()
    queries()  # the token notes that it was used, once an hour
    few = queries()
    for _ in range(4):
        add()
    assert queries() == few <= 7


def test_a_page_holds_at_most_a_hundred_rows(program, creator):
    Upload.objects.bulk_create(
        Upload(owner=creator, kind="clip", original_name=f"{n}.mp4") for n in range(102)
    )
    answer = program.get("uploads/?limit=100000").json()
    assert (answer["count"], len(answer["results"])) == (102, 100)
    assert answer["next"]
    assert len(program.get("uploads/").json()["results"]) == 24


def test_analysts_read_the_registry_by_kind_and_state(client_of, analyst):
    ranker = factories.ranker(state="production", metrics={"verdict": {"passed": True}})
    factories.version(kind="script")
    client = client_of(analyst)
    assert client.get("/api/v1/models/").json()["count"] == 2
    found = client.get("/api/v1/models/?kind=ranker&state=production").json()["results"]
    assert [version["id"] for version in found] == [ranker.pk]
    one = client.get(f"/api/v1/models/{ranker.pk}/").json()
    assert one["metrics"] == {"verdict": {"passed": True}} and one["data_fingerprint"] == "0" * 64
    assert "folder" not in one
    refused = client.get("/api/v1/models/?kind=poet")
    assert refused.status_code == 400 and "kind" in refused.json()["fields"]


def test_a_job_on_a_topic_that_the_channel_has_names_the_earlier_one_and_is_made(program, creator):
    first = program.post("jobs/", BRIEF).json()
    assert first["duplicate_of"] is None
    video = factories.video(
        creator, job=GenerationJob.objects.get(pk=first["id"]), title="露营清单", recipe={"topic": "x"}
    )
    second = program.post("jobs/", {**BRIEF, "seconds": 20})
    told = {"job": first["id"], "video": video.pk, "title": "露营清单", "state": "queued"}
    assert second.status_code == 201 and second.json()["duplicate_of"] == told
    assert program.get(f"jobs/{second.json()['id']}/").json()["duplicate_of"] == told
    assert program.get(f"jobs/{first['id']}/").json()["duplicate_of"] is None
    assert "duplicate_of" not in program.get("jobs/").json()["results"][0]
    topic = next(topic for topic in topics() if topic.id == answering(BRIEF["topic"], "zh").topic_id)
    other = program.post("jobs/", {**BRIEF, "topic": topic.texts["en"].title, "language": "en"})
    assert (
        other.status_code == 201 and other.json()["duplicate_of"] is None
    )  # another language, another video


def test_what_is_a_repeat_is_told_by_the_banks_topic_and_not_only_by_the_words(program, creator):
    topic = answering(BRIEF["topic"], "zh")
    factories.job(creator, topic=topic.title)
    asked = program.post("jobs/", {**BRIEF, "topic": BRIEF["topic"]}).json()
    assert BRIEF["topic"] != topic.title and asked["duplicate_of"]["video"] is None
    assert asked["duplicate_of"]["title"] == topic.title
