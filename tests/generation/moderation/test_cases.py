"""The queue: who holds what, decided once, undone as a whole, never by two."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from core.errors import PlatformError
from core.roles import CREATOR, role_add
from generation.moderation.audit import audit_verify
from generation.moderation.errors import CaseClaimed, CaseStateConflict, NotAuthorized, UndoImpossible
from generation.moderation.models import (
    AuditEntry,
    Case,
    Decision,
    Moderator,
    Policy,
    Screening,
    Statement,
    Strike,
)
from generation.moderation.screening.opening import case_open
from generation.moderation.selectors.cases import cases_queue, creator_context, similar_decided
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.cases import case_claim, case_next, case_release
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.people import moderator_access_set
from generation.moderation.services.undoing import decision_undo
from generation.services.videos import video_publish, video_unpublish, video_update
from recommender.models import VideoStat
from recommender.social.moderating import reach_tell
from tests import factories
from tests.conftest import make_user
from tests.generation.moderation.conftest import visible


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def decide(case: Case, moderator: User, action: str, policy: str = "", **more: Any) -> list[Decision]:
    return case_decide(case=case, moderator=moderator, actions=[ActionAsked(action, policy)], **more)


def legal(case: Case) -> Case:
    """The row as it is, after checking that its story is complete: decisions numbered, logged, chained."""
    case.refresh_from_db()
    numbers = list(case.decisions.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    entries = AuditEntry.objects.filter(subject=f"case:{case.pk}", action__startswith="decide_")
    assert {entry.data["decision"] for entry in entries} == {
        row.pk for row in case.decisions.exclude(action="undo")
    }
    assert audit_verify().problems == []
    return case


# --- over HTTP -------------------------------------------------------------------------------------------------------
def test_a_moderator_takes_a_case_decides_it_and_the_creator_sees_what_came_of_it(
    case_of: Any, moderator: User, creator: User, client_of: Any
) -> None:
    case, client = case_of("[hate:0.6] words"), client_of(moderator)
    [line] = client.get("/api/v1/cases/", {"state": "open"}).json()
    assert (line["id"], line["policy"], line["risk"], line["claimed_by"]) == (case.pk, "hate", 0.6, None)
    assert line["priority"] > 0 and line["evidence"][0]["text"] == "[hate:0.6]"
    held = post(client, f"cases/{case.pk}/claim/").json()
    assert held["mine"] and held["claimed_by"] == Moderator.objects.get(user=moderator).pseudonym
    assert held["media"]["seconds"] == 15.0 and held["revision"] == case.revision
    body = {"action": "reject", "policy": "hate", "seconds": 3.5, "note": "plainly"}
    answer = post(client, f"cases/{case.pk}/decisions/", body)
    assert answer.status_code == 201
    assert (answer.json()["case"]["state"], answer.json()["case"]["outcome"]) == ("decided", "reject")
    assert visible(case.video) == ("removed", "policy:hate")
    assert client.get("/api/v1/cases/", {"state": "open"}).json() == []
    assert client_of(creator).get(f"/api/v1/videos/{case.video.pk}/").json()["state"] == "removed"
    assert legal(case).decisions.get().note == "plainly"


def test_what_is_approved_is_public_and_stays_so_when_published_again(
    case_of: Any, moderator: User, screening: Any
) -> None:
    case = case_of()
    decide(case, moderator, "approve")
    assert visible(case.video) == ("public", "moderator")
    video_publish(video=video_unpublish(video=case.video))
    assert visible(case.video) == ("public", "owner") and len(screening()) == 1


def test_several_actions_at_once_limit_the_age_and_warn(
    case_of: Any, moderator: User, client_of: Any
) -> None:
    case = case_of("[violence:0.6]")
    body = {
        "actions": [
            {"action": "age_limit", "policy": "violence"},
            {"action": "blur", "policy": "violence", "seconds": 2},
        ]
    }
    answer = post(client_of(moderator), f"cases/{case.pk}/decisions/", body)
    assert answer.status_code == 201 and len(answer.json()["decisions"]) == 2
    assert visible(case.video) == ("demoted", "age_limit:violence")
    assert (case.video.age_limit, case.video.warning) == (18, "violence")
    public = Client().get(f"/api/v1/videos/{case.video.pk}/").json()
    assert (public["age_limit"], public["warning"]) == (18, "violence")
    assert Statement.objects.filter(video=case.video).count() == 2 and not Strike.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "reject"},
        {"action": "explode"},
        {"action": "reject", "policy": "taste"},
        {"action": "reject", "policy": "hate", "seconds": 99},
        {"action": "reject", "policy": "hate", "actions": [{"action": "blur", "policy": "hate"}]},
        {"action": "approve", "note": "x" * 2001},
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_a_sentence(
    case_of: Any, moderator: User, client_of: Any, body: dict[str, Any]
) -> None:
    case = case_of()
    answer = post(client_of(moderator), f"cases/{case.pk}/decisions/", body)
    assert answer.status_code == 400 and answer.json()["code"] in ("decision_invalid", "invalid")
    assert legal(case).state == "open" and not case.decisions.exists()


# --- once, and by one ------------------------------------------------------------------------------------------------
def test_a_decision_sent_twice_is_one_decision(case_of: Any, moderator: User, client_of: Any) -> None:
    case, client = case_of(), client_of(moderator)
    body = {"action": "reject", "policy": "hate", "key": "k1"}
    first, again = (post(client, f"cases/{case.pk}/decisions/", body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["decisions"][0]["id"] == again.json()["decisions"][0]["id"]
    assert legal(case).decisions.count() == 1 and Strike.objects.count() == 1
    other = post(client, f"cases/{case.pk}/decisions/", body | {"key": "k2"})
    assert (other.status_code, other.json()["code"]) == (409, "case_state_conflict")


def test_two_moderators_race_for_a_case_and_one_holds_it(
    transactional_db: None, media_root: Path, settings: Any, tmp_path: Path
) -> None:
    """Both claim and both decide at the same moment, in threads with connections of their own."""
    settings.AUDIT_DIR = tmp_path / "audit"
    people = [make_user("mo", "moderator"), make_user("mia", "moderator")]
    video = factories.video(make_user("cora", "creator"), state="published")
    case = case_open(video=video, kind="report", risks={"hate": 0.5})
    ready, told = threading.Barrier(2), []

    def work(person: User, act: Any) -> None:
        try:
            ready.wait(5)
            act(person)
            told.append((person.username, "done"))
        except PlatformError as error:
            told.append((person.username, error.code))
        finally:
            connection.close()

    def together(act: Any) -> list[tuple[str, str]]:
        told.clear()
        threads = [threading.Thread(target=work, args=(person, act)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return sorted(told, key=lambda one: one[1])

    first = together(lambda person: case_claim(case=case, moderator=person))
    assert [code for _, code in first] == ["case_claimed", "done"]
    holder = first[1][0]
    second = together(lambda person: decide(case, person, "approve"))
    assert dict(second)[holder] == "done"
    assert {code for name, code in second if name != holder} <= {"case_claimed", "case_state_conflict"}
    assert legal(case).decisions.count() == 1


def test_a_claim_runs_out_and_the_late_one_is_refused(
    case_of: Any, moderator: User, second_moderator: User, settings: Any
) -> None:
    case = case_of()
    case_claim(case=case, moderator=moderator)
    with pytest.raises(CaseClaimed, match="holds case"):
        case_claim(case=case, moderator=second_moderator)
    with pytest.raises(CaseClaimed):
        decide(case, second_moderator, "approve")
    Case.objects.update(claim_until=timezone.now() - timedelta(seconds=1))
    case_claim(case=case, moderator=second_moderator)
    with pytest.raises(CaseClaimed):
        decide(case, moderator, "approve")
    decide(case, second_moderator, "approve")
    with pytest.raises(CaseStateConflict):
        decide(case, moderator, "reject", "hate")
    assert legal(case).decisions.count() == 1


@pytest.mark.parametrize("hours", [-26, 26, 24 * 400])
def test_a_clock_that_goes_wrong_neither_locks_a_case_nor_ends_it_twice(
    case_of: Any, moderator: User, second_moderator: User, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """One of two servers has another time; whoever claims there, the case is decided once and its log is whole."""
    case, real = case_of(), timezone.now
    with monkeypatch.context() as skewed:
        skewed.setattr(timezone, "now", lambda: real() + timedelta(hours=hours))
        case_claim(case=case, moderator=moderator)
    case_claim(case=case, moderator=second_moderator)  # the right clock sees a claim that cannot be one
    with monkeypatch.context() as skewed:
        skewed.setattr(timezone, "now", lambda: real() + timedelta(hours=hours))
        with suppress(CaseClaimed):
            decide(case, moderator, "reject", "hate")
    ended = Case.objects.get(pk=case.pk).state == "decided"
    if not ended:
        decide(case, second_moderator, "approve")
    with pytest.raises(CaseStateConflict):
        decide(case, second_moderator, "approve")
    case = legal(case)
    assert (case.state, case.decisions.count()) == ("decided", 1)
    assert all(row.spent_seconds >= 0 for row in case.decisions.all())


def test_a_changed_video_is_not_decided_by_who_saw_the_old_one(
    case_of: Any, moderator: User, screening: Any
) -> None:
    case = case_of("[hate:0.6]")
    seen = case.revision
    case_claim(case=case, moderator=moderator)
    video_update(video=case.video, title="[hate:0.7]", description="", hashtags=[])
    decide(case, moderator, "approve")  # before the new words are screened: they wait for their own screening
    assert visible(case.video) == ("private", "screening")
    screening()
    assert visible(case.video) == ("private", "review")
    [again] = Case.objects.filter(video=case.video, state="open")
    with pytest.raises(CaseStateConflict, match="was changed since"):
        decide(again, moderator, "approve", revision=seen)
    decide(again, moderator, "approve", revision=again.revision)
    assert visible(case.video) == ("public", "moderator")


# --- undo ------------------------------------------------------------------------------------------------------------
def test_every_action_can_be_undone_and_what_followed_is_gone(
    case_of: Any, moderator: User, client_of: Any
) -> None:
    case, client = case_of(), client_of(moderator)
    for action in ("reject", "age_limit", "blur", "approve"):
        policy = "" if action == "approve" else "hate"
        post(client, f"cases/{case.pk}/decisions/", {"action": action, "policy": policy})
        answer = post(client, f"cases/{case.pk}/undo/")
        assert (answer.status_code, answer.json()["case"]["state"]) == (200, "open")
        assert visible(case.video) == ("private", "review")
        assert (case.video.age_limit, case.video.warning) == (0, "")
    assert not Strike.objects.filter(revoked__isnull=True).exists()
    assert not Statement.objects.filter(withdrawn__isnull=True).exists()
    assert not Screening.objects.get().cleared
    assert legal(case).decisions.count() == 8
    for action in ("skip", "escalate"):
        post(client, f"cases/{case.pk}/decisions/", {"action": action})
        post(client, f"cases/{case.pk}/undo/")
    assert case_next(moderator=moderator) == case and not legal(case).escalated


def test_undo_after_a_retake_changes_nothing(case_of: Any, moderator: User, second_moderator: User) -> None:
    """One decides and undoes, another takes the case and decides: the first one's undo finds nothing of theirs."""
    case = case_of()
    decide(case, moderator, "reject", "hate")
    decision_undo(case=case, moderator=moderator, key="u1")
    assert decision_undo(case=case, moderator=moderator, key="u1")[0].number == 2  # sent twice, undone once
    case_release(case=case, moderator=moderator)
    case_claim(case=case, moderator=second_moderator)
    decide(case, second_moderator, "approve")
    with pytest.raises(NotAuthorized):
        decision_undo(case=case, moderator=moderator)
    case = legal(case)
    assert (case.state, case.outcome, case.decisions.count()) == ("decided", "approve", 3)
    assert visible(case.video) == ("public", "moderator")
    decision_undo(case=case, moderator=second_moderator)
    with pytest.raises(UndoImpossible, match="left to undo"):
        decision_undo(case=case, moderator=second_moderator)


