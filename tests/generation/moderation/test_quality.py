"""Known answers, second opinions, agreement and what is told to the public, against planted decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation.moderation.models import Case, GoldenAnswer, Moderator, SecondOpinion, Statement
from generation.moderation.selectors.quality import (
    alpha_of,
    quality_of_models,
    quality_of_moderators,
    quality_of_the_machine,
)
from generation.moderation.selectors.transparency import transparency
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.cases import case_claim, case_next
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.golden import golden_mark
from generation.moderation.services.people import moderator_access_set, moderator_of
from generation.moderation.services.undoing import decision_undo
from generation.services.videos import video_publish
from tests import factories
from tests.generation.moderation.conftest import visible


def decide(case: Case, moderator: User, action: str, policy: str = "") -> None:
    case_decide(case=case, moderator=moderator, actions=[ActionAsked(action, policy)])


def line_of(user: User) -> dict[str, Any]:
    name = Moderator.objects.get(user=user).pseudonym
    [line] = [one for one in quality_of_moderators() if one["moderator"] == name]
    return line


def test_golden_cases_look_like_others_change_nothing_and_measure_accuracy(
    case_of: Any, moderator: User, second_moderator: User, administrator: User, settings: Any, client_of: Any
) -> None:
    known = case_of("[hate:0.6]")
    decide(known, second_moderator, "reject", "hate")
    golden_mark(case=known, by=administrator)
    settings.GOLDEN_SHARE = 1.0
    served = case_next(moderator=moderator)
    assert served is not None and served.pk != known.pk
    shown = client_of(moderator).get(f"/api/v1/cases/{served.pk}/").json()
    assert (shown["kind"], shown["title"], shown["risk"]) == ("screening", known.title, known.risk)
    assert (shown["media"]["visible"], shown["similar"]) == ("private", []), "nothing tells the answer"
    assert client_of(second_moderator).get("/api/v1/cases/").json() == [], "it is for one pair of eyes"
    before = visible(known.video)
    decide(served, moderator, "approve")
    assert visible(known.video) == before and Statement.objects.count() == 1
    assert line_of(moderator)["accuracy"] == 0.0
    decision_undo(case=served, moderator=moderator)
    assert GoldenAnswer.objects.get().right is None
    decide(served, moderator, "reject", "hate")
    assert line_of(moderator) | {"accuracy": 1.0, "golden": 1, "decisions": 0} == line_of(moderator)
    assert case_next(moderator=moderator) is None, "each is asked once"


def test_a_second_opinion_that_differs_is_adjudicated_and_the_last_word_counts(
    case_of: Any, moderator: User, second_moderator: User, administrator: User, settings: Any, client_of: Any
) -> None:
    settings.SECOND_OPINION_SHARE = 1.0
    case = case_of("[hate:0.6]")
    decide(case, moderator, "reject", "hate")
    assert client_of(moderator).get("/api/v1/cases/").json() == [], "not by the same person"
    [hidden] = client_of(second_moderator).get("/api/v1/cases/").json()
    assert hidden["kind"] == "screening"
    decide(Case.objects.get(pk=hidden["id"]), second_moderator, "approve")
    assert visible(case.video)[0] == "removed", "an opinion is not a decision"
    opinion = SecondOpinion.objects.get()
    assert opinion.state == "disagreed" and opinion.adjudication is not None
    assert client_of(second_moderator).get("/api/v1/cases/").json() == []
    decide(opinion.adjudication, administrator, "approve")
    assert visible(case.video) == ("public", "moderator")
    assert SecondOpinion.objects.get().state == "adjudicated"
    assert Statement.objects.get().withdrawn is not None
    assert line_of(moderator)["overturned"] == 1.0 and line_of(second_moderator)["overturned"] is None
    decision_undo(case=opinion.adjudication, moderator=administrator)
    assert visible(case.video)[0] == "removed" and Statement.objects.get().withdrawn is None


def test_what_the_machine_lets_pass_is_looked_at_in_a_sample(
    screening: Any, creator: User, moderator: User, settings: Any
) -> None:
    settings.AUTOMATIC_CHECK_SHARE = 1.0
    fine, foul = (video_publish(video=factories.video(creator, title=title)) for title in ("fine", "foul"))
    screening()
    assert visible(fine)[0] == visible(foul)[0] == "public", "nobody waits for it"
    for case in Case.objects.filter(kind="second"):
        decide(case, moderator, *(("reject", "hate") if case.title == "foul" else ("approve",)))
    assert quality_of_the_machine() == {"passed": 2, "looked_at": 2, "wrong": 1, "accuracy": 0.5}
    assert SecondOpinion.objects.filter(adjudication__isnull=False).count() == 1
    [line] = [one for one in quality_of_models() if one["policy"] == "hate"]
    assert (line["scorer"], line["missed"], line["recall"]) == ("planted_text", 1, 0.0)


def test_agreement_is_krippendorffs_alpha() -> None:
    """Against the coincidence matrix worked out by hand for two observers, nominal data."""
    pairs = [("a", "a")] * 6 + [("b", "b")] * 2 + [("a", "b")] * 2
    n_a, n_b, n = 14, 6, 20
    observed, expected = 4 / n, 2 * n_a * n_b / (n * (n - 1))
    assert alpha_of(pairs) == pytest.approx(1 - observed / expected, abs=1e-4)
    assert alpha_of([("a", "a")] * 5) is None and alpha_of([]) is None
    assert alpha_of([("a", "a"), ("b", "b")]) == 1.0


def test_transparency_counts_what_was_done(
    case_of: Any, moderator: User, second_moderator: User, screening: Any, creator: User, client_of: Any
) -> None:
    video_publish(video=factories.video(creator, title="harmless"))
    case = case_of("[hate:0.6]")
    Case.objects.filter(pk=case.pk).update(opened=timezone.now() - timedelta(hours=3))
    decide(case, moderator, "reject", "hate")
    client_of(creator).post(
        f"/api/v1/videos/{case.video.pk}/appeal/", {"text": "no"}, content_type="application/json"
    )
    decide(Case.objects.get(kind="appeal"), second_moderator, "approve")
    now = timezone.now()
    told = transparency(since=now - timedelta(days=1), until=now + timedelta(minutes=1))
    assert told["screened"] == 2 and told["outcomes"] == {"approved": 1, "queued": 1}
    assert told["decisions_by_action"] == {"reject": 1, "approve": 1}
    assert told["restricted_by_policy"] == {"hate": 1}
    assert (told["appeals_answered"], told["appeals_overturned_share"]) == (1, 1.0)
    assert told["automation_share"] == pytest.approx(1 / 3, abs=1e-4)
    assert told["median_hours_to_decision"] == pytest.approx(1.5, abs=0.1)
    public = Client().get("/api/v1/moderation/transparency/").json()
    assert public["appeals_overturned"] == 1 and creator.username not in str(public)


def test_moderators_appear_under_pseudonyms_that_tell_nothing(
    case_of: Any, moderator: User, second_moderator: User, administrator: User, client_of: Any
) -> None:
    case = case_of()
    case_claim(case=case, moderator=moderator)
    moderator_access_set(user=moderator, by=administrator, granted=[])
    [line] = client_of(second_moderator).get("/api/v1/cases/").json()
    assert line["claimed_by"] == moderator_of(moderator).pseudonym != moderator_of(second_moderator).pseudonym
    assert moderator.username not in line["claimed_by"].split()
    quality = client_of(administrator).get("/api/v1/moderation/quality/").json()
    assert {one["moderator"] for one in quality["moderators"]} >= {line["claimed_by"]}
    assert client_of(moderator).get("/api/v1/moderation/quality/").status_code == 403
