"""A job's page and its stream."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from generation.web.views import jobs as job_views
from generation.web.views.jobs import STREAMS_MAX, SnapshotStream
from tests import factories

pytestmark = pytest.mark.django_db


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
