"""Every action can be taken back: by another decision that says so, never by changing the first.

What comes back is what the decision did, as long as nobody changed it since; a later decision, an answered appeal or an
adjudication that stands on it has to be undone first.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core.errors import PlatformError
from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import NotAuthorized, UndoImpossible
from generation.moderation.models import Appeal, Case, CaseSkip, Decision, Report, SecondOpinion
from generation.moderation.screening.closing import appeals_moot
from generation.moderation.screening.statements import statement_withdraw
from generation.moderation.screening.weighing import reports_weigh
from generation.moderation.selectors.people import case_for, is_senior
from generation.moderation.services.appeals import appeal_reopened
from generation.moderation.services.decisions import case_locked
from generation.moderation.services.effects import effect_restore
from generation.moderation.services.golden import golden_answered
from generation.moderation.services.opinions import adjudication_taken_back, opinion_drop, opinion_taken_back
from generation.moderation.services.reports import reports_resolve
from generation.moderation.services.strikes import strike_revoke

Action, Kind, State = Decision.Action, Case.Kind, Case.State


@transaction.atomic
def decision_undo(
    *, case: Case, moderator: User, key: str = "", batch: uuid.UUID | None = None
) -> list[Decision]:
    """Take back the newest submission on the case that stands; sent again with the same ``key`` it is the same undo.

    Raises ``UndoImpossible`` or ``NotAuthorized``.
    """
    case = case_locked(case.pk)
    if key and (sent := list(case.decisions.filter(moderator=moderator, key=key, action=Action.UNDO))):
        return sent
    undone = _standing(case, batch)
    _may_undo(case, moderator, undone)
    number = case.decisions.count()
    submission = uuid.uuid4()
    rows = [
        Decision.objects.create(
            case=case, number=number + place, moderator=moderator, action=Action.UNDO, undoes=row,
            key=key if place == 1 else "", submission=submission,
        )
        for place, row in enumerate(undone, start=1)
    ]  # fmt: skip
    if undone[0].action in Decision.ENDING:
        _take_back(case, moderator, undone)
    elif undone[0].action == Action.ESCALATE:
        case.escalated = False
        case.save()
    else:
        CaseSkip.objects.filter(case=case, moderator=undone[0].moderator).delete()
    audit_append(
        actor=actor_of(moderator),
        action="undo",
        subject=f"case:{case.pk}",
        data={"decisions": [row.pk for row in undone], "actions": [row.action for row in undone]},
    )
    return rows


def _standing(case: Case, batch: uuid.UUID | None) -> list[Decision]:
    """The newest submission that was not undone, in order. Raises ``UndoImpossible`` where there is none."""
    rows = case.decisions.filter(undone_by__isnull=True, automatic=False).exclude(action=Action.UNDO)
    last = rows.order_by("-number").first()
    if last is None:
        raise UndoImpossible(f"Nothing on case {case.pk} is left to undo.")
    if batch is not None and last.batch != batch:
        raise UndoImpossible(f"A later decision stands on case {case.pk}; look at it before you undo.")
    return list(
        rows.filter(submission=last.submission).select_related("moderator", "policy").order_by("number")
    )


def _may_undo(case: Case, moderator: User, undone: list[Decision]) -> None:
    first = undone[0]
    if first.moderator_id != moderator.pk and not is_senior(moderator):
        raise NotAuthorized(
            "Only who decided or a senior moderator takes a decision back. Write a note instead."
        )
    if case.state not in (State.OPEN, State.DECIDED):
        raise UndoImpossible(f"Case {case.pk} is {case.state}; there is nothing to undo.")
    answered = Appeal.objects.filter(
        decision__in=undone, state__in=(Appeal.State.UPHELD, Appeal.State.OVERTURNED)
    )
    if answered.exists():
        raise UndoImpossible("An appeal against this decision was answered. Undo that answer first.")
    if SecondOpinion.objects.filter(first__in=undone, final__isnull=False).exists():
        raise UndoImpossible("This decision was adjudicated. Undo that decision first.")


def _take_back(case: Case, moderator: User, undone: list[Decision]) -> None:
    """The case is open again in the hands of who took it back, and what followed is gone."""
    first = undone[0]
    effect_restore(case, first.effect)
    for row in undone:
        statement_withdraw(row)
        strike_revoke(row)
        opinion_drop(row)
    appeals_moot(undone)
    if case.kind == Kind.GOLDEN:
        golden_answered(case, None)
    elif case.kind == Kind.SECOND:
        opinion_taken_back(case)
    elif case.kind == Kind.APPEAL:
        appeal_reopened(case)
        reports_resolve(case=case, upheld=None)
    elif case.kind == Kind.ADJUDICATION:
        adjudication_taken_back(case)
    else:
        reports_resolve(case=case, upheld=None)
        _swallow_newer(case)
    now = timezone.now()
    case.state, case.decided, case.outcome = State.OPEN, None, ""
    case.claimed_by, case.claimed_at = moderator, now
    case.claim_until = now + timedelta(seconds=settings.CLAIM_SECONDS)
    case.save()
    if not case.is_hidden and case.comment is None and case.video_id is not None:
        reports_weigh([case.video_id])


def _swallow_newer(case: Case) -> None:
    """Another case about the same was opened since: it joins the one that is open again."""
    if case.comment is not None:
        newer = Case.objects.filter(comment=case.comment)
    else:
        newer = Case.objects.filter(video=case.video_id, comment__isnull=True, video__isnull=False)
    for other in newer.filter(state=State.OPEN, kind__in=Case.PROPER).exclude(pk=case.pk):
        other.state, other.merged_into = State.MERGED, case
        other.claimed_by = other.claimed_at = other.claim_until = None
        other.save()
        Report.objects.filter(case=other).update(case=case)
        case.evidence = [*case.evidence, *other.evidence]
        case.revision = other.revision or case.revision
        case.screening = other.screening or case.screening
        case.reports_count += other.reports_count
        audit_append(actor="machine", action="case_merge", subject=f"case:{other.pk}", data={"into": case.pk})


def batch_undo(*, batch: uuid.UUID, moderator: User, key: str = "") -> list[dict[str, Any]]:
    """Take back every decision of the batch that still stands; what became of each case."""
    results = []
    cases = Decision.objects.filter(batch=batch).order_by("case").values_list("case", flat=True).distinct()
    for pk in cases:
        try:
            rows = decision_undo(case=case_for(moderator, pk), moderator=moderator, key=key, batch=batch)
            results.append({"case": pk, "state": "undone", "decisions": [row.pk for row in rows]})
        except Case.DoesNotExist:
            results.append({"case": pk, "state": "refused", "code": "not_found", "detail": f"No case {pk}."})
        except PlatformError as error:
            results.append({"case": pk, "state": "refused", "code": error.code, "detail": str(error)})
    return results
