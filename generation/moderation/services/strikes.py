"""Strikes: what a rejection costs its creator, for how long, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from generation.moderation.audit import MACHINE, audit_append
from generation.moderation.models import Case, Decision, Strike
from generation.moderation.selectors.policies import policies_acting

POINTS = {1: 0, 2: 1, 3: 1, 4: 2}  # by the severity of the policy


def strike_give(*, decision: Decision, case: Case) -> Strike | None:
    """Points for a rejection, by its policy's severity; none for trifles and for creators who are gone."""
    if decision.action != Decision.Action.REJECT or decision.policy is None or case.creator_id is None:
        return None
    points = POINTS[policies_acting()[decision.policy.code].severity]
    if points == 0:
        return None
    strike = Strike.objects.create(
        creator_id=case.creator_id,
        decision=decision,
        policy=decision.policy,
        points=points,
        expires=timezone.now() + timedelta(days=settings.STRIKE_DAYS),
    )
    audit_append(
        actor=MACHINE,
        action="strike",
        subject=f"user:{case.creator_id}",
        data={"decision": decision.pk, "points": points},
    )
    return strike


def strike_revoke(decision: Decision) -> None:
    """The decision no longer stands, so its strike does not count."""
    Strike.objects.filter(decision=decision, revoked__isnull=True).update(revoked=timezone.now())


def strike_restore(decision: Decision) -> None:
    Strike.objects.filter(decision=decision).update(revoked=None)
