"""What one creator may take: rates that hold at pages as at the API, room and videos a day, turns in the queue."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from generation.models import GenerationJob, Upload
from tests import factories

pytestmark = pytest.mark.django_db
BRIEF = {
    "topic": "露营要带什么", "language": "zh", "aspect": "9:16", "seconds": "15", "speed": "1.0", "music_level": "1.0"
}  # fmt: skip


@pytest.fixture
def client(client_of: Any, creator: User, media_root: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("generation.tasks.job_run.delay_on_commit", lambda *_: None)
    monkeypatch.setattr("generation.tasks.upload_run.delay_on_commit", lambda *_: None)
    cache.clear()
    yield client_of(creator)
    cache.clear()


@pytest.fixture
def rates(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    from core.throttles import ScopeThrottle

    changed = {**ScopeThrottle.THROTTLE_RATES}
    monkeypatch.setattr(ScopeThrottle, "THROTTLE_RATES", changed)
    return changed


def clip(size: int = 10) -> io.BytesIO:
    file = io.BytesIO(b"x" * size)
    file.name = "clip.mp4"
    return file


def sent_to_page(client: Any, size: int = 10) -> int:
    headers = {"HX-Request": "true"}
    return int(client.post("/upload/", {"kind": "clip", "file": clip(size)}, headers=headers).status_code)


def sent_to_api(client: Any, size: int = 10) -> Any:
    return client.post("/api/v1/uploads/", {"kind": "clip", "file": clip(size)})


def asked_of_api(client: Any) -> Any:
    body = {"topic": BRIEF["topic"], "language": "zh"}
    return client.post("/api/v1/jobs/", body, content_type="application/json")


def test_files_sent_to_the_page_and_to_the_api_are_one_rate(client: Any, rates: dict[str, str]) -> None:
    rates["uploads"] = "3/hour"
    assert [sent_to_page(client), sent_to_api(client).status_code, sent_to_page(client)] == [201, 201, 201]
    assert sent_to_page(client) == 422 and sent_to_api(client).status_code == 429
    assert Upload.objects.count() == 3


def test_briefs_of_the_page_and_of_the_api_are_one_rate(
    client: Any, rates: dict[str, str], settings: Any
) -> None:
    rates["jobs"], settings.JOB_RUNNING_LIMIT = "2/hour", 9
    assert client.post("/create/", BRIEF).status_code == 302
    assert asked_of_api(client).status_code == 201
    refused = client.post("/create/", BRIEF)
    assert refused.status_code == 422 and "Try again in" in refused.content.decode()
    assert asked_of_api(client).json()["code"] == "throttled"
    assert GenerationJob.objects.count() == 2


def test_a_creator_keeps_no_more_than_their_room_and_is_told(
    client: Any, creator: User, settings: Any
) -> None:
    settings.CREATOR_BYTES = 3_000
    factories.video(creator, content=b"x" * 1_000)
    assert sent_to_api(client, 1_500).status_code == 201
    answer = sent_to_api(client, 1_500)
    assert (answer.status_code, answer.json()["code"]) == (413, "storage_full")
    assert sent_to_page(client, 1_500) == 422
    assert not [place for place in settings.MEDIA_ROOT.rglob("*.mp4") if place.stat().st_size == 1_500][1:]
    assert "2 kB of 3 kB kept" in client.get("/library/").content.decode().replace("\xa0", " ")
    Upload.objects.update(bytes=2_500)
    assert asked_of_api(client).json()["code"] == "storage_full"


def test_a_creator_has_a_bounded_number_of_videos_made_in_a_day(client: Any, settings: Any) -> None:
    settings.CREATOR_RENDERS = 2
    job = asked_of_api(client).json()["id"]
    GenerationJob.objects.update(state="failed", error_code="disk_full")
    assert client.post(f"/api/v1/jobs/{job}/retry/").status_code == 200  # made again is made
    GenerationJob.objects.update(state="failed", error_code="disk_full")
    answer = asked_of_api(client)
    assert (answer.status_code, answer.json()["code"]) == (429, "renders_spent")
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    assert client.post("/create/", BRIEF).status_code == 422
    assert client.post(f"/jobs/{job}/retry", follow=True).status_code == 200
    assert GenerationJob.objects.get().state == "failed"
    assert "2 of 2 videos made" in client.get("/library/").content.decode()


def test_downloads_of_ones_data_and_new_drawings_have_a_rate(client: Any, rates: dict[str, str]) -> None:
    from django.core.cache import caches

    rates["data"], rates["pictures"] = "2/hour", "1/min"
    caches["drawings"].clear()
    assert [client.get("/api/v1/me/data/").status_code for _ in range(3)] == [200, 200, 429]
    drawn = [client.get(f"/pictures/noto/{name}.png").status_code for name in ("tent", "tent", "sun", "tent")]
    assert drawn == [200, 200, 429, 200]  # what was drawn is only handed out