def test_undo_leaves_alone_what_the_creator_did_since(case_of: Any, moderator: User) -> None:
    case = case_of()
    decide(case, moderator, "approve")
    video_unpublish(video=case.video)
    decision_undo(case=case, moderator=moderator)
    assert visible(case.video) == ("private", "owner")


def test_bulk_decisions_tell_each_case_and_are_undone_together(
    case_of: Any, moderator: User, second_moderator: User, client_of: Any
) -> None:
    cases, client = [case_of(f"[fraud:0.{n}]") for n in (5, 6, 7)], client_of(moderator)
    case_claim(case=cases[2], moderator=second_moderator)
    body = {"cases": [case.pk for case in cases] + [999], "action": "reject", "policy": "fraud", "key": "b"}
    answer = post(client, "cases/bulk/", body).json()
    assert [row["state"] for row in answer["results"]] == ["decided", "decided", "refused", "refused"]
    assert [row.get("code") for row in answer["results"][2:]] == ["case_claimed", "not_found"]
    again = post(client, "cases/bulk/", body).json()
    assert again["batch"] == answer["batch"] and Decision.objects.count() == 2
    undone = post(client, "cases/bulk/undo/", {"batch": answer["batch"]}).json()
    assert [row["state"] for row in undone["results"]] == ["undone", "undone"]
    assert {legal(case).state for case in cases} == {"open"}


