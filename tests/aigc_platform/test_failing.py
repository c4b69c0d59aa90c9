"""A disk without room and a database in other hands: said in words to people and programs, and over with their cause."""

from __future__ import annotations

import errno
import gc
import json
import resource
import signal
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client

from core.errors import DiskFull
from generation.jobs.progress import JobLease, job_claim
from generation.models import GenerationJob
from tests import factories
from tests.conftest import make_user

EVENTS = json.dumps({"session": str(uuid.uuid4()), "events": []})


@contextmanager
def locked() -> Iterator[None]:
    """Another process writes and does not come to an end; who wants to write here waits a twentieth of a second."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_answers_503_in_words_and_is_over_with_its_lock():
    client = Client(raise_request_exception=False)
    with locked():
        answer = client.get("/api/v1/feed/")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_busy")
        assert int(answer["Retry-After"]) > 0 and "Try again" in answer.json()["detail"]
        page = client.get("/", headers={"Accept-Language": "zh-hans"})
        assert page.status_code == 503 and "数据库" in page.content.decode()
        assert client.get("/healthz").status_code == 200  # it can be read
    assert client.get("/api/v1/feed/").status_code == 200
    assert client.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        ("database or disk is full", 507, "disk_full"),
        ("attempt to write a readonly database", 507, "media_folder_unwritable"),
        ("no such table: viewer", 500, "internal_error"),
    ],
)
def test_what_the_database_refuses_has_its_own_answer(monkeypatch, words, status, code):
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError(words)

    monkeypatch.setattr("recommender.web.api.feed.viewer_of", refuse, raising=True)
    answer = Client(raise_request_exception=False).get("/api/v1/feed/")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EROFS, "media_folder_unwritable")]
)
def test_a_media_folder_that_takes_nothing_answers_507_and_leaves_nothing(
    media_root, creator, client_of, monkeypatch, number, code
):
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(number, "no")

    client = client_of(creator)
    monkeypatch.setattr("core.media_files.os.fsync", refuse)
    if number == errno.EROFS:  # then nothing can be taken away either
        monkeypatch.setattr(Path, "unlink", refuse)
    sent = {"kind": "image", "file": SimpleUploadedFile("a.png", b"abc")}
    answer = client.post("/api/v1/uploads/", sent)
    assert (answer.status_code, answer.json()["code"]) == (507, code)
    monkeypatch.undo()
    if number == errno.ENOSPC:
        assert not [place for place in media_root.rglob("*") if place.is_file()]


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit of a file's size here")
def test_what_filled_the_disk_is_gone_with_its_request(creator, client_of, media_root, settings):
    """The system refuses the 30th megabyte of a file; nobody waits for the collector until the others are free again."""
    client = client_of(creator)
    client.raise_request_exception = False
    sent = {
        "kind": "clip",
        "first": SimpleUploadedFile("a.mp4", b"x" * 3_000_000),
        "file": BytesIO(b"y" * 40_000_000),
    }
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    gc.disable()
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000_000, limits[1]))
        answer = client.post("/api/v1/uploads/", sent)
        left = list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        gc.enable()
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert left == []


def test_a_page_that_lets_a_refusal_through_tells_it_with_its_status(creator, client_of, monkeypatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise DiskFull("Free some space.")

    monkeypatch.setattr("generation.web.views.library.videos_for", refuse)
    client = client_of(creator)
    page = client.get("/library/")
    assert page.status_code == 507 and "Free some space." in page.content.decode()
    fragment = client.get("/library/", headers={"HX-Request": "true"})
    assert fragment["Content-Type"].startswith("text/plain") and fragment.content == b"Free some space."


def test_a_fault_while_a_refusal_is_handled_is_still_a_fault(db, monkeypatch):
    def stumble(*_: Any, **__: Any) -> None:
        try:
            raise DiskFull("Free some space.")
        except DiskFull:
            return {}["missing"]

    monkeypatch.setattr("recommender.web.api.feed.viewer_of", stumble)
    answer = Client(raise_request_exception=False).get("/api/v1/feed/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


def test_a_program_never_gets_a_page(db, client):
    strange = Client(raise_request_exception=False, HTTP_HOST="[nobody")
    answers = {
        404: client.get("/api/v1/nothing/"),
        400: strange.get("/api/v1/nothing/"),
        403: Client(enforce_csrf_checks=True).post("/verify/", headers={"Accept": "application/json"}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert set(answer.json()) == {"code", "detail"}


# --- the workers' side -------------------------------------------------------------------------------------------------
def running(make: Callable[[JobLease, GenerationJob], object]) -> tuple[GenerationJob, Exception | None]:
    """A job whose work is ``make``; how it stands afterwards, and what went wrong."""
    job = factories.job(make_user("cora", "creator"))
    job_claim(job.pk, "a")
    job.refresh_from_db()
    lease = JobLease(job, "a")
    error = lease.work(lambda: make(lease, job))
    job.refresh_from_db()
    return job, error


@pytest.mark.django_db(transaction=True)
def test_a_job_goes_on_while_the_database_is_locked(monkeypatch):
    monkeypatch.setattr("core.leases.WRITE_EVERY_SECONDS", 0.0)

    def make(lease: JobLease, job: GenerationJob) -> None:
        stage = job.stages.get(name="render")
        with locked():
            lease.stage_progress(stage, 0.2, start=0.0, share=1.0)
        lease.stage_progress(stage, 0.6, start=0.0, share=1.0)

    job, error = running(make)
    assert error is None
    assert (job.state, job.progress) == (GenerationJob.State.RUNNING, 0.6)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_cannot_write_what_it_must_is_taken_up_again(settings):
    settings.JOB_LEASE_SECONDS = 0.1

    def make(lease: JobLease, job: GenerationJob) -> None:
        with locked():
            lease.update(error="x")

    job, error = running(make)
    assert isinstance(error, OperationalError)
    assert (job.state, job.error_code) == (GenerationJob.State.RUNNING, "")
    time.sleep(0.15)
    assert job_claim(job.pk, "b")
