"""Uploads, the label check, the account, the overview, and pages of errors."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from aigc_platform import pages
from core.throttles import ScopeThrottle
from generation.jobs.cleanup import sweep
from generation.jobs.label_reading import readings_take
from generation.media.provenance import aigc_field
from generation.models import LabelReading, Upload, Video
from generation.services import awaited
from generation.web.views.reports import label_lines
from tests import factories
from tests.generation.media.ingest.bad_files import picture
from tests.generation.web.pages.boards import HTMX

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def told(client: Client, var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Hands a file in, has a worker read it, and shows what the page then says."""
    monkeypatch.setattr("generation.tasks.reading_run.delay_on_commit", lambda pk: None)

    def told(file: Any) -> Any:
        sent = client.post(reverse("verify"), {"file": file})
        assert sent.status_code == 302
        readings_take()
        return client.get(sent["Location"])

    return told


@pytest.mark.django_db(transaction=True)
def test_a_picture_of_another_maker_is_told_by_verify(told: Any) -> None:
    field = aigc_field(producer="elsewhere", produce_id="v-9")
    xmp = f'<x xmlns:T="t" xmlns:I="i" I:DigitalSourceType="https://example.org/trainedAlgorithmicMedia"><T:AIGC>{field}</T:AIGC></x>'
    file = SimpleUploadedFile("a.webp", picture("WEBP", xmp=xmp.encode()))
    page = told(file).content.decode()
    assert "Producer: elsewhere, number: v-9." in page
    assert "Source type (IPTC)" in page and "Content: made by AI." in page


def test_what_a_video_was_made_with_is_told_beside_its_manifest() -> None:
    made_by = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    part = {"title": "image-1", "digital_source_type": made_by, "labels": {}}
    [_, line] = label_lines({"c2pa": {"present": True, "valid": True, "ingredient_labels": [part]}})
    assert "Made with: image-1 (made by AI)." in line["text"]


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Hand the file in again."), ("zh-hans", "请重新提交文件。")]
)
def test_a_reading_that_was_swept_ends_the_waiting_with_a_sentence(
    client: Client, var_dir: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    monkeypatch.setattr("generation.tasks.reading_run.delay_on_commit", lambda pk: None)
    asks = HTMX | {"Accept-Language": language}
    place = client.post(reverse("verify"), {"file": SimpleUploadedFile("a.txt", b"plain words")})["Location"]
    assert client.get(place, headers=asks).status_code == 200
    LabelReading.objects.update(created=timezone.now() - timedelta(hours=1, minutes=1))
    sweep()
    part = client.get(place, headers=asks)
    assert part.status_code == 286, "htmx asks no more"
    assert sentence in part.content.decode() and "hx-get" not in part.content.decode()
    assert client.get(place).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_no_media_is_told_so_by_verify(told: Any) -> None:
    file = io.BytesIO(b"plain words")
    file.name = "a.txt"
    response = told(file)
    assert response.status_code in (200, 422) and b"Traceback" not in response.content


def test_verify_takes_a_few_files_at_once_and_at_a_rate(
    client: Client, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(awaited, "READINGS_WAITING", 1)
    monkeypatch.setattr(ScopeThrottle, "THROTTLE_RATES", {"verify": "3/hour"})

    def sent() -> Any:
        return client.post(reverse("verify"), {"file": SimpleUploadedFile("a.txt", b"plain words")})

    assert sent().status_code == 302
    busy = sent()
    assert (busy.status_code, busy["Retry-After"]) == (
        503,
        "10",
    ) and b"Others are being served" in busy.content
    assert len(list((var_dir / "readings").iterdir())) == 1  # of the refused one nothing is kept
    LabelReading.objects.all().delete()
    assert sent().status_code == 302
    often = sent()
    assert often.status_code == 429 and int(often["Retry-After"]) > 0
    cache.clear()


def test_a_file_that_waits_is_told_in_both_languages_and_only_to_its_owner(
    client: Client, client_of: Any, creator: User, other_creator: User, var_dir: Path
) -> None:
    own = client_of(creator)
    file = SimpleUploadedFile("a.txt", b"plain words")
    place = own.post(reverse("verify"), {"file": file})["Location"]
    page = own.get(place)
    assert (page.status_code, page["Retry-After"]) == (
        202,
        "1",
    ) and "Waiting for its turn" in page.content.decode()
    assert f'hx-get="{place}"' in page.content.decode()
    part = own.get(place, headers={**HTMX, "accept-language": "zh-hans"})
    assert (
        part.status_code == 200
        and "排队等候中" in part.content.decode()
        and "<html" not in part.content.decode()
    )
    for stranger in (client, client_of(other_creator)):
        assert stranger.get(place).status_code == 404
    LabelReading.objects.update(state="failed", error_code="worker_died", error="It died.", file="")
    failed = own.get(place, headers={"accept-language": "zh-hans"})
    assert (
        failed.status_code == 422
        and "处理进程多次中断" in failed.content.decode()
        and "hx-get=" not in failed.content.decode()
    )
    assert client.get(reverse("verify-reading", args=["0" * 32])).status_code == 404


def test_the_shown_name_is_saved_tidied(client_of: Any, creator: User) -> None:
    client = client_of(creator)
    client.post(reverse("account"), {"first_name": " 林\u202e美 ", "email": "mei@example.org"})
    creator.refresh_from_db()
    assert (creator.first_name, creator.email) == ("林美", "cora@example.org")


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
