"""What the site would say of a lesson: one scorer's word joined with what the others said when it was screened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generation.moderation.learning.lessons import Lesson
from generation.moderation.models import PolicyVersion, Screening
from generation.moderation.screening.combination import (
    ADVISORY,
    risk_calibrated,
    risk_combined,
    verdict_of,
)
from generation.moderation.selectors.policies import calibrations_active, policies_acting


@dataclass(frozen=True)
class PolicyRule:
    """How a policy judges now."""

    version: PolicyVersion
    calibration: tuple[float, float] | None

    @property
    def line(self) -> float:
        """From this risk on somebody looks."""
        return float(self.version.auto_approve_below)

    def risk(self, scores: Iterable[float]) -> float:
        return risk_calibrated(risk_combined(scores), self.calibration)

    def verdict(self, risk: float) -> str:
        """approve, queue or hold."""
        return verdict_of(risk, self.version)


def rules_acting() -> dict[str, PolicyRule]:
    fitted = calibrations_active()
    return {code: PolicyRule(row, fitted.get(code)) for code, row in policies_acting().items()}


def others_said(lessons: Sequence[Lesson], *, without: str) -> dict[int, dict[str, list[float]]]:
    """Decision → policy → the best score of each other scorer when the thing was screened; empty where it never was."""
    by_screening: dict[int, list[int]] = {}
    for lesson in lessons:
        if lesson.screening is not None:
            by_screening.setdefault(lesson.screening, []).append(lesson.decision)
    found: dict[int, dict[str, list[float]]] = {lesson.decision: {} for lesson in lessons}
    rows = Screening.objects.filter(pk__in=by_screening).only("pk", "signals")
    for row in rows.iterator(chunk_size=500):
        best: dict[str, dict[str, float]] = {}
        for one in row.signals:
            if one["state"] == "scored" and one["scorer"] not in {*ADVISORY, without}:
                of_policy = best.setdefault(one["policy"], {})
                of_policy[one["scorer"]] = max(of_policy.get(one["scorer"], 0.0), float(one["score"]))
        told = {policy: list(scores.values()) for policy, scores in best.items()}
        found |= {decision: told for decision in by_screening[row.pk]}
    return found
