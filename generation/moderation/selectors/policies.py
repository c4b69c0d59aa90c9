"""Reads of what is not allowed."""

from __future__ import annotations

from django.db.models import QuerySet

from generation.moderation.models import Calibration, Policy, PolicyVersion

SEVERE = int(PolicyVersion.Severity.SEVERE)


def policies_acting() -> dict[str, PolicyVersion]:
    """The acting version of each policy by code, in their order; one query."""
    rows = PolicyVersion.objects.filter(state=PolicyVersion.State.ACTIVE).select_related("policy")
    return {row.policy.code: row for row in rows.order_by("policy__position")}


def policies_in_shadow() -> dict[str, PolicyVersion]:
    rows = PolicyVersion.objects.filter(state=PolicyVersion.State.SHADOW).select_related("policy")
    return {row.policy.code: row for row in rows}


def calibrations_active() -> dict[str, tuple[float, float]]:
    """Slope and offset by policy code; a policy without any is taken as it comes."""
    rows = Calibration.objects.filter(active=True).values_list("policy__code", "slope", "offset")
    return {code: (slope, offset) for code, slope, offset in rows}


def policy_history(code: str) -> QuerySet[PolicyVersion]:
    """Every version of the policy, newest first."""
    return (
        PolicyVersion.objects.filter(policy__code=code).select_related("policy", "author").order_by("-number")
    )


def policy_of(code: str) -> Policy:
    """The policy of that code, or ``other`` for one that nobody knows."""
    known = {policy.code: policy for policy in Policy.objects.filter(code__in=(code, "other"))}
    return known.get(code) or known["other"]
