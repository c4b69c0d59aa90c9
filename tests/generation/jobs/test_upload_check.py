from __future__ import annotations

import threading
import time
import wave
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from core import media_files
from generation.errors import AssetMissing, SandboxLimit
from generation.jobs import intake, upload_check
from generation.jobs.upload_check import upload_claim, upload_take
from generation.models import Upload
from generation.services.jobs import job_request
from generation.services.uploads import upload_delete
from tests.generation.documents.texts import TEA
from tests.generation.media.ingest.bad_files import BAD, Kit, picture
from tests.generation.media.ingest.documents import pdf
from tests.generation.media.ingest.good_clips import write_clip
from tests.generation.media.ingest.processes import children, waited

# the heartbeat looks at the row through its own connection, so rows must really be committed
pytestmark = pytest.mark.django_db(transaction=True)

CLIPS = Path(__file__).resolve().parents[4] / "shared" / "data" / "clips"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    return Kit(tmp_path_factory.mktemp("kit"))


@pytest.fixture(scope="module")
def mute(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_clip(tmp_path_factory.mktemp("mute") / "a.mp4", tone_hz=None).read_bytes()


def sent(owner: User, content: bytes, *, kind: str = "clip", name: str = "a.mp4", **values: Any) -> Upload:
    path = media_files.new_path("incoming", owner.pk, ".bin")
    place = media_files.absolute(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return Upload.objects.create(
        owner=owner, kind=kind, original_name=name, original=path, bytes=len(content), **values
    )


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_clip_becomes_ready_with_its_files_and_nothing_else(
    creator: User, media_root: Path, kit: Kit
) -> None:
    upload = sent(creator, kit.mp4)
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error) == ("ready", "")
    assert (upload.progress, upload.seconds, upload.width, upload.height) == (1.0, 3.2, 160, 120)
    assert upload.bytes == media_files.absolute(upload.file).stat().st_size
    assert len(upload.sha256) == 64 and upload.original == ""
    assert upload.features["speech_share"] == 0 and upload.features["cuts_per_minute"] == 0
    assert files(media_root) == sorted([upload.file, upload.poster])
    assert not list(media_root.glob("incoming/*/work-*"))


@pytest.mark.parametrize("name", ["truncated mp4", "HLS playlist", "no picture decodes", "animated WebP"])
def test_rejected_upload_says_why_and_leaves_nothing(
    name: str, creator: User, media_root: Path, kit: Kit
) -> None:
    bad = BAD[name]
    upload = sent(creator, bad.make(kit), kind=bad.kind, name=bad.name)
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error_code) == ("rejected", bad.code)
    assert upload.error.endswith(".")
    assert files(media_root) == [] and not list(media_root.glob("incoming/*/work-*"))
    assert (upload.original, upload.file, upload.poster) == ("", "", "")


def test_numbers_of_the_sentence_are_kept_for_translation(
    creator: User, media_root: Path, kit: Kit, client_of: Any
) -> None:
    upload = sent(creator, BAD["too short"].make(kit))
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert upload.error_values == {"seconds": "1.00", "limit": "3"}
    page = client_of(creator).get("/upload/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "文件长 1.00 秒，至少要 3 秒。请换一个更长的。" in page


def test_picture_becomes_ready(creator: User, media_root: Path) -> None:
    upload = sent(creator, picture("WEBP", (300, 200)), kind="image", name="a.webp")
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error) == ("ready", "")
    assert (upload.width, upload.height) == (300, 200)
    assert files(media_root) == sorted([upload.file, upload.poster])


def test_a_document_becomes_the_text_of_a_job_and_stays_with_it(
    creator: User, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.tasks.job_run.delay_on_commit", lambda pk: None)
    upload = sent(creator, TEA.encode("gb18030"), kind="document", name="茶.txt")
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error, files(media_root)) == ("ready", "", [upload.file])
    assert (upload.features["language"], upload.features["title"]) == ("zh", "茶的历史")
    job = job_request(owner=creator, source_upload=upload.pk, language="zh", seconds=20)
    upload_delete(upload=upload)
    job.refresh_from_db()
    assert (job.topic, job.text_name, job.text) == ("茶的历史", "茶.txt", TEA.strip())


def test_a_scan_is_refused_and_leaves_nothing(creator: User, media_root: Path) -> None:
    upload = sent(creator, pdf([[], []]), kind="document", name="a.pdf")
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error_code, files(media_root)) == ("rejected", "document_scanned", [])


