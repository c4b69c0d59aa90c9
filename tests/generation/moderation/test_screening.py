"""Before publication: what is harmless is public by itself, what is not waits, and nothing is public by accident."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.utils import timezone

from generation.models import Video
from generation.moderation.models import AuditEntry, Case, Screening
from generation.moderation.screening.worker import screening_take
from generation.services.videos import video_publish, video_unpublish, video_update
from tests import factories
from tests.generation.moderation.conftest import visible
from tests.generation.moderation.planted import PlantedCount, PlantedText, PlantedTrouble, entry


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def test_a_harmless_draft_is_accepted_screened_and_public_by_itself(
    screening: Any, creator: User, client_of: Any
) -> None:
    video, client = factories.video(creator, title="周末露营"), client_of(creator)
    answer = post(client, f"videos/{video.pk}/publish/")
    assert (answer.status_code, answer.json()["state"]) == (202, "screening")
    assert Client().get(f"/api/v1/videos/{video.pk}/").status_code == 404
    [row] = screening()
    assert (row.state, row.outcome, row.cleared) == ("done", "approved", True)
    assert client.get(f"/api/v1/videos/{video.pk}/").json()["state"] == "published"
    video.refresh_from_db()
    assert video.published is not None and video.published >= row.created
    assert post(client, f"videos/{video.pk}/publish/").status_code == 200
    assert not Case.objects.exists()


def test_a_doubtful_one_is_in_review_with_its_evidence_and_its_words_marked(
    screening: Any, creator: User, client_of: Any
) -> None:
    video, client = factories.video(creator, title="so [hate:0.6]"), client_of(creator)
    post(client, f"videos/{video.pk}/publish/")
    screening()
    assert visible(video) == ("private", "review")
    assert client.get(f"/api/v1/videos/{video.pk}/").json()["state"] == "in_review"
    answer = post(client, f"videos/{video.pk}/publish/")
    assert (answer.status_code, answer.json()["state"]) == (202, "in_review")
    case = Case.objects.get(video=video)
    assert (case.policy.code, case.risk, case.state) == ("hate", 0.6, "open")
    [piece] = case.evidence
    assert (piece["where"], piece["start"], piece["end"], piece["scorer"]) == ("title", 3, 13, "planted_text")


def test_a_publish_of_the_same_revision_again_is_not_screened_again(screening: Any, creator: User) -> None:
    video = video_publish(video=factories.video(creator))
    screening()
    video = video_publish(video=video_unpublish(video=video))
    assert video.is_shown and len(screening()) == 1


def test_an_edit_takes_a_public_video_from_view_until_it_is_screened_and_keeps_its_time(
    screening: Any, creator: User
) -> None:
    video = video_publish(video=factories.video(creator))
    screening()
    video.refresh_from_db()
    first = video.published
    video = video_update(video=video, title="harmless words", description="", hashtags=[])
    assert visible(video) == ("private", "screening")
    screening()
    assert visible(video) == ("public", "passed") and video.published == first
    video = video_update(video=video, title="bad [sexual:0.95]", description="", hashtags=[])
    screening()
    assert visible(video) == ("private", "review")
    assert Case.objects.get(video=video).policy.code == "sexual"


def test_taking_it_back_while_it_is_screened_keeps_it_back(screening: Any, creator: User) -> None:
    video = video_publish(video=factories.video(creator))
    video = video_unpublish(video=video)
    [row] = screening()
    assert row.state == "withdrawn" and visible(video) == ("private", "owner")


def test_what_was_edited_during_its_screening_is_looked_at_as_it_is_then(
    screening: Any, creator: User
) -> None:
    video = video_publish(video=factories.video(creator))
    Video.objects.filter(pk=video.pk).update(title="[violence:0.99]")  # by a way that tells nobody
    screening()
    assert visible(video) == ("private", "screening")
    screening()
    assert visible(video) == ("private", "review")


@pytest.mark.parametrize("order", ["crash", "hang", "no_model"])
def test_a_required_scorer_without_a_word_leaves_it_waiting_and_is_asked_again(
    screening: Any, creator: User, settings: Any, tmp_path: Path, order: str
) -> None:
    place = tmp_path / "order"
    place.write_text(order)
    settings.SCREENING_TIMEOUT_SECONDS = 0.3
    settings.SCREENING_SCORERS = [entry(PlantedText), entry(PlantedTrouble, order=str(place))]
    video = video_publish(video=factories.video(creator))
    [row] = screening()
    assert (row.state, row.reason, row.failures) == ("waiting", "scorer_failed", 1)
    assert "planted_trouble" in row.detail
    assert visible(video) == ("private", "screening")
    assert screening()[0].failures == 1  # not before its time
    Screening.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    assert screening()[0].failures == 2
    place.unlink()
    Screening.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    assert screening()[0].outcome == "approved"
    assert visible(video) == ("public", "passed")


def test_after_many_failures_a_person_is_asked_and_the_video_still_waits(
    screening: Any, creator: User, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "order").write_text("crash")
    settings.SCREENING_TRIES = 2
    settings.SCREENING_SCORERS = [entry(PlantedTrouble, order=str(tmp_path / "order"))]
    video = video_publish(video=factories.video(creator))
    for _ in range(3):
        screening()
        Screening.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    assert visible(video) == ("private", "screening")
    assert Case.objects.get(video=video).reason == "unscreened:scorer_failed"


def test_with_a_scorer_that_cannot_be_loaded_nothing_is_published(
    screening: Any, creator: User, settings: Any
) -> None:
    settings.SCREENING_SCORERS = [{"BACKEND": "nowhere.Scorer"}]
    video = video_publish(video=factories.video(creator))
    [row] = screening()
    assert (row.state, row.reason) == ("waiting", "scorer_failed")
    assert visible(video) == ("private", "screening")


def test_an_optional_scorer_without_a_model_neither_clears_nor_holds(screening: Any, creator: User) -> None:
    video = video_publish(video=factories.video(creator))
    [row] = screening()
    [absent] = [one for one in row.signals if one["scorer"] == "planted_gan"]
    assert (absent["state"], absent["required"], row.outcome) == ("no_model", False, "approved")
    assert visible(video) == ("public", "passed")


def test_a_worker_killed_during_a_screening_loses_nothing_and_it_ends_once(
    transactional_db: None,
    creator: User,
    media_root: Path,
    settings: Any,
    tmp_path: Path,
) -> None:
    """``kill -9`` between two scorers: the next worker asks only those that had not answered."""
    (tmp_path / "order").write_text("die")
    settings.SCREENING, settings.JOB_LEASE_SECONDS = True, 60.0
    settings.SCREENING_SCORERS = [
        entry(PlantedCount, file=str(tmp_path / "asked")),
        entry(PlantedTrouble, order=str(tmp_path / "order")),
    ]
    video = video_publish(video=factories.video(creator))
    row = Screening.objects.get()
    connections.close_all()
    child = os.fork()
    if child == 0:
        screening_take(row.pk)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    row.refresh_from_db()
    assert row.state == "running" and visible(video) == ("private", "screening")
    screening_take(row.pk)
    row.refresh_from_db()
    assert row.state == "running", "the dead worker's lease has not run out"
    Screening.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    screening_take(row.pk)
    screening_take(row.pk)
    row.refresh_from_db()
    assert (row.state, row.outcome, row.attempts) == ("done", "approved", 2)
    assert visible(video) == ("public", "passed")
    assert (tmp_path / "asked").read_text() == "x"
    assert AuditEntry.objects.filter(action="screened").count() == 1
