"""Uncertain cases first when asked, and more of their decisions looked at twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.moderation.models import Case, Policy, SecondOpinion
from generation.moderation.screening.opening import case_open
from generation.moderation.selectors.cases import cases_queue
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.cases import case_next, case_peek
from generation.moderation.services.comments import comment_take_down
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.opinions import opinion_share
from generation.moderation.services.policies import (
    policy_activate,
    policy_draft,
    policy_replay,
    policy_shadow,
)
from generation.moderation.services.undoing import decision_undo
from tests import factories


def opened(owner: User, risk: float, **values: Any) -> Case:
    return case_open(video=factories.video(owner), kind="screening", risks={"hate": risk}, **values)


def test_the_nearest_to_a_line_comes_first_when_asked(
    creator: User, moderator: User, media_root: Any, client_of: Any
) -> None:
    """Hate: looked at from .35, held from .85."""
    sure, near, nearest = (opened(creator, risk) for risk in (0.6, 0.8, 0.36))
    assert [round(one.margin, 2) for one in (sure, near, nearest)] == [0.25, 0.05, 0.01]
    assert list(cases_queue(moderator, order="uncertain")) == [nearest, near, sure]
    assert next(iter(cases_queue(moderator))) == near, "the plain order stays that of urgency"
    client = client_of(moderator)
    answer = client.get("/api/v1/cases/?order=uncertain")
    assert [row["id"] for row in answer.json()] == [nearest.pk, near.pk, sure.pk]
    assert answer["X-Total-Count"] == "3"
    page = client.get("/moderation/?order=uncertain").content.decode()
    assert (
        page.index(f"/cases/{nearest.pk}/")
        < page.index(f"/cases/{near.pk}/")
        < page.index(f"/cases/{sure.pk}/")
    )
    taken = client.post("/moderation/take", {"order": "uncertain"}).json()
    assert (taken["case"], taken["following"]) == (nearest.pk, near.pk)
    claimed = client.post(
        "/api/v1/cases/next/", {"order": "uncertain"}, content_type="application/json"
    ).json()
    assert (claimed["case"]["id"], claimed["following"]) == (nearest.pk, near.pk), "held by the same person"
    assert client.get("/api/v1/cases/?order=other").status_code == 400


def test_a_finding_that_joins_and_a_policy_that_acts_anew_move_the_margin(
    creator: User, administrator: User, media_root: Any
) -> None:
    case = opened(creator, 0.5)
    case_open(video=case.video, kind="screening", risks={"hate": 0.84})
    case.refresh_from_db()
    assert case.margin == pytest.approx(0.01)
    lines_moved(administrator, hold_above=0.95)
    case.refresh_from_db()
    assert case.margin == pytest.approx(0.11)
    case.escalated = True
    case.save(update_fields=["escalated"])
    case.refresh_from_db()
    assert case.margin == pytest.approx(0.11) and case.escalated


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is in its words")
def test_uncertain_cases_are_found_in_an_index_however_many_wait(moderator: User, creator: User) -> None:
    plan = cases_queue(moderator, order="uncertain")[:30].explain()
    assert "case_by_margin" in plan and "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_taking_the_next_uncertain_case_asks_as_often_as_taking_the_next(
    creator: User, moderator: User, media_root: Any, django_assert_num_queries: Any, settings: Any
) -> None:
    settings.GOLDEN_SHARE = 0.0
    for risk in (0.4, 0.5, 0.6, 0.7):
        opened(creator, risk)
    first = case_next(moderator=moderator)
    assert first is not None
    with CaptureQueriesContext(connection) as plain:
        case_peek(moderator=moderator, after=first)
    with django_assert_num_queries(len(plain)):
        case_peek(moderator=moderator, after=first, order="uncertain")


def test_second_opinions_lean_to_uncertain_cases_and_their_share_stays(
    creator: User, moderator: User, media_root: Any, settings: Any
) -> None:
    settings.SECOND_OPINION_SHARE, settings.UNCERTAIN_OPINION_SHARE = 0.1, 0.5
    cases = [opened(creator, 0.37 if number < 2 else 0.6) for number in range(10)]
    assert opinion_share(cases[0]) == opinion_share(cases[9]) == 0.1, "nothing is decided yet"
    now = timezone.now()
    Case.objects.update(state="decided", decided=now, outcome="approve")
    near, far = opinion_share(cases[0]), opinion_share(cases[9])
    assert near == pytest.approx(0.1 * 0.5 / 0.2) and far == pytest.approx(0.1 * 0.5 / 0.8)
    assert 0.2 * near + 0.8 * far == pytest.approx(0.1), "as many as the setting says"
    settings.UNCERTAIN_OPINION_SHARE = 0.0
    assert [opinion_share(cases[n]) for n in (0, 9)] == pytest.approx([0.1, 0.1]), "never fewer than of all"
    settings.SECOND_OPINION_SHARE, settings.UNCERTAIN_OPINION_SHARE = 1.0, 0.9
    assert [opinion_share(cases[n]) for n in (0, 9)] == pytest.approx([1.0, 1.0])
    settings.SECOND_OPINION_SHARE = 0.0
    last = opened(creator, 0.36)
    case_decide(case=last, moderator=moderator, actions=[ActionAsked("approve")])
    assert not SecondOpinion.objects.exists()


def lines_moved(by: User, **changes: float) -> None:
    version = policy_draft(policy=Policy.objects.get(code="hate"), author=by, changes=changes)
    policy_replay(version=version, by=by)
    policy_shadow(version=version, by=by)
    policy_activate(version=version, by=by, early=True)


def test_a_case_that_is_open_again_is_measured_by_the_lines_of_now(
    creator: User, moderator: User, administrator: User, media_root: Any
) -> None:
    case = opened(creator, 0.84)
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("approve")])
    lines_moved(administrator, hold_above=0.95)
    case.refresh_from_db()
    assert case.margin == pytest.approx(0.01), "as it was when it was decided"
    decision_undo(case=case, moderator=moderator)
    case.refresh_from_db()
    assert case.state == "open" and case.margin == pytest.approx(0.11)


def test_what_a_moderator_noticed_is_no_measurement(
    creator: User, viewer: User, moderator: User, administrator: User, media_root: Any, settings: Any
) -> None:
    """A line at the risk that stands for a look makes none of them uncertain."""
    lines_moved(administrator, hold_above=0.5)
    video = factories.video(creator, state="published")
    settings.SECOND_OPINION_SHARE, settings.UNCERTAIN_OPINION_SHARE = 0.1, 0.5
    near, far = opened(creator, 0.49), opened(creator, 0.99)
    for case in (near, far):
        case_decide(case=case, moderator=moderator, actions=[ActionAsked("approve")])
    before = [opinion_share(case) for case in (near, far)]
    noticed = comment_take_down(
        comment=7, video=video, text="an insult", author=viewer, moderator=moderator, policy="hate"
    )
    assert noticed.kind == "spotted" and noticed.margin == 1.0
    assert [opinion_share(case) for case in (near, far, noticed)] == [*before, before[1]]
    decision_undo(case=noticed, moderator=moderator)
    lines_moved(administrator, hold_above=0.55)
    noticed.refresh_from_db()
    assert noticed.state == "open" and noticed.margin == 1.0


def test_a_moderators_look_leaves_what_was_measured(
    creator: User, viewer: User, moderator: User, media_root: Any
) -> None:
    video = factories.video(creator, state="published")
    measured = case_open(
        video=video, kind="screening", risks={"hate": 0.36, "fraud": 0.1}, comment=7, creator=viewer
    )
    decided = comment_take_down(
        comment=7, video=video, text="an insult", author=viewer, moderator=moderator, policy="hate"
    )
    assert decided == measured
    measured.refresh_from_db()
    assert (measured.risk, measured.risks) == (0.36, {"hate": 0.36, "fraud": 0.1})
    assert measured.margin == pytest.approx(0.01) and measured.outcome == "reject"
    assert [piece["text"] for piece in measured.evidence] == ["an insult"]