@pytest.mark.slow  # Kokoro speaks, Whisper listens
def test_voice_over_becomes_words_with_times_and_captions(
    creator: User, media_root: Path, tmp_path: Path
) -> None:
    from generation.media.speech import synthesize

    spoken = synthesize("Pack a tent, a torch and warm clothes.", language="en", voice="af_heart")
    place = tmp_path / "a.wav"
    with wave.open(str(place), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(24000)
        out.writeframes((np.clip(spoken.samples, -1, 1) * 32767).astype("<i2").tobytes())
    upload = sent(creator, place.read_bytes(), kind="audio", name="a.wav")
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error) == ("ready", "")
    assert upload.transcript["language"] == "en"
    heard = upload.transcript["text"].lower()
    assert "tent" in heard and "clothes" in heard
    assert upload.features["speech_share"] > 0.6
    for word in upload.transcript["words"]:
        assert 0 <= word["start"] <= word["end"] <= upload.seconds
    captions = media_files.absolute(upload.captions).read_text()
    assert captions.startswith("WEBVTT\n") and "tent" in captions


def test_two_workers_do_not_take_one_upload(creator: User, media_root: Path) -> None:
    upload = sent(creator, b"x")
    assert upload_claim(upload.pk, "first")
    assert not upload_claim(upload.pk, "second")
    Upload.objects.filter(pk=upload.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert upload_claim(upload.pk, "third")
    assert Upload.objects.get(pk=upload.pk).attempts == 2


def test_upload_of_a_dead_worker_is_taken_up_and_its_leftovers_removed(
    creator: User, media_root: Path, mute: bytes
) -> None:
    upload = sent(
        creator, mute, state="running", lease_owner="dead", lease_until=timezone.now() - timedelta(seconds=1)
    )
    Upload.objects.filter(pk=upload.pk).update(attempts=1)
    left = media_root / f"incoming/{creator.pk}/work-{upload.pk}-1"
    left.mkdir(parents=True)
    (left / "file.mp4").write_bytes(b"half")
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "ready"
    assert files(media_root) == sorted([upload.file, upload.poster])


def test_upload_that_kills_its_workers_is_given_up(
    creator: User, media_root: Path, settings: Any, kit: Kit
) -> None:
    upload = sent(creator, kit.mp4, attempts=settings.JOB_ATTEMPTS)
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error_code) == ("rejected", "upload_worker_died")
    assert files(media_root) == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"UPLOAD_MEMORY_BYTES": 260_000_000}, "upload_too_much_memory|upload_breaks_decoder"),
        ({"UPLOAD_CPU_SECONDS": 0}, "upload_too_slow"),
        ({"UPLOAD_MAX_SECONDS": 3.0}, "upload_too_long"),
    ],
)
def test_limits_of_the_settings_hold(
    limits: dict[str, Any], code: str, creator: User, media_root: Path, settings: Any, kit: Kit
) -> None:
    for name, value in limits.items():
        setattr(settings, name, value)
    upload = sent(creator, kit.mp4)
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "rejected" and upload.error_code in code.split("|")
    assert files(media_root) == []


def test_missing_whisper_is_told_and_does_not_reject_the_clip(
    creator: User, media_root: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = upload_check.run_sandboxed

    def without_whisper(function: str, *args: Any, **limits: Any) -> Any:
        if function.endswith(".hear"):
            raise AssetMissing("whisper is missing from assets/. Run ./run, which fetches it.")
        return real(function, *args, **limits)

    monkeypatch.setattr(upload_check, "run_sandboxed", without_whisper)
    upload = sent(creator, kit.mp4)
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "ready"
    assert upload.transcript["problem"]["code"] == "asset_missing"


@pytest.mark.parametrize(("limit", "code"), intake.LIMIT_CODES.items())
def test_each_limit_has_its_sentence(
    limit: str, code: str, creator: User, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*args: Any, **limits: Any) -> Any:
        raise SandboxLimit("ended", limit=limit)

    monkeypatch.setattr(intake, "run_sandboxed", ended)
    upload = sent(creator, b"anything")
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error_code) == ("rejected", code)
    assert files(media_root) == []


def test_deleting_the_upload_stops_its_check_at_once(creator: User, media_root: Path, tmp_path: Path) -> None:
    content = write_clip(tmp_path / "a.mp4", seconds=80, fps=25, tone_hz=None).read_bytes()
    upload = sent(creator, content)

    def work() -> None:
        try:
            upload_take(upload.pk)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert waited(lambda: Upload.objects.filter(pk=upload.pk, progress__gt=0).exists())
    Upload.objects.filter(pk=upload.pk).delete()
    started = time.monotonic()
    worker.join(timeout=10)
    assert not worker.is_alive() and time.monotonic() - started < 3
    media_files.remove(upload.original)  # as services.upload_delete does
    assert files(media_root) == [] and not list(media_root.glob("incoming/*/work-*"))
    assert children() == []


@pytest.mark.slow
@pytest.mark.skipif(not CLIPS.is_dir(), reason="the shared clips are not on this machine")
def test_real_clip_is_normalized_in_less_than_its_length(creator: User, media_root: Path) -> None:
    upload = sent(creator, (CLIPS / "big-buck-bunny-480p-30s.mp4").read_bytes())
    started = time.monotonic()
    upload_take(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "ready" and upload.seconds == pytest.approx(30, abs=0.1)
    assert time.monotonic() - started < 60
