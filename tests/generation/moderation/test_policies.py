"""A policy is changed by replay on history, then in shadow, and only then it acts."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation.models import Video
from generation.moderation.errors import PolicyInvalid, PolicyStateConflict
from generation.moderation.models import Calibration, Case, Policy, PolicyVersion, Screening
from generation.moderation.screening.combination import risk_combined
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.calibration import calibration_fit
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.policies import (
    policy_activate,
    policy_draft,
    policy_replay,
    policy_shadow,
    shadow_report,
)
from generation.services.videos import video_publish
from tests import factories
from tests.generation.moderation.conftest import visible


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def screened(
    owner: User, risk: float, *, broken: bool | None = None, moderator: User | None = None
) -> Screening:
    """One finished screening with a planted risk of hate, and what a person said about it."""
    video = factories.video(owner, title=f"{risk}")
    verdict = "hold" if risk >= 0.85 else "queue" if risk >= 0.35 else "approve"
    outcome = {"hold": "held", "queue": "queued", "approve": "approved"}[verdict]
    signal = {
        "scorer": "s",
        "version": "1",
        "policy": "hate",
        "score": risk,
        "evidence": [],
        "state": "scored",
    }
    row = Screening.objects.create(
        video=video, revision="r", state="done", outcome=outcome, risks={"hate": risk}, verdicts={"hate": verdict},
        signals=[signal],
    )  # fmt: skip
    if broken is not None and moderator is not None:
        hate = Policy.objects.get(code="hate")
        case = Case(
            video=video, creator=owner, screening=row, revision="r", policy=hate, risk=risk, due=row.created
        )
        case.save()
        action = ActionAsked("reject", "hate") if broken else ActionAsked("approve")
        case_decide(case=case, moderator=moderator, actions=[action])
    return row


def test_a_replay_says_how_many_would_move_and_how_right_that_is(
    creator: User, moderator: User, administrator: User, media_root: Any
) -> None:
    """Planted: everything from 0.5 on is a violation, so a threshold of 0.5 is perfect and the acting 0.35 is not."""
    for risk in (0.1, 0.2, 0.4, 0.45, 0.6, 0.7):
        screened(creator, risk, broken=risk >= 0.5 if risk > 0.3 else None, moderator=moderator)
    hate = Policy.objects.get(code="hate")
    draft = policy_draft(policy=hate, author=administrator, changes={"auto_approve_below": 0.5})
    said = policy_replay(version=draft, by=administrator).replay
    assert (said["screenings"], said["moved"], said["moves"]) == (6, 2, {"queued → approved": 2})
    assert said["decided"] == 4
    assert said["version"]["looked_at"] == {"flagged": 2, "precision": 1.0, "recall": 1.0}
    assert said["acting"]["looked_at"] == {"flagged": 4, "precision": 0.5, "recall": 1.0}
    assert said["version"]["held"] == {"flagged": 0, "precision": None, "recall": 0.0}


def test_no_step_can_be_left_out(creator: User, administrator: User, screening: Any, client_of: Any) -> None:
    client = client_of(administrator)
    draft = post(client, "policies/hate/versions/", {"auto_approve_below": 0.05, "note": "stricter"}).json()
    assert (draft["number"], draft["state"], draft["title_zh"]) == (2, "draft", "仇恨或侮辱")
    path = "policies/hate/versions/2"
    assert post(client, f"{path}/shadow/").json()["code"] == "policy_state_conflict"
    assert post(client, f"{path}/activate/").status_code == 409
    assert post(client, f"{path}/replay/").status_code == 200
    assert post(client, f"{path}/activate/").status_code == 409, "new numbers run in shadow first"
    assert post(client, f"{path}/shadow/").json()["state"] == "shadow"
    video = video_publish(video=factories.video(creator, title="[hate:0.1]"))
    [row] = screening()
    assert visible(video) == ("public", "passed"), "a version in shadow changes nothing"
    assert row.shadow == {"hate": {"version": 2, "verdict": "queue"}} and row.versions["hate"] == 1
    report = shadow_report(PolicyVersion.objects.get(policy__code="hate", number=2))
    assert (report["screenings"], report["differ"]) == (1, 1)
    assert post(client, f"{path}/activate/").json()["code"] == "policy_state_conflict", "too little in shadow"
    assert post(client, f"{path}/activate/", {"early": True}).json()["state"] == "active"
    again = video_publish(video=factories.video(creator, title="[hate:0.1]"))
    screening()
    assert visible(again) == ("private", "review")
    states = dict(PolicyVersion.objects.filter(policy__code="hate").values_list("number", "state"))
    assert states == {1: "retired", 2: "active"}
    versions = client.get("/api/v1/policies/hate/versions/").json()
    assert [(one["number"], one["state"]) for one in versions] == [(2, "active"), (1, "retired")]


def test_new_words_alone_act_after_a_replay(administrator: User, db: None) -> None:
    fraud = Policy.objects.get(code="fraud")
    draft = policy_draft(policy=fraud, author=administrator, changes={"wording_en": "No scams."})
    with pytest.raises(PolicyStateConflict):
        policy_activate(version=draft, by=administrator)
    draft = policy_replay(version=draft, by=administrator)
    assert draft.replay["moved"] == 0
    assert policy_activate(version=draft, by=administrator).state == "active"
    public = {one["code"]: one for one in Client().get("/api/v1/policies/").json()}
    assert public["fraud"]["wording_en"] == "No scams." and len(public) == 11


def test_a_version_enough_screenings_in_shadow_acts(
    creator: User, administrator: User, media_root: Any
) -> None:
    hate = Policy.objects.get(code="hate")
    draft = policy_draft(policy=hate, author=administrator, changes={"hold_above": 0.7})
    draft = policy_shadow(version=policy_replay(version=draft, by=administrator), by=administrator)
    for _ in range(20):
        row = screened(creator, 0.1)
        Screening.objects.filter(pk=row.pk).update(shadow={"hate": {"version": 2, "verdict": "approve"}})
    assert policy_activate(version=draft, by=administrator).state == "active"


@pytest.mark.parametrize(
    "changes",
    [{"auto_approve_below": 0.9, "hold_above": 0.5}, {"hold_above": 1.5}, {"severity": 9}, {"taste": 1}],
)
def test_numbers_that_do_not_hold_are_refused(administrator: User, changes: dict[str, Any]) -> None:
    hate = Policy.objects.get(code="hate")
    with pytest.raises(PolicyInvalid):
        policy_draft(policy=hate, author=administrator, changes=changes)


def test_risks_add_up_softly_and_strong_doubts_more_than_weak_ones() -> None:
    assert risk_combined([]) == 0.0 and risk_combined([0.4]) == pytest.approx(0.4)
    weak, strong = risk_combined([0.1] * 6), risk_combined([0.6, 0.6])
    assert 0.1 < weak < 0.15 and 0.6 < strong < 0.7
    assert risk_combined([0.3, 0.6]) == risk_combined([0.6, 0.3]) >= 0.6
    assert risk_combined([1.0, 0.2]) == 1.0


def test_a_calibration_that_is_nearer_to_what_people_say_acts(creator: User, media_root: Any) -> None:
    """Planted: the scorers' 0.5 is a violation in one case of ten, so the risk has to come down."""
    rng, hate = random.Random(4), Policy.objects.get(code="hate")
    video = factories.video(creator)
    moderator_word = []
    for _ in range(400):
        risk = rng.uniform(0.2, 0.98)
        true = rng.random() < max(0.02, 2.2 * (risk - 0.5))
        moderator_word.append((risk, true))
    rows = Screening.objects.bulk_create(
        Screening(
            video=video, revision=str(n), state="done", outcome="queued", risks={"hate": risk},
            signals=[{"scorer": "s", "version": "1", "policy": "hate", "score": risk, "evidence": [], "state": "scored"}],
        )
        for n, (risk, _) in enumerate(moderator_word)
    )  # fmt: skip
    import uuid

    from django.utils import timezone

    from generation.moderation.models import Decision

    now = timezone.now()
    cases = Case.objects.bulk_create(
        Case(
            screening=row,
            policy=hate,
            due=now,
            state="decided",
            decided=now,
            outcome="reject" if true else "approve",
        )
        for row, (_, true) in zip(rows, moderator_word, strict=True)
    )
    Decision.objects.bulk_create(
        Decision(
            case=case, number=1, action=case.outcome, policy=hate if case.outcome == "reject" else None,
            submission=uuid.uuid4(),
        )
        for case in cases
    )  # fmt: skip
    fitted = calibration_fit(policy=hate)
    assert fitted is not None and fitted.active and fitted.brier_after < fitted.brier_before
    assert Calibration.objects.filter(active=True).count() == 1
    assert calibration_fit(policy=Policy.objects.get(code="sexual")) is None, "nothing was decided about it"
    assert Video.objects.count() == 1
