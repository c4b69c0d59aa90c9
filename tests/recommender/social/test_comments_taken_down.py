"""A moderator who takes a comment down where they meet it decides: by a policy, with reasons, and with a way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from generation.models import Video
from generation.moderation.audit import audit_verify
from generation.moderation.models import Case, Decision, Statement
from generation.moderation.services.people import moderator_of
from recommender.models import Comment
from tests import factories
from tests.recommender.social.test_comments import listed, write
from tests.recommender.social.test_social import delete, post


@pytest.fixture(autouse=True)
def fresh_counts(settings: Any, tmp_path: Path) -> None:
    settings.AUDIT_DIR = tmp_path / "audit"
    cache.clear()


@pytest.fixture
def video(creator: User, media_root: Path) -> Video:
    return factories.video(creator, state="published", title="A tent", language="en")


@pytest.fixture
def said(video: Video, client_of: Any, viewer: User) -> dict[str, Any]:
    return write(client_of(viewer), video, "an insult")


def shown(video: Video) -> list[int]:
    return [row["id"] for row in listed(Client(), video)["results"]]


def test_a_moderator_names_a_policy_and_the_author_is_told_why(
    video: Video, said: dict[str, Any], client_of: Any, viewer: User, moderator: User
) -> None:
    client = client_of(moderator)
    row = listed(client, video)["results"][0]
    assert (row["deletable"], row["by_policy"]) == (True, True)
    for path in (f"comments/{said['id']}/", f"comments/{said['id']}/?policy=taste"):
        refused = delete(client, path)
        assert (refused.status_code, refused.json()["code"]) == (400, "decision_invalid")
    assert shown(video) == [said["id"]] and not Case.objects.exists()
    answer = delete(client, f"comments/{said['id']}/?policy=hate")
    case = Case.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"case": case.pk})
    assert (case.kind, case.state, case.outcome, case.creator) == ("spotted", "decided", "reject", viewer)
    assert shown(video) == [] and Comment.objects.get().text == "an insult"
    statement = Statement.objects.get()
    assert statement.creator == viewer and "an insult" in statement.text
    assert "A person noticed it and decided." in statement.text
    assert statement.fields["source_type"] == "SOURCE_VOLUNTARY"
    assert statement.fields["automated_detection"] == "No"
    assert "was noticed by a moderator" in statement.fields["decision_facts"]
    page = client_of(viewer).get(f"/statements/{statement.pk}/").content.decode()
    assert "Your comment under" in page
    assert audit_verify().problems == []


def test_it_is_taken_back_like_any_decision(
    video: Video, said: dict[str, Any], client_of: Any, moderator: User
) -> None:
    client = client_of(moderator)
    number = delete(client, f"comments/{said['id']}/?policy=hate").json()["case"]
    assert post(client, f"cases/{number}/undo/").status_code == 200
    assert shown(video) == [said["id"]]
    assert Statement.objects.get().withdrawn is not None
    again = delete(client, f"comments/{said['id']}/?policy=fraud").json()
    assert again == {"case": number} and shown(video) == []


def test_sent_twice_with_one_key_it_is_one_decision_and_a_second_one_is_refused(
    said: dict[str, Any], client_of: Any, moderator: User
) -> None:
    client, path = client_of(moderator), f"comments/{said['id']}/?policy=hate"
    first = delete(client, f"{path}&key=k1").json()
    assert delete(client, f"{path}&key=k1").json() == first
    again = delete(client, path)
    assert (again.status_code, again.json()["code"]) == (409, "case_state_conflict")
    assert Decision.objects.count() == Statement.objects.count() == Case.objects.count() == 1


def test_what_viewers_reported_is_decided_with_it(
    video: Video, said: dict[str, Any], client_of: Any, moderator: User
) -> None:
    reporter = Client()
    post(reporter, f"videos/{video.pk}/report/", reason="hate", comment=said["id"])
    delete(client_of(moderator), f"comments/{said['id']}/?policy=hate")
    case = Case.objects.get()
    assert (case.kind, case.state) == ("report", "decided")
    assert reporter.get("/api/v1/me/reports/").json()[0]["outcome"] == "upheld"


def test_who_does_not_judge_by_a_policy_takes_nothing_down_by_it(
    video: Video, said: dict[str, Any], client_of: Any, moderator: User
) -> None:
    kept = moderator_of(moderator)
    kept.only_granted = True
    kept.save()
    assert delete(client_of(moderator), f"comments/{said['id']}/?policy=hate").status_code == 400
    assert shown(video) == [said["id"]]


def test_authors_owners_and_moderators_with_a_right_of_their_own_need_no_policy(
    video: Video, client_of: Any, moderator: User
) -> None:
    own = write(client_of(moderator), video, "mine")
    row = listed(client_of(moderator), video)["results"][0]
    assert (row["deletable"], row["by_policy"]) == (True, False)
    assert delete(client_of(moderator), f"comments/{own['id']}/").status_code == 204
    assert not Case.objects.exists()


def test_the_choice_of_policies_is_on_the_pages_of_moderators_alone(
    video: Video, client_of: Any, viewer: User, moderator: User
) -> None:
    for path in (f"/videos/{video.pk}/", "/"):
        assert 'id="by-policy"' in client_of(moderator).get(path).content.decode(), path
        assert 'id="by-policy"' not in client_of(viewer).get(path).content.decode(), path
