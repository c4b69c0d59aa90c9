"""What the database and the services refuse, whoever asks; tasks are never run here."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import media_files
from core.errors import RoleMissing
from generation.errors import (
    BriefInvalid,
    JobStateConflict,
    LimitReached,
    StoryboardInvalid,
    TopicTooFar,
    UploadRejected,
    VersionSimulated,
    VideoStateConflict,
)
from generation.models import STAGES, GenerationJob, JobStage, StoryboardVersion, Upload, Video
from generation.selectors import jobs_for, storyboard_current
from generation.services.jobs import job_cancel, job_render, job_request, job_retry
from generation.services.storyboards import storyboard_edit, storyboard_undo
from generation.services.uploads import upload_delete, upload_receive, upload_to_video
from generation.services.versions import version_promote
from generation.services.videos import (
    video_delete,
    video_publish,
    video_restore,
    video_unpublish,
    video_update,
)
from tests import factories
from tests.generation import boards
from tests.generation.documents.texts import POTATO, TEA

State = GenerationJob.State
pytestmark = pytest.mark.usefixtures("media_root")
BRIEF = {"topic": "周末露营必备清单", "language": "zh", "seconds": 15}


@pytest.fixture
def messages(monkeypatch):
    """The wake-ups that would have been sent once the row is committed."""
    sent = []
    monkeypatch.setattr("generation.tasks.job_run.delay_on_commit", lambda pk: sent.append(("job", pk)))
    monkeypatch.setattr("generation.tasks.upload_run.delay_on_commit", lambda pk: sent.append(("upload", pk)))
    return sent


# --- the database's own rules -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values",
    [
        {"seconds": 2.0},
        {"seconds": 61.0},
        {"progress": 1.01},
        {"progress": -0.01},
        {"state": "failed"},  # without saying why
    ],
)
def test_the_database_refuses_an_impossible_job(creator, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.job(creator, **values)


def test_a_job_has_each_stage_and_each_storyboard_version_once(creator):
    job = factories.job(creator)
    with pytest.raises(IntegrityError), transaction.atomic():
        JobStage.objects.create(job=job, name="voice", order=9)
    boards.stored(job)
    with pytest.raises(IntegrityError), transaction.atomic():
        boards.stored(job)


@pytest.mark.parametrize(
    "values",
    [{"state": "published", "published": None}, {"seconds": 0.0}, {"file": ""}],
)
def test_the_database_refuses_an_impossible_video(creator, values):
    made = factories.video(creator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Video.objects.filter(pk=made.pk).update(**values)


def test_a_video_comes_from_a_job_or_an_upload_and_a_binned_one_is_not_published(creator):
    made = factories.video(creator, state="published")
    with pytest.raises(IntegrityError), transaction.atomic():
        Video.objects.filter(pk=made.pk).update(upload=factories.upload(creator))
    with pytest.raises(IntegrityError), transaction.atomic():
        Video.objects.filter(pk=made.pk).update(job=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Video.objects.filter(pk=made.pk).update(deleted=timezone.now())


@pytest.mark.parametrize("values", [{"state": "ready"}, {"state": "rejected"}, {"progress": 2.0}])
def test_the_database_refuses_an_impossible_upload(creator, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.upload(creator, **values)


# --- asking for a video -------------------------------------------------------------------------------------------------
def test_a_request_makes_a_job_with_its_stages_and_one_wake_up(creator, messages):
    job = job_request(owner=creator, **BRIEF, quality="draft", seed=5)
    assert (job.state, job.seed, job.quality) == (State.QUEUED, 5, "draft")
    assert [stage.name for stage in job.stages.all()] == list(STAGES)
    assert messages == [("job", job.pk)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": " \n"}, "topic"),
        ({"topic": "露" * 121}, "topic"),
        ({"language": "fr"}, "language"),
        ({"seconds": 9.9}, "seconds"),
        ({"seconds": 60.5}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"aspect": "4:3"}, "aspect"),
        ({"quality": "huge"}, "quality"),
        ({"kind": "opera"}, "kind"),
        ({"seed": 2**40}, "seed"),
        ({"points": ["一"] * 9}, "points"),
        ({"points": ["长" * 161]}, "points"),
        ({"recipe": {"color": "red"}}, "recipe"),
        ({"recipe": {"mood": "angry"}}, "mood"),
        ({"recipe": {"speed": 9}}, "speed"),
        ({"recipe": {"voice": "af_heart"}}, "voice"),  # an English voice for a Chinese video
        ({"recipe": {"voice": "own"}}, "voice_upload"),
        ({"recipe": {"voice_upload": 1}}, "voice_upload"),
    ],
)
def test_a_brief_outside_the_rules_names_its_field_and_leaves_nothing(creator, messages, change, field):
    with pytest.raises(BriefInvalid) as refused:
        job_request(owner=creator, **{**BRIEF, **change})
    assert refused.value.field == field
    assert not GenerationJob.objects.exists()
    assert messages == []


def test_an_own_voice_must_be_a_recording_of_ones_own_that_passed(creator, other_creator, messages):
    ready = {"kind": "audio", "state": "ready", "file": "uploads/1/v.m4a"}
    mine, foreign = factories.upload(creator, **ready), factories.upload(other_creator, **ready)
    clip = factories.upload(creator, **{**ready, "kind": "clip"})
    unchecked = factories.upload(creator, kind="audio")
    for wrong in (foreign, clip, unchecked):
        with pytest.raises(BriefInvalid, match=f"recording {wrong.pk} "):
            job_request(owner=creator, **BRIEF, recipe={"voice": "own", "voice_upload": wrong.pk})
    job = job_request(owner=creator, **BRIEF, recipe={"voice": "own", "voice_upload": mine.pk})
    assert job.recipe["voice_upload"] == mine.pk


def test_a_topic_nobody_knows_needs_points(creator, messages):
    brief = {**BRIEF, "topic": "qwrtzp xkcdv bnmlk", "language": "en"}
    with pytest.raises(TopicTooFar):
        job_request(owner=creator, **brief)
    points = ["Charge it before the first use", "Keep it dry", "Clean it with a soft cloth"]
    assert job_request(owner=creator, **brief, points=points).points == points


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"text": "Words of a text.", "points": ["A point."]}, "text_and_points", "text"),
        ({"text": "Words of a text.", "source_upload": 1}, "text_and_document", "text"),
        ({"source_upload": 10_000}, "document_unusable", "source_upload"),
        ({"text": "x" * 60_001}, "text_too_long", "text"),
        ({"text": "12 % — 34"}, "text_wordless", "text"),
        ({"text": "Le phare est construit sur un rocher que la mer recouvre, et ses gardiens y vivaient."}, "text_language_unknown", "text"),
        ({"text": POTATO}, "text_language_differs", "text"),
        ({"text": "茶起源于中国西南地区，最早被当作药材使用。"}, "text_too_short", "text"),
        ({"text": TEA, "seconds": 60, "recipe": {"voice": "zm_yunyang", "speed": 1.2}}, "text_too_thin", "seconds"),
        ({"text": "茶叶的历史" + "很长" * 40 + "。" + "茶树的种植" + "很广" * 40 + "。", "seconds": 10}, "text_too_dense", "seconds"),
    ],
)  # fmt: skip
def test_a_text_that_makes_no_video_says_why_and_leaves_nothing(creator, messages, change, code, field):
    with pytest.raises(BriefInvalid) as refused:
        job_request(owner=creator, **{"topic": "茶", "language": "zh", "seconds": 20, **change})
    assert (refused.value.code, refused.value.field) == (code, field)
    assert str(refused.value).endswith(".")
    assert not GenerationJob.objects.exists() and not messages


def test_somebody_elses_document_is_none(creator, other_creator, messages):
    theirs = factories.upload(other_creator, kind="document", state="ready", file="uploads/1/a.txt")
    with pytest.raises(BriefInvalid, match="must be the number of a document of yours"):
        job_request(owner=creator, source_upload=theirs.pk, language="en", seconds=20)


def test_only_a_creator_may_ask_or_send(viewer, messages):
    with pytest.raises(RoleMissing):
        job_request(owner=viewer, **BRIEF)
    with pytest.raises(RoleMissing):
        upload_receive(owner=viewer, file=SimpleUploadedFile("a.mp4", b"x"), kind="clip")


def test_unfinished_jobs_are_limited_to_what_the_setting_allows(creator, other_creator, messages, settings):
    settings.JOB_RUNNING_LIMIT = 2
    factories.job(creator, state=State.RUNNING)
    waiting = factories.job(creator)
    ended = factories.job(creator, state=State.CANCELLED)
    factories.job(creator, state=State.EDITING)
    with pytest.raises(LimitReached, match="2 videos in the making"):
        job_request(owner=creator, **BRIEF)
    with pytest.raises(LimitReached):
        job_retry(job=ended)
    assert job_request(owner=other_creator, **BRIEF)
    job_cancel(job=waiting)
    assert job_request(owner=creator, **BRIEF)


# --- cancel, retry, render ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [State.QUEUED, State.EDITING])
def test_a_waiting_job_is_cancelled_at_once(creator, state):
    job = job_cancel(job=factories.job(creator, state=state))
    assert (job.state, job.cancel_requested) == (State.CANCELLED, False)
    assert job.ended is not None


def test_a_running_job_is_asked_to_stop(creator):
    job = job_cancel(job=factories.job(creator, state=State.RUNNING))
    assert (job.state, job.cancel_requested) == (State.RUNNING, True)


@pytest.mark.parametrize("state", [State.DONE, State.CANCELLED, State.FAILED])
def test_an_ended_job_cannot_be_cancelled(creator, state):
    job = factories.job(creator, state=state, error_code="x" if state == State.FAILED else "")
    with pytest.raises(JobStateConflict, match=f"is {state}"):
        job_cancel(job=job)


def test_a_retry_forgets_the_failure_and_keeps_the_script(creator, messages):
    job = factories.job(
        creator, state=State.FAILED, error_code="disk_full", error="Full.", attempts=5, progress=0.5
    )
    job.stages.update(state=JobStage.State.DONE, progress=1.0)
    job = job_retry(job=job)
    assert (job.state, job.error_code, job.error, job.attempts, job.progress) == (State.QUEUED, "", "", 0, 0)
    assert list(job.stages.filter(state="done").values_list("name", flat=True)) == ["script"]
    assert messages == [("job", job.pk)]


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.EDITING, State.DONE])
def test_only_a_failed_or_cancelled_job_is_retried(creator, messages, state):
    with pytest.raises(JobStateConflict):
        job_retry(job=factories.job(creator, state=state))
    assert messages == []


def test_rendering_needs_a_script_and_a_known_quality(creator, messages):
    job = factories.job(creator, state=State.EDITING, stop_after_script=True)
    with pytest.raises(JobStateConflict, match="no script"):
        job_render(job=job)
    boards.stored(job)
    with pytest.raises(BriefInvalid) as refused:
        job_render(job=job, quality="huge")
    assert refused.value.field == "quality"
    job.refresh_from_db()
    job = job_render(job=job, quality="full")
    assert (job.state, job.quality, job.stop_after_script) == (State.QUEUED, "full", False)
    with pytest.raises(JobStateConflict):
        job_render(job=job)


# --- the storyboard -------------------------------------------------------------------------------------------------------
def test_an_edit_adds_a_version_and_undo_takes_it_back(creator):
    job = factories.job(creator, state=State.EDITING)
    boards.stored(job)
    edited = storyboard_edit(job=job, document=boards.board(title="新标题").to_json(), note="n" * 300)
    assert (edited.version, len(edited.note)) == (2, 200)
    assert storyboard_undo(job=job).version == 1
    with pytest.raises(JobStateConflict, match="no earlier version"):
        storyboard_undo(job=job)
    assert StoryboardVersion.objects.get().document["title"] == "露营清单"


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_nothing_is_edited_or_undone_while_the_video_is_made(creator, state):
    job = factories.job(creator, state=state)
    boards.stored(job, 1)
    boards.stored(job, 2)
    with pytest.raises(JobStateConflict):
        storyboard_edit(job=job, document=boards.board().to_json(), note="")
    with pytest.raises(JobStateConflict):
        storyboard_undo(job=job)
    current = storyboard_current(job)
    assert current is not None and current.version == 2


def test_a_broken_document_is_refused_by_field(creator):
    job = factories.job(creator, state=State.EDITING)
    document = boards.board().to_json()
    document["scenes"][0]["surprise"] = 1
    with pytest.raises(StoryboardInvalid, match="surprise"):
        storyboard_edit(job=job, document=document, note="")


def test_somebody_elses_upload_cannot_enter_a_storyboard(creator, other_creator):
    job = factories.job(creator, state=State.EDITING)
    ready = {"kind": "image", "state": "ready", "file": "uploads/9/x.png", "sha256": "a" * 64}
    foreign, unready = factories.upload(other_creator, **ready), factories.upload(creator, kind="image")
    for wrong in (foreign, unready):
        with pytest.raises(BriefInvalid, match=f"File {wrong.pk} is not among your ready uploads"):
            storyboard_edit(job=job, document=boards.with_media(wrong.pk).to_json(), note="")
    mine = factories.upload(creator, **ready)
    row = storyboard_edit(job=job, document=boards.with_media(mine.pk).to_json(), note="")
    media = row.document["scenes"][0]["media"]
    assert (media["path"], media["sha256"]) == ("uploads/9/x.png", "a" * 64)  # not what the request said


# --- files ------------------------------------------------------------------------------------------------------------------
def test_a_file_is_stored_under_a_name_of_ours_and_checked_later(creator, messages):
    sent = SimpleUploadedFile("../../évil name.mp4", b"0123456789")
    row = upload_receive(owner=creator, file=sent, kind="clip")
    assert media_files.absolute(row.original).read_bytes() == b"0123456789"
    assert "vil" not in row.original
    assert (row.state, row.bytes) == (Upload.State.QUEUED, 10)
    assert messages == [("upload", row.pk)]


def test_an_empty_large_or_strange_file_is_refused_before_it_is_stored(
    creator, messages, settings, media_root
):
    settings.UPLOAD_MAX_BYTES = 5
    for content, kind, sentence in (
        (b"", "clip", "empty"),
        (b"123456", "clip", "at most"),
        (b"1", "poem", "kind"),
    ):
        with pytest.raises(UploadRejected, match=sentence):
            upload_receive(owner=creator, file=SimpleUploadedFile("a.mp4", content), kind=kind)
    assert not [place for place in media_root.rglob("*") if place.is_file()]
    assert not Upload.objects.exists()


def test_a_deleted_upload_takes_its_files_along_but_not_a_videos(
    creator, django_capture_on_commit_callbacks, messages
):
    row = upload_receive(owner=creator, file=SimpleUploadedFile("a.mp4", b"1"), kind="clip")
    place = media_files.absolute(row.original)
    with django_capture_on_commit_callbacks(execute=True):
        upload_delete(upload=row)
    assert not place.exists()
    clip = factories.upload(creator, state="ready", file="uploads/1/a.mp4", seconds=5.0, width=9, height=16)
    upload_to_video(upload=clip, title="")
    with pytest.raises(VideoStateConflict, match="Delete the video first"):
        upload_delete(upload=Upload.objects.get(pk=clip.pk))


@pytest.mark.parametrize(
    ("size", "aspect"), [((1080, 1920), "9:16"), ((1000, 1080), "1:1"), ((1280, 720), "16:9")]
)
def test_a_ready_clip_becomes_one_video_of_the_nearest_aspect(creator, size, aspect):
    clip = factories.upload(
        creator, state="ready", file="uploads/1/a.mp4", seconds=5.0, width=size[0], height=size[1]
    )
    video = upload_to_video(upload=clip, title="  ")
    assert (video.aspect, video.title) == (aspect, "clip.mp4")
    assert upload_to_video(upload=Upload.objects.get(pk=clip.pk), title="again").pk == video.pk


def test_an_unchecked_file_or_an_image_is_no_video(creator):
    image = factories.upload(creator, kind="image", state="ready", file="uploads/1/a.png")
    for row in (factories.upload(creator), image):
        with pytest.raises(VideoStateConflict):
            upload_to_video(upload=row, title="x")


# --- videos -------------------------------------------------------------------------------------------------------------------
def test_publishing_twice_keeps_the_first_time(creator):
    video = video_publish(video=factories.video(creator))
    first = video.published
    assert (video.state, video.override) == (Video.State.PUBLISHED, False)
    assert first is not None
    assert video_publish(video=video).published == first


def test_a_held_video_is_published_only_against_the_check_and_goes_back_to_held(creator):
    video = factories.video(creator, state="held")
    with pytest.raises(VideoStateConflict, match="found problems"):
        video_publish(video=video)
    video = video_publish(video=video, override=True)
    assert (video.state, video.override) == (Video.State.PUBLISHED, True)
    video = video_unpublish(video=video)
    assert (video.state, video.published) == (Video.State.HELD, None)


def test_the_bin_takes_a_video_from_viewers_and_gives_it_back_unpublished(creator):
    video = video_delete(video=factories.video(creator, state="published"))
    assert (video.state, video.published) == (Video.State.READY, None)
    assert video.deleted is not None
    with pytest.raises(VideoStateConflict, match="in the bin"):
        video_publish(video=video)
    video = video_restore(video=video)
    assert (video.deleted, video.state) == (None, Video.State.READY)
    with pytest.raises(VideoStateConflict, match="not in the bin"):
        video_restore(video=video)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "t" * 121}, "title"),
        ({"description": "d" * 2001}, "description"),
        ({"hashtags": [str(n) for n in range(11)]}, "hashtags"),
        ({"hashtags": ["h" * 41]}, "hashtags"),
    ],
)
def test_words_beside_a_video_keep_their_limits(creator, change, field):
    words = {"title": "t", "description": "", "hashtags": []}
    with pytest.raises(BriefInvalid) as refused:
        video_update(video=factories.video(creator), **{**words, **change})
    assert refused.value.field == field


def test_hashtags_lose_their_sign_and_their_doubles(creator):
    video = video_update(
        video=factories.video(creator), title=" t ", description="", hashtags=["#露营", "露营", " ", "#"]
    )
    assert (video.title, video.hashtags) == ("t", ["露营"])


def test_no_word_beside_a_video_turns_the_direction_of_the_page(creator):
    video = video_update(
        video=factories.video(creator),
        title="gpj.\u202eexe 露营",
        description="a\u2066b\n\nc",
        hashtags=["#\u202e露营", "\u200b"],
    )
    assert (video.title, video.description, video.hashtags) == ("gpj.exe 露营", "ab\n\nc", ["露营"])


def test_the_place_in_a_list_is_the_place_alone(creator):
    from generation.selectors import queue_places, queue_position

    rows = [factories.job(creator, state=state) for state in ("running", "queued", "queued", "done")]
    alone = {row.pk: queue_position(row) for row in rows}
    assert list(alone.values()) == [None, 1, 2, None]
    assert {row.pk: queue_position(row, queue_places()) for row in jobs_for(creator)} == alone


def test_creators_take_turns_whoever_asked_for_more(creator, other_creator, monkeypatch):
    """Three of one creator wait before the first of another: it is made second, whichever job the messages name."""
    from generation import tasks
    from generation.selectors import job_snapshot

    mine = [factories.job(creator) for _ in range(3)]
    theirs = [factories.job(other_creator) for _ in range(2)]
    places = [job_snapshot(job)["queue_position"] for job in (*mine, *theirs)]
    assert places == [0, 2, 4, 1, 3]
    made: list[int] = []
    monkeypatch.setattr(
        "generation.jobs.worker.job_make",
        lambda work: (
            made.append(work.job.pk)
            or GenerationJob.objects.filter(pk=work.job.pk).update(state="done", ended=timezone.now())
        ),
    )
    for _ in range(6):
        tasks.job_run(mine[-1].pk)
    assert made == [mine[0].pk, theirs[0].pk, mine[1].pk, theirs[1].pk, mine[2].pk]


# --- the registry ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["text_safety", "picture_safety"])
def test_a_classifier_of_simulated_decisions_is_promoted_by_nobody(db, administrator, client_of, kind):
    version = factories.version(kind=kind, config={"simulated": True})
    with pytest.raises(VersionSimulated, match="judges nobody") as refused:
        version_promote(version=version)
    assert (refused.value.code, refused.value.status) == ("version_simulated", 409)
    page = client_of(administrator).post(f"/versions/{version.pk}/promote", follow=True).content.decode()
    assert "learned from simulated decisions" in page
    version.refresh_from_db()
    assert version.state == "candidate"
