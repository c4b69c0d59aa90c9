"""What nobody needs to look at any more: cases and screenings of what was taken back or is gone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from generation.moderation.audit import MACHINE, audit_append
from generation.moderation.models import Appeal, Case, Decision, Report, Screening, SecondOpinion
from generation.moderation.models.screening import UNFINISHED


@transaction.atomic
def case_withdraw(
    *, video: int | None = None, comment: int | None = None, kinds: tuple[str, ...] = Case.PROPER
) -> int:
    """End the open cases about a video, or about a comment, without a decision; how many there were."""
    rows = Case.objects.select_for_update().filter(state=Case.State.OPEN, kind__in=kinds)
    rows = rows.filter(video=video, comment__isnull=True) if comment is None else rows.filter(comment=comment)
    for case in rows:
        case.state, case.claimed_by, case.claim_until = Case.State.WITHDRAWN, None, None
        case.save()
        audit_append(
            actor=MACHINE, action="case_withdraw", subject=f"case:{case.pk}", data={"kind": case.kind}
        )
    return len(rows)


def appeals_moot(decisions: Iterable[Decision]) -> None:
    """The decisions no longer stand, or what they were about is gone: nobody needs to look again.

    Reports that were to be looked at with an appeal and wait still are looked at without it.
    """
    rows = Appeal.objects.filter(decision__in=decisions, state=Appeal.State.OPEN)
    rows = rows.select_related("review", "decision")
    for appeal in rows:
        appeal.state, appeal.decided = Appeal.State.MOOT, timezone.now()
        appeal.save(update_fields=["state", "decided"])
        review = appeal.review
        if review.state == Case.State.OPEN:
            review.state, review.claimed_by, review.claim_until = Case.State.WITHDRAWN, None, None
            review.save()
            _reports_back(review, appeal.decision.case_id)


def _reports_back(review: Case, first: int) -> None:
    """Lay the open reports of a withdrawn review where somebody sees them: the first case, or the one opened since."""
    if not review.reports.filter(outcome=Report.Outcome.OPEN).exists():
        return
    case = Case.objects.select_for_update().get(pk=first)
    others = Case.objects.select_for_update().filter(state=Case.State.OPEN, kind__in=Case.PROPER)
    others = others.filter(video=case.video_id, comment=case.comment).exclude(pk=case.pk)
    if case.state == Case.State.MERGED and (newer := others.first()) is not None:
        case.merged_into = newer
        case.save()
        newer.evidence = [*newer.evidence, *case.evidence]
        audit_append(actor=MACHINE, action="case_merge", subject=f"case:{case.pk}", data={"into": newer.pk})
        case = newer
    elif case.state == Case.State.MERGED:
        case.state, case.merged_into = Case.State.OPEN, None
        audit_append(actor=MACHINE, action="case_reopen", subject=f"case:{case.pk}", data={"from": review.pk})
    review.reports.update(case=case)
    case.reports_count = case.reports.count()
    case.save()
    review.reports_count = 0
    review.save(update_fields=["reports_count"])


def opinions_withdraw(cases: QuerySet[Case]) -> None:
    """Nobody needs a second opinion on what is gone."""
    SecondOpinion.objects.filter(hidden__in=cases, state=SecondOpinion.State.PENDING).delete()


def screenings_withdraw(video: int) -> int:
    """Stop what is under way for the video itself; a worker that is at it writes nothing any more."""
    rows = Screening.objects.filter(video=video, comment__isnull=True, state__in=UNFINISHED)
    return rows.update(
        state=Screening.State.WITHDRAWN, lease_owner="", lease_until=None, retry_at=None, ended=timezone.now()
    )