# --- who sees what ---------------------------------------------------------------------------------------------------
def test_a_restricted_policy_is_seen_by_those_it_was_granted_to(
    case_of: Any, moderator: User, administrator: User, client_of: Any
) -> None:
    case = case_of("[minors:0.4]")
    client = client_of(moderator)
    assert client.get("/api/v1/cases/").json() == []
    assert post(client, f"cases/{case.pk}/claim/").status_code == 404
    assert [row["id"] for row in client_of(administrator).get("/api/v1/cases/").json()] == [case.pk]
    moderator_access_set(user=moderator, by=administrator, granted=["minors"])
    assert [row["id"] for row in client.get("/api/v1/cases/").json()] == [case.pk]
    moderator_access_set(user=moderator, by=administrator, granted=["hate"], only_granted=True)
    assert client.get("/api/v1/cases/").json() == []


def test_nobody_decides_about_their_own(case_of: Any, moderator: User, client_of: Any) -> None:
    role_add(user=moderator, role=CREATOR)
    case = case_of(owner=moderator)
    client = client_of(moderator)
    assert client.get("/api/v1/cases/").json() == []
    assert post(client, f"cases/{case.pk}/decisions/", {"action": "approve"}).status_code == 404


def test_escalated_cases_go_to_senior_moderators(
    case_of: Any, moderator: User, second_moderator: User, administrator: User, client_of: Any
) -> None:
    case = case_of()
    moderator_access_set(user=second_moderator, by=administrator, granted=[], senior=True)
    answer = post(client_of(moderator), f"cases/{case.pk}/decisions/", {"action": "escalate", "note": "hard"})
    assert answer.status_code == 201 and answer.json()["case"]["escalated"]
    assert client_of(moderator).get("/api/v1/cases/").json() == []
    assert [row["id"] for row in client_of(second_moderator).get("/api/v1/cases/").json()] == [case.pk]


