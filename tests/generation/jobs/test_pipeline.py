"""A real job, small: from a topic to a labelled, judged video; then edits, cancels and machines that fail."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import av
import pytest
from django.conf import settings as django_settings
from django.db import connection

from core import media_files
from generation.errors import VideoStateConflict
from generation.jobs import worker as work
from generation.media import provenance
from generation.models import GenerationJob, Video
from generation.selectors import storyboard_current
from generation.services.jobs import job_cancel, job_render, job_request, job_retry
from generation.services.storyboards import storyboard_edit, storyboard_undo
from generation.services.videos import video_publish
from generation.storyboard import Storyboard
from tests.conftest import make_user
from tests.factories import upload
from tests.generation.media.ingest.bad_files import picture

State = GenerationJob.State
pytestmark = pytest.mark.django_db(transaction=True)


def request(owner, **values):
    defaults = {"topic": "露营装备清单", "language": "zh", "seconds": 10, "quality": "draft", "seed": 5}
    return job_request(owner=owner, **{**defaults, **values})


def made(job):
    """The job after a worker took it."""
    assert work.job_take(job.pk)
    job.refresh_from_db()
    return job


def labelled_picture(owner):
    """A picture that passed its check and came with the field of another maker."""
    path = f"uploads/{owner.pk}/lake.jpg"
    place = media_files.absolute(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(picture("JPEG", (400, 300)))
    field = provenance.parse_aigc(provenance.aigc_field(producer="elsewhere", produce_id="9"))
    return upload(
        owner,
        kind="image",
        state="ready",
        file=path,
        sha256="0" * 64,
        labels={"aigc": {"present": True, **field}},
    )


@pytest.fixture
def creator(transactional_db):
    return make_user("cora", "viewer", "creator")


def test_a_topic_becomes_a_labelled_judged_video_and_an_edit_redraws_only_its_scene(creator):
    job = made(request(creator))
    assert (job.state, job.error, job.progress) == (State.DONE, "", 1.0)
    assert [stage.state for stage in job.stages.all()] == ["done"] * 6
    video = Video.objects.get(job=job)
    failed = [check for check in video.report["checks"] if check["holds"] and not check["ok"]]
    assert video.state == Video.State.READY, failed
    made_by = {"script": "bank", "visuals": "illustrated-", "speech": "kokoro-", "music": "composer-"}
    versions = video.manifest["storyboard"]["versions"]
    assert all(versions[kind].startswith(name) for kind, name in made_by.items()), versions
    assert abs(video.seconds - 10) <= 1.0
    place = media_files.absolute(video.file)
    with av.open(str(place)) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (360, 640)
        assert abs(container.duration / 1e6 - video.seconds) < 0.1
    labels = provenance.verify(place)
    assert labels["aigc"]["valid"] and labels["c2pa"]["valid"] and labels["visible"]["found"]
    assert media_files.absolute(video.captions).read_text(encoding="utf-8").startswith("WEBVTT")
    assert media_files.absolute(video.cover).stat().st_size > 5000

    # one line of one scene is changed: only that scene and its transitions are drawn again
    video_publish(video=video)
    drawn_before = job.stages.get(name="render").result["detail"]["drawn"]
    document = storyboard_current(job).document
    document["scenes"][1]["line"] = "先买睡垫"
    lake = labelled_picture(creator)
    document["scenes"][1]["media"] = {
        "upload": lake.pk, "kind": "image", "path": lake.file, "sha256": lake.sha256
    }  # fmt: skip
    storyboard_edit(job=job, document=document, note="line")
    job_render(job=job)
    first_file = video.file
    job = made(job)
    assert job.state == State.DONE
    detail = job.stages.get(name="render").result["detail"]
    assert 0 < detail["drawn"] < detail["frames"] == drawn_before
    video.refresh_from_db()
    assert Video.objects.count() == 1
    assert video.file != first_file and not media_files.absolute(first_file).exists()
    assert video.state == Video.State.PUBLISHED

    # the new scene shows a picture that says AI made it: the video says so too
    assert [part["upload"] for part in video.manifest["ingredients"]] == [lake.pk]
    told = provenance.verify(media_files.absolute(video.file))["c2pa"]
    assert told["valid"] and told["ingredients"] == ["image-1"]
    assert told["ingredient_labels"][0]["labels"] == lake.labels


def test_the_script_can_be_stopped_at_edited_and_undone(creator):
    job = made(request(creator, stop_after_script=True))
    assert job.state == State.EDITING
    assert not Video.objects.exists()
    document = storyboard_current(job).document
    assert Storyboard.from_json(document).scenes[0].pictures
    storyboard_edit(job=job, document={**document, "title": "带齐了吗"}, note="title")
    assert storyboard_current(job).document["title"] == "带齐了吗"
    storyboard_undo(job=job)
    assert storyboard_current(job).document["title"] == document["title"]


def test_cancelling_stops_a_running_job_within_two_seconds_and_publishes_nothing(creator):
    job = request(creator, seconds=20)

    def take():
        work.job_take(job.pk)
        connection.close()

    worker = threading.Thread(target=take)
    worker.start()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.state == State.RUNNING and job.progress > 0.05:
            break
        time.sleep(0.05)
    job_cancel(job=job)
    asked = time.monotonic()
    while job.state == State.RUNNING and time.monotonic() - asked < 5:
        time.sleep(0.05)
        job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert time.monotonic() - asked < 2.0
    worker.join(60)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (State.CANCELLED, "")
    assert not Video.objects.exists()


@pytest.mark.parametrize("folder", ["jobs", "narration"])
def test_a_folder_that_cannot_be_written_fails_in_words_and_publishes_nothing(
    creator, settings, tmp_path, folder
):
    settings.VAR_DIR = tmp_path
    (tmp_path / folder).write_text("a file where the folder should be")
    job = made(request(creator))
    assert job.state == State.FAILED
    assert job.error_code == "media_folder_unwritable"
    assert "cannot be written" in job.error
    assert not Video.objects.exists()


def test_a_missing_font_fails_in_words_and_a_retry_goes_on_once_it_is_back(
    creator, monkeypatch, settings, tmp_path
):
    from generation.errors import AssetMissing
    from generation.stages import render

    settings.VAR_DIR = tmp_path
    stage_film = render.stage_film

    def without_font(*args, **kwargs):
        raise AssetMissing(
            "fonts/NotoSansCJK-VF.otf.ttc is missing from assets/. Run ./run, which fetches it."
        )

    monkeypatch.setattr(render, "stage_film", without_font)
    job = made(request(creator, recipe={"voice": "none"}))
    assert (job.state, job.error_code) == (State.FAILED, "asset_missing")
    assert "Run ./run" in job.error
    monkeypatch.setattr(render, "stage_film", stage_film)
    job_retry(job=job)
    job = made(job)
    assert job.state == State.DONE


def test_a_full_disk_at_the_end_leaves_no_video_and_no_half_file(creator, monkeypatch, settings, tmp_path):
    import errno

    from generation.jobs import completion

    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path / "var", tmp_path / "media"

    def full(source, target):
        Path(target).write_bytes(b"half a file")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(completion.shutil, "copyfile", full)
    job = made(request(creator, recipe={"voice": "none"}))
    assert (job.state, job.error_code) == (State.FAILED, "disk_full")
    assert not Video.objects.exists()
    assert [p for p in (tmp_path / "media").rglob("*") if p.is_file()] == []


def test_a_label_that_cannot_be_signed_stops_the_job(creator, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.LABEL_CERTIFICATE, settings.LABEL_KEY = str(tmp_path / "no.pem"), str(tmp_path / "no.key")
    job = made(request(creator, recipe={"voice": "none"}))
    assert (job.state, job.error_code) == (State.FAILED, "label_failed")
    assert not Video.objects.exists()


def test_a_video_that_fails_its_check_is_held_until_the_creator_says_so(
    creator, monkeypatch, settings, tmp_path
):
    from generation.stages import check as judging

    settings.VAR_DIR = tmp_path
    judge = judging.judge

    def strict(path, board, **kwargs):
        return judge(path, Storyboard.from_json({**board.to_json(), "target_seconds": 30.0}), **kwargs)

    monkeypatch.setattr(judging, "judge", strict)
    video = Video.objects.get(job=made(request(creator, recipe={"voice": "none"})))
    assert video.state == Video.State.HELD
    with pytest.raises(VideoStateConflict, match="publish it anyway"):
        video_publish(video=video)
    assert video_publish(video=video, override=True).state == Video.State.PUBLISHED


def test_a_worker_that_keeps_dying_ends_in_a_sentence(creator, settings):
    job = request(creator)
    GenerationJob.objects.filter(pk=job.pk).update(attempts=django_settings.JOB_ATTEMPTS)
    job = made(job)
    assert job.state == State.FAILED
    assert "died" in job.error
