"""The page of what was learned, and the button that sends a doubted decision to somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from generation.models import ModelVersion, TrainingRun
from generation.moderation.learning.learned import learned_write
from generation.moderation.models import AuditEntry, Case, Decision, Moderator, SecondOpinion
from tests import factories
from tests.generation.moderation.decided import comments_decided, people, said

pytestmark = pytest.mark.usefixtures("media_root")


@pytest.fixture
def learned(
    var_dir: Path, db: None, moderator: User, second_moderator: User
) -> tuple[ModelVersion, list[Case]]:
    """A version that moved two cases and doubts the last decision."""
    writers = people(4)
    rows = [(writers[n], text, bad) for n, (text, bad) in enumerate(said(4, seed=1))]
    cases = comments_decided(rows, moderator=second_moderator)
    version = factories.version(kind="text_safety", folder="versions/text_safety/a")
    folder = var_dir / version.folder
    folder.mkdir(parents=True)
    marks = {"auc": 0.7, "average_precision": 0.6, "false_positive_rate": 0.125}

    def moved(case: Case, was: str, now: str, before: float, after: float, broken: bool) -> dict[str, Any]:
        decision = Decision.objects.get(case=case).pk
        return {
            "case": case.pk, "decision": decision, "before": before, "after": after, "was": was, "is": now, "broken": broken,
        }  # fmt: skip

    told = {
        "compared": {
            "lessons": 44, "broken": 11, "now": marks, "new": {**marks, "auc": 0.913},
            "gain": {"difference": 0.2, "low": 0.1, "high": 0.3, "sure": 0.99},
        },
        "stricter": 1, "stricter_right": 1, "milder": 1, "milder_right": 0,
        "moved": [moved(cases[1], "approve", "hold", 0.1, 0.91, True), moved(cases[3], "queue", "approve", 0.5, 0.2, True)],
    }  # fmt: skip
    doubted = {
        "decision": Decision.objects.get(case=cases[2]).pk,
        "case": cases[2].pk,
        "broken": False,
        "probability": 0.93,
    }
    learned_write(
        folder,
        {
            "kind": "text_safety", "policies": {"hate": told}, "doubts": {"hate": {"estimated": 1.0, "decisions": [doubted]}},
            "fixed": {}, "why_not": ["not_better"], "taught": 4, "held": 44, "left_out": 0,
        },
    )  # fmt: skip
    return version, cases


def test_moderators_see_in_cases_what_the_last_training_changed(
    learned: tuple[ModelVersion, list[Case]], moderator: User, client_of: Any
) -> None:
    version, cases = learned
    page = client_of(moderator).get("/moderation/learning/").content.decode()
    assert (
        f"Version {version.pk}" in page and "0.913" in page and "44 held-out decisions, 11 violations" in page
    )
    assert "1 are judged more strictly; people found a violation in 1 of them." in page
    for case, words in ((cases[1], "91.0 %"), (cases[3], "20.0 %")):
        assert f'href="/moderation/cases/{case.pk}/"' in page and words in page
        assert case.screening is not None and case.screening.text in page
    assert "not surely better" in page and "Learn now" not in page
    Case.objects.filter(pk=cases[1].pk).update(creator=moderator)
    again = client_of(moderator).get("/moderation/learning/").content.decode()
    assert f'href="/moderation/cases/{cases[1].pk}/"' not in again, (
        "nobody is shown what was decided about them"
    )


def test_the_page_speaks_chinese_and_says_where_nothing_was_learned(
    var_dir: Path, administrator: User, client_of: Any
) -> None:
    client = client_of(administrator)
    client.cookies["django_language"] = "zh-hans"
    page = client.get("/moderation/learning/").content.decode()
    assert "从决定中学习" in page and "立即学习" in page and "Learn" not in page.split("<main")[1]


def test_a_doubted_decision_is_sent_to_somebody_else_and_stands_until_then(
    learned: tuple[ModelVersion, list[Case]], moderator: User, administrator: User, client_of: Any
) -> None:
    _, cases = learned
    decision = Decision.objects.get(case=cases[2])
    Moderator.objects.create(user=moderator, pseudonym="grey heron", senior=True)
    senior = client_of(moderator)
    page = senior.get("/moderation/quality/").content.decode()
    assert f'action="/moderation/doubts/{decision.pk}/ask"' in page and "93.0 %" in page
    assert senior.post(f"/moderation/doubts/{decision.pk}/ask").status_code == 302
    opinion = SecondOpinion.objects.get()
    assert opinion.first == decision and opinion.hidden.state == "open" and opinion.state == "pending"
    assert decision.moderator in opinion.hidden.not_for.all()
    assert Case.objects.get(pk=cases[2].pk).outcome == "approve", "never changed by itself"
    assert AuditEntry.objects.get(action="opinion_ask").data["decision"] == decision.pk
    assert f"/moderation/doubts/{decision.pk}/ask" not in senior.get("/moderation/quality/").content.decode()
    told = senior.post(f"/moderation/doubts/{decision.pk}/ask", follow=True).content.decode()
    assert "has one" in told and SecondOpinion.objects.count() == 1


def test_a_decision_that_was_undone_is_neither_listed_nor_sent(
    learned: tuple[ModelVersion, list[Case]], administrator: User, client_of: Any
) -> None:
    _, cases = learned
    decision = Decision.objects.get(case=cases[2])
    Decision.objects.create(
        case=cases[2], number=2, moderator=administrator, action="undo", undoes=decision, submission="0" * 32
    )
    client = client_of(administrator)
    assert f"/doubts/{decision.pk}/" not in client.get("/moderation/quality/").content.decode()
    client.post(f"/moderation/doubts/{decision.pk}/ask")
    assert not SecondOpinion.objects.exists()


def test_the_button_asks_for_a_training_or_says_why_not(
    var_dir: Path, administrator: User, client_of: Any, settings: Any
) -> None:
    client = client_of(administrator)
    told = client.post("/moderation/learning/start", {"kind": "text_safety"}, follow=True).content.decode()
    assert "Decide more cases first" in told and not TrainingRun.objects.exists()
    settings.LEARN_FROM = 60
    writers = people(10)
    comments_decided((writers[n % 10], text, bad) for n, (text, bad) in enumerate(said(60, seed=2)))
    told = client.post("/moderation/learning/start", {"kind": "text_safety"}, follow=True).content.decode()
    assert "as soon as the worker that trains is free" in told
    assert TrainingRun.objects.get().kind == "text_safety"
    assert client.post("/moderation/learning/start", {"kind": "ranker"}).status_code == 404
