"""Labels of a file and a spoken line through the API: 202 with an address, then what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.throttles import ScopeThrottle
from generation.jobs.label_reading import readings_take
from generation.jobs.narration_preview import previews_take
from generation.models import GenerationJob, NarrationPreview
from generation.storyboard import Voice
from tests import factories
from tests.generation import boards
from tests.generation.media.ingest.bad_files import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def unsent(monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> None:
    for task in ("reading_run", "preview_run"):
        monkeypatch.setattr(f"generation.tasks.{task}.delay_on_commit", lambda pk: None)


@pytest.fixture
def scripted(creator: User) -> GenerationJob:
    row = factories.job(creator, state="done")
    boards.stored(row, 1, voice=Voice("zf_xiaoxiao"))
    return row


def handed_in(client: Client, content: bytes) -> Any:
    return client.post("/api/v1/readings/", {"file": SimpleUploadedFile("a.webp", content)})


def test_a_programs_file_is_read_by_a_worker(client: Client) -> None:
    sent = handed_in(client, picture("WEBP"))
    answer = sent.json()
    assert sent.status_code == 202 and sent["Location"] == f"/api/v1/readings/{answer['id']}/"
    assert (answer["state"], answer["labels"], answer["error"]) == ("queued", {}, None)
    readings_take()
    done = client.get(sent["Location"]).json()
    assert done["state"] == "done" and done["labels"]["c2pa"]["present"] is False


def test_a_file_that_is_no_media_ends_with_code_and_sentence(client: Client) -> None:
    place = handed_in(client, b"plain words")["Location"]
    readings_take()
    failed = client.get(place).json()
    assert failed["state"] == "failed" and failed["error"]["code"] and failed["error"]["detail"]


def test_page_and_programs_share_the_rate_of_readings(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(ScopeThrottle, "THROTTLE_RATES", {"verify": "2/hour"})
    client.post("/verify/", {"file": SimpleUploadedFile("a.txt", b"x")})
    assert handed_in(client, b"x").status_code == 202
    often = handed_in(client, b"x")
    assert (often.status_code, often.json()["code"]) == (429, "throttled") and int(often["Retry-After"]) > 0
    cache.clear()


def test_a_line_is_spoken_as_it_might_be(
    client_of: Any, creator: User, other_creator: User, scripted: GenerationJob
) -> None:
    client = client_of(creator)
    sent = client.post(
        f"/api/v1/jobs/{scripted.pk}/narrations/",
        {"scene": "s1", "narration": "你好。", "voice": "zf_xiaoyi", "speed": 1.1},
        content_type="application/json",
    )
    answer = sent.json()
    assert sent.status_code == 202, answer
    assert (answer["state"], answer["text"], answer["voice"], answer["sound_url"]) == (
        "queued",
        "你好。",
        "zf_xiaoyi",
        None,
    )
    previews_take()
    done = client.get(sent["Location"]).json()
    assert done["state"] == "done" and done["speed"] == 1.1
    assert b"".join(client.get(done["sound_url"]).streaming_content)[:4] == b"RIFF"
    assert client_of(other_creator).get(sent["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"scene": "nowhere"}, 400, "scene_unknown"),
        ({"narration": "words"}, 400, "invalid"),
        ({"voice": "none"}, 400, "voice_silent"),
        ({"voice": "robot"}, 400, "voice_unusable"),
        ({"speed": 9}, 400, "invalid"),
    ],
)
def test_what_cannot_be_spoken_is_refused_with_its_code(
    client_of: Any, creator: User, scripted: GenerationJob, asked: dict[str, Any], status: int, code: str
) -> None:
    body = asked if "narration" in asked else {"scene": "s1", **asked}
    answer = client_of(creator).post(
        f"/api/v1/jobs/{scripted.pk}/narrations/", body, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert not NarrationPreview.objects.exists()
