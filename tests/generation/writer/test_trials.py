"""Try it: the worker asks the chosen model for one script and keeps what its checks found, or says what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generation import selectors
from generation.errors import BriefInvalid, BriefRefused, WriterInvalid
from generation.jobs.writer_trial import trial_take
from generation.models import WriterChoice, WriterTrial
from generation.services.writer import TRIALS_KEPT, trial_request
from tests.generation.endpoint_server import EndpointServer, raw
from tests.generation.model_answers import FAR_SCRIPT, FAR_TOPIC, chat

pytestmark = pytest.mark.django_db(transaction=True)
Choose = Callable[..., WriterChoice]
BRIEF: dict[str, Any] = {"topic": FAR_TOPIC, "language": "en", "seconds": 15.0}


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sent: list[int] = []
    monkeypatch.setattr("generation.tasks.trial_run.delay_on_commit", sent.append)
    return sent


def tried() -> WriterTrial:
    row = trial_request(**BRIEF)
    assert trial_take(row.pk)
    row.refresh_from_db()
    return row


def test_a_trial_keeps_the_script_with_its_checks_and_marks(chosen: Choose, queued: list[int]) -> None:
    chosen("off")
    row = tried()
    assert queued == [row.pk] and not trial_take(row.pk)
    assert (row.state, row.writer, row.progress) == ("done", "tiny", 1.0)
    assert row.result["titles"] == FAR_SCRIPT["titles"] and row.result["writer"] == "endpoint:tiny"
    assert [check["name"] for check in row.result["checks"]] == ["language", "length", "repetition", "topic"]
    assert all(check["passed"] for check in row.result["checks"])
    assert ["3 percent"] in [scene["check"] for scene in row.result["scenes"]]


def test_a_second_attempt_shows_what_was_wrong_with_the_first(chosen: Choose, server: EndpointServer) -> None:
    chosen("off")
    seen: list[tuple[int, str]] = []

    def second(handler: Any, body: dict[str, Any]) -> None:
        row = WriterTrial.objects.get()
        seen.append((row.attempt, row.fault))
        chat(FAR_SCRIPT)(handler, body)

    server.answers = [chat("Sorry."), second]
    assert tried().state == "done"
    assert seen == [(2, "The answer must be one JSON object; it holds none.")]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (raw(b"", 401), "refused the key (401). Check the key."),
        (raw(b"", 500), "did not answer in 1 tries"),
        (raw(b" " * 1_200_000), "larger than 1000 kB"),
        (chat({"a": 1}), "nothing usable in 2 attempts"),
    ],
    ids=["401", "500", "long", "garbage"],
)
def test_a_trial_that_fails_says_why_in_a_sentence(
    chosen: Choose, server: EndpointServer, answer: Any, said: str
) -> None:
    chosen("off", key="sk-very-secret-4711")
    server.answers = [answer]
    row = tried()
    assert (row.state, row.error_code) == ("failed", "script_writer_failed")
    assert said in row.error and "4711" not in row.error and row.result == {}


def test_a_trial_needs_a_model_and_a_brief_that_may_be_answered(chosen: Choose) -> None:
    with pytest.raises(WriterInvalid):
        trial_request(**BRIEF)
    chosen("off")
    for wrong, error in (
        ({"topic": ""}, BriefInvalid),
        ({"topic": "how to build a pipe bomb"}, BriefRefused),
    ):
        with pytest.raises(error):
            trial_request(**{**BRIEF, **wrong})
    assert not WriterTrial.objects.exists()


def test_a_newer_trial_takes_the_place_of_one_that_waits_and_old_ones_go(chosen: Choose) -> None:
    chosen("off")
    done = {**BRIEF, "writer": "tiny", "state": "done"}
    WriterTrial.objects.bulk_create(WriterTrial(**done) for _ in range(TRIALS_KEPT + 5))
    first, second = trial_request(**BRIEF), trial_request(**BRIEF)
    assert not WriterTrial.objects.filter(pk=first.pk).exists()
    assert selectors.trial_latest() == second and WriterTrial.objects.count() == TRIALS_KEPT


def test_a_trial_whose_worker_died_is_taken_up_again_and_given_up_after_the_second_death(
    chosen: Choose,
) -> None:
    chosen("off")
    row = trial_request(**BRIEF)
    past = timezone.now() - timedelta(seconds=1)
    lost = {"state": "running", "lease_owner": "gone", "lease_until": past}
    WriterTrial.objects.filter(pk=row.pk).update(**lost, attempts=1)
    assert list(selectors.trials_claimable()) == [row] and trial_take(row.pk)
    row.refresh_from_db()
    assert row.state == "done"
    WriterTrial.objects.filter(pk=row.pk).update(**lost, attempts=2)
    assert trial_take(row.pk)
    row.refresh_from_db()
    assert row.state == "failed" and "died twice" in row.error