@pytest.mark.parametrize("who", ["viewer", "creator", "analyst"])
def test_nobody_else_reaches_the_queue(case_of: Any, who: str, request: Any, client_of: Any) -> None:
    case, client = case_of(), client_of(request.getfixturevalue(who))
    assert client.get("/api/v1/cases/").status_code == 403
    assert post(client, f"cases/{case.pk}/decisions/", {"action": "approve"}).status_code == 403


# --- order and rest --------------------------------------------------------------------------------------------------
def test_the_order_is_risk_by_reach_by_age_at_every_moment(
    case_of: Any, moderator: User, client_of: Any
) -> None:
    low, high, old = case_of("[fraud:0.41]"), case_of("[fraud:0.8]"), case_of("[fraud:0.41] x")
    old.opened = timezone.now() - timedelta(hours=48)
    old.save()
    rows = client_of(moderator).get("/api/v1/cases/").json()
    assert [row["id"] for row in rows] == [old.pk, high.pk, low.pk]
    later = timezone.now() + timedelta(days=3)
    priorities = [case.priority(later) for case in (old, high, low)]
    assert priorities == sorted(priorities, reverse=True)
    assert old.priority(timezone.now()) == pytest.approx(low.priority(timezone.now()) * 2**4, rel=1e-3)


def test_what_many_have_watched_comes_first(case_of: Any, moderator: User) -> None:
    low, high = case_of("[fraud:0.5]"), case_of("[fraud:0.6]")
    VideoStat.objects.create(video=low.video, plays=4000)
    VideoStat.objects.create(video=low.video, plays=50, simulated=True)
    assert reach_tell() == 1
    low.refresh_from_db()
    assert low.reach == 4050 and case_next(moderator=moderator) == low and low.rank > high.rank


