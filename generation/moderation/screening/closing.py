"""What nobody needs to look at any more: cases and screenings of what was taken back or is gone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from generation.moderation.audit import MACHINE, audit_append
from generation.moderation.models import Appeal, Case, Decision, Screening, SecondOpinion
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
    """The decisions no longer stand, or what they were about is gone: nobody needs to look again."""
    rows = Appeal.objects.filter(decision__in=decisions, state=Appeal.State.OPEN).select_related("review")
    for appeal in rows:
        appeal.state, appeal.decided = Appeal.State.MOOT, timezone.now()
        appeal.save(update_fields=["state", "decided"])
        review = appeal.review
        if review.state == Case.State.OPEN:
            review.state, review.claimed_by, review.claim_until = Case.State.WITHDRAWN, None, None
            review.save()


def opinions_withdraw(cases: QuerySet[Case]) -> None:
    """Nobody needs a second opinion on what is gone."""
    SecondOpinion.objects.filter(hidden__in=cases, state=SecondOpinion.State.PENDING).delete()


def screenings_withdraw(video: int) -> int:
    """Stop what is under way for the video itself; a worker that is at it writes nothing any more."""
    rows = Screening.objects.filter(video=video, comment__isnull=True, state__in=UNFINISHED)
    return rows.update(
        state=Screening.State.WITHDRAWN, lease_owner="", lease_until=None, retry_at=None, ended=timezone.now()
    )
