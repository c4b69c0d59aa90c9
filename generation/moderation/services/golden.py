"""Cases whose answer is known, served among the others to measure how well they are decided."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import CaseStateConflict
from generation.moderation.models import Case, Decision, GoldenAnswer, GoldenCase
from generation.moderation.screening.checks import hidden_case
from generation.moderation.selectors.people import policies_seen_by
from generation.moderation.selectors.policies import SEVERE


@transaction.atomic
def golden_mark(*, case: Case, by: User, note: str = "") -> GoldenCase:
    """Let the decision of a decided case be the known answer. Raises ``CaseStateConflict`` for one not decided."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    ending = (
        case.decisions.filter(action__in=Decision.ENDING, undone_by__isnull=True).order_by("-number").first()
    )
    if case.state != Case.State.DECIDED or ending is None or case.is_hidden:
        raise CaseStateConflict(
            f"Only a decided case has an answer to learn from; case {case.pk} is {case.state}."
        )
    golden, _ = GoldenCase.objects.update_or_create(
        case=case,
        defaults={
            "action": ending.action,
            "policy": ending.policy,
            "active": True,
            "author": by,
            "note": note[:200],
        },
    )
    audit_append(
        actor=actor_of(by), action="golden_mark", subject=f"case:{case.pk}", data={"action": ending.action}
    )
    return golden


@transaction.atomic
def golden_unmark(*, golden: GoldenCase, by: User) -> None:
    """Serve it to nobody any more; answers that were given stay."""
    GoldenCase.objects.filter(pk=golden.pk).update(active=False)
    audit_append(actor=actor_of(by), action="golden_unmark", subject=f"case:{golden.case_id}")


def golden_serve(*, moderator: User, severe: bool) -> Case | None:
    """Now and then a copy of a known case that this moderator neither decided nor was asked; mostly ``None``."""
    if secrets.randbelow(10_000) >= settings.GOLDEN_SHARE * 10_000:
        return None
    rows = GoldenCase.objects.filter(
        active=True, case__video__isnull=False, case__policy__in=policies_seen_by(moderator)
    )
    rows = rows.exclude(answers__moderator=moderator).exclude(case__decisions__moderator=moderator)
    if not severe:
        rows = rows.filter(case__severity__lt=SEVERE)
    golden = rows.select_related("case__video", "case__policy", "case__creator").order_by("?").first()
    return None if golden is None else golden_copy(golden=golden, moderator=moderator)


@transaction.atomic
def golden_copy(*, golden: GoldenCase, moderator: User) -> Case:
    """The case as it was before it was decided, for this moderator's eyes only."""
    video = golden.case.video
    assert video is not None
    copy = hidden_case(video, golden.case.screening, like=golden.case, kind=Case.Kind.GOLDEN)
    copy.only_for = moderator
    copy.save(update_fields=["only_for"])
    GoldenAnswer.objects.create(golden=golden, served=copy, moderator=moderator)
    return copy


def golden_answered(case: Case, decision: Decision | None) -> None:
    """Compare the answer with the known one; ``None`` takes it back."""
    answer = GoldenAnswer.objects.select_related("golden").get(served=case)
    known = answer.golden
    answer.decision = decision
    answer.right = None
    if decision is not None:
        same_policy = decision.action == Decision.Action.APPROVE or decision.policy_id == known.policy_id
        answer.right = decision.action == known.action and same_policy
    answer.save(update_fields=["decision", "right"])
