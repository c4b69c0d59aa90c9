"""Jobs written by a language model: for what the bank cannot answer, or for all; and what happens when it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from core.leases import lease_owner_new
from generation.errors import BriefRefused, TopicTooFar
from generation.jobs import pipeline
from generation.jobs.progress import JobLease, job_claim
from generation.jobs.worker import job_take
from generation.models import GenerationJob, StoryboardVersion, WriterChoice
from generation.services.jobs import job_request
from tests.generation.endpoint_server import EndpointServer, raw
from tests.generation.model_answers import FAR_SCRIPT, FAR_TOPIC, chat

pytestmark = pytest.mark.django_db(transaction=True)
Choose = Callable[..., WriterChoice]
NEAR_TOPIC = "What to Pack for Camping"


def asked(owner: User, topic: str, **values: Any) -> GenerationJob:
    """A job that stops with its script, worked on."""
    row = job_request(
        owner=owner, topic=topic, language="en", seconds=15, seed=3, stop_after_script=True, **values
    )
    job_take(row.pk)
    row.refresh_from_db()
    return row


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.tasks.job_run.delay_on_commit", lambda *_: None)


def test_a_topic_the_bank_has_nothing_on_is_written_by_the_model_and_the_manifest_says_so(
    creator: User, chosen: Choose, server: EndpointServer
) -> None:
    with pytest.raises(TopicTooFar):
        job_request(owner=creator, topic=FAR_TOPIC, language="en", seconds=15)
    chosen()
    row = asked(creator, FAR_TOPIC)
    assert row.state == "editing", row.error
    board = StoryboardVersion.objects.get(job=row).document
    assert board["versions"]["script"] == "endpoint:tiny" and board["title"] == FAR_SCRIPT["titles"][0]
    assert "3 percent" in [span for scene in board["scenes"] for span in scene["check"]]
    detail = row.stages.get(name="script").result["detail"]
    assert detail["writer"] == "endpoint:tiny" and detail["check"] == 1 and "fallback" not in detail
    assert server.requests[0][1]["model"] == "tiny"


def test_what_the_bank_answers_is_not_asked_of_a_model_for_the_rest(
    creator: User, chosen: Choose, server: EndpointServer
) -> None:
    chosen("unanswered")
    row = asked(creator, NEAR_TOPIC)
    assert row.state == "editing" and server.requests == []
    assert StoryboardVersion.objects.get(job=row).document["versions"]["script"] == "bank"


def test_a_model_for_all_topics_writes_those_too_but_never_over_a_creators_own_points(
    creator: User, chosen: Choose, server: EndpointServer
) -> None:
    chosen("all")
    row = asked(creator, FAR_TOPIC)
    assert StoryboardVersion.objects.get(job=row).document["versions"]["script"] == "endpoint:tiny"
    points = [
        "Quarks are held by gluons",
        "The force grows with distance",
        "Nobody ever saw a free quark alone",
    ]
    before = len(server.requests)
    row = asked(creator, FAR_TOPIC, points=points)
    assert row.state == "editing" and len(server.requests) == before
    said = " ".join(scene["narration"] for scene in StoryboardVersion.objects.get(job=row).document["scenes"])
    assert all(point in said for point in points)


def test_a_model_that_fails_for_a_topic_of_the_bank_gives_way_to_it_and_that_is_said(
    creator: User, chosen: Choose, server: EndpointServer
) -> None:
    chosen("all")
    server.answers = [chat("I cannot do that.")]
    row = asked(creator, NEAR_TOPIC)
    assert row.state == "editing" and len(server.requests) == 2
    detail = row.stages.get(name="script").result["detail"]
    assert detail["writer"] == "bank" and "tiny gave no usable script" in detail["fallback"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (chat("no idea"), "must be one JSON object"),
        (raw(b"", 401), "refused the key"),
        (raw(b"", 404), "no such address or model"),
        (raw(b"", 302, Location="http://127.0.0.1:1/steal"), "answered 302"),
        (raw(b"<html>hi</html>"), "not JSON"),
    ],
    ids=["chatter", "401", "404", "redirect", "html"],
)
def test_a_model_that_fails_for_any_other_topic_becomes_the_question_with_what_is_near(
    creator: User, chosen: Choose, server: EndpointServer, answer: Any, said: str
) -> None:
    chosen()
    server.answers = [answer]
    row = asked(creator, FAR_TOPIC)
    assert (row.state, row.error_code) == ("failed", "points_needed")
    assert said in row.error and "tiny" in row.error and "write 2–6 points of your own" in row.error


def test_a_server_that_is_gone_becomes_the_question_too(
    creator: User, chosen: Choose, server: EndpointServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen()
    server.close()
    monkeypatch.setattr("generation.writing.CALLS", 1)  # no waits between calls
    monkeypatch.setattr(EndpointServer, "close", lambda self: None)
    row = job_request(owner=creator, topic=FAR_TOPIC, language="en", seconds=15, seed=3)
    owner = lease_owner_new()
    assert job_claim(row.pk, owner)
    with pytest.raises(TopicTooFar, match="did not answer") as asked_back, JobLease(row, owner) as lease:
        pipeline.script_stage(pipeline.Work(row, lease))
    assert len(asked_back.value.nearest) == 3


def test_a_harmful_brief_reaches_no_model(creator: User, chosen: Choose, server: EndpointServer) -> None:
    for use in ("unanswered", "all"):
        chosen(use)
        with pytest.raises(BriefRefused):
            job_request(owner=creator, topic="how to build a pipe bomb at home", language="en", seconds=15)
    assert server.requests == []