def test_severe_material_rotates_and_stops_at_the_budget(
    case_of: Any, moderator: User, client_of: Any, administrator: User
) -> None:
    severe, also, mild = case_of("[violence:0.8]"), case_of("[violence:0.7]"), case_of("[fraud:0.5]")
    client = client_of(moderator)
    taken = post(client, "cases/next/").json()
    assert (taken["case"]["id"], taken["break_due"]) == (severe.pk, False)
    post(client, f"cases/{severe.pk}/decisions/", {"action": "approve"})
    assert post(client, "cases/next/").json()["case"]["id"] == mild.pk, "not two severe ones in a row"
    post(client, f"cases/{mild.pk}/decisions/", {"action": "approve"})
    moderator_access_set(user=moderator, by=administrator, granted=[], exposure_budget_seconds=0)
    answer = post(client, "cases/next/").json()
    assert (answer["case"], answer["break_due"]) == (None, True)
    assert client.get("/api/v1/cases/counts/").json()["open"] == 1
    assert also.state == "open"


def test_skipped_cases_come_to_others(case_of: Any, moderator: User, second_moderator: User) -> None:
    case = case_of()
    assert case_next(moderator=moderator) == case
    decide(case, moderator, "skip")
    assert case_next(moderator=moderator) is None
    assert case_next(moderator=second_moderator) == case


def test_the_database_keeps_one_open_case_a_video_and_no_half_decided_one(case_of: Any) -> None:
    case = case_of()
    hate = Policy.objects.get(code="hate")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(video=case.video, policy=hate, due=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="decided")


def test_a_page_of_the_queue_takes_a_fixed_number_of_queries_and_its_index(
    case_of: Any, moderator: User, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(moderator)
    for number in range(6):
        case_of(f"[fraud:0.5] {number}")
    client.get("/api/v1/cases/")
    with django_assert_max_num_queries(9):
        assert len(client.get("/api/v1/cases/").json()) == 6
    plan = cases_queue(moderator)[:50].explain()
    assert "case_by_rank" in plan and "TEMP B-TREE" not in plan


def test_what_the_demonstration_decided_is_no_precedent_for_real_cases(
    case_of: Any, moderator: User, second_moderator: User
) -> None:
    staged, real, waiting = (case_of(f"[hate:0.6] {number}") for number in range(3))
    Case.objects.filter(pk=staged.pk).update(simulated=True)
    for case in (staged, real):
        case_decide(case=case, moderator=second_moderator, actions=[ActionAsked("reject", "hate")])
    assert list(similar_decided(waiting, moderator)) == [real]
    assert creator_context(waiting)["cases"] == creator_context(waiting)["rejected"] == 1
    Case.objects.filter(pk=waiting.pk).update(simulated=True)
    waiting.refresh_from_db()
    assert list(similar_decided(waiting, moderator)) == [staged] and creator_context(waiting)["cases"] == 1
