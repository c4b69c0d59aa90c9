"""What the newest training from decisions changed, told in cases; and the decisions it doubts, for another look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from generation.models import ModelVersion
from generation.moderation.learning.learned import learned_read
from generation.moderation.models import Case, Decision, SecondOpinion
from generation.moderation.selectors.people import cases_for
from generation.selectors import version_folder, versions_all

LOOKED_AT = 20  # versions of a kind: those from files of labelled texts changed no verdict that is known
EXCERPT = 120  # characters


@dataclass(frozen=True)
class MovedCase:
    """A held-out case whose verdict moves: approve, queue or hold, with both risks (0–1) and what people decided."""

    case: Case
    was: str
    now: str
    before: float
    after: float
    broken: bool
    excerpt: str

    @property
    def is_right(self) -> bool:
        """Whether it moves toward what people decided."""
        return self.broken == (self.after > self.before)


@dataclass(frozen=True)
class DoubtedDecision:
    """A decision that is probably wrong; ``probability`` is the chance (0–1) of a violation, as others were decided."""

    decision: Decision
    policy: str
    broken: bool
    probability: float
    excerpt: str


def learned_latest(kind: str) -> tuple[ModelVersion, dict[str, Any]] | None:
    """The newest version of the kind that learned from decisions, and what it left beside its weights."""
    for version in versions_all(kind=kind)[:LOOKED_AT]:
        if told := learned_read(version_folder(version)):
            return version, told
    return None


def moved_cases(told: dict[str, Any], policy: str, user: User) -> list[MovedCase]:
    """Those of the shown ones that the user may see, in the order of how far they move."""
    rows = told["policies"][policy]["moved"]
    reached = cases_for(user).filter(pk__in=[row["case"] for row in rows])
    cases = {case.pk: case for case in reached.select_related("policy", "screening", "video")}
    return [
        MovedCase(
            cases[row["case"]], row["was"], row["is"], row["before"], row["after"], row["broken"],
            excerpt_of(cases[row["case"]], policy),
        )
        for row in rows
        if row["case"] in cases
    ]  # fmt: skip


def doubted_decisions(told: dict[str, Any], user: User) -> list[DoubtedDecision]:
    """Those that stand, that nobody was asked about again, and that the user may see; the least believable first."""
    rows = [
        {**row, "policy": policy} for policy, found in told["doubts"].items() for row in found["decisions"]
    ]
    reached = cases_for(user).filter(pk__in=[row["case"] for row in rows], state=Case.State.DECIDED)
    asked = SecondOpinion.objects.filter(first__case__in=reached.order_by()).values("first__case")
    decisions = Decision.objects.filter(
        pk__in=[row["decision"] for row in rows], case__in=reached.exclude(pk__in=asked).order_by(),
        undone_by__isnull=True,
    )  # fmt: skip
    by_number = {
        one.pk: one for one in decisions.select_related("case__screening", "policy", "moderator__moderator")
    }
    found = [
        DoubtedDecision(
            by_number[row["decision"]], row["policy"], row["broken"], row["probability"],
            excerpt_of(by_number[row["decision"]].case, row["policy"]),
        )
        for row in rows
        if row["decision"] in by_number and not by_number[row["decision"]].case.is_hidden
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.probability if one.broken else 1.0 - one.probability)


def excerpt_of(case: Case, policy: str) -> str:
    """Some words of it: the comment, else what was found under the policy, else the title."""
    if case.comment is not None and case.screening is not None:
        return case.screening.text[:EXCERPT]
    found = (
        str(piece["text"])
        for piece in case.evidence
        if piece.get("policy") == policy and piece.get("text") and piece.get("where") != "report"
    )
    return next(found, case.title)[:EXCERPT]
