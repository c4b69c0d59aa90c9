"""Appeals: a creator disagrees with a decision, and somebody who had no part in it looks again."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from generation.models import Video
from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import AppealInvalid, AppealStateConflict
from generation.moderation.models import Appeal, Case, Decision
from generation.moderation.screening.opening import due_after
from generation.moderation.services.statements import statement_restore, statement_withdraw
from generation.moderation.services.strikes import strike_restore, strike_revoke

TEXT_LENGTH = 2000
Action, State = Decision.Action, Appeal.State


def decision_standing(video: Video) -> Decision | None:
    """The restriction of the video itself that is in force, if any: the newest that was neither undone nor overturned."""
    rows = Decision.objects.filter(
        case__video=video, case__comment__isnull=True, action__in=Decision.RESTRICTING, undone_by__isnull=True
    )
    rows = rows.exclude(case__kind__in=Case.HIDDEN).exclude(appeal__state=State.OVERTURNED)
    rows = rows.filter(statement__isnull=False, statement__withdrawn__isnull=True)
    return rows.select_related("case", "policy", "moderator").order_by("-created", "-pk").first()


@transaction.atomic
def appeal_file(*, video: Video, creator: User, text: str) -> Appeal:
    """Ask for another look at the decision in force. Raises ``AppealInvalid`` or ``AppealStateConflict``."""
    words = text.strip()
    if not 0 < len(words) <= TEXT_LENGTH:
        raise AppealInvalid(
            f"An appeal says in 1 to {TEXT_LENGTH} characters why; this has {len(words)}.", field="text"
        )
    Video.objects.select_for_update().get(pk=video.pk)
    decision = decision_standing(video)
    if decision is None:
        raise AppealStateConflict(
            "No decision about this video is in force, so there is nothing to appeal against."
        )
    if Appeal.objects.filter(decision=decision).exists():
        raise AppealStateConflict("This decision was appealed already; each is looked at again once.")
    if decision.created < timezone.now() - timedelta(days=settings.APPEAL_DAYS):
        raise AppealStateConflict(
            f"A decision can be appealed for {settings.APPEAL_DAYS} days; this one is older."
        )
    review = _review(decision, words)
    appeal = Appeal.objects.create(decision=decision, review=review, creator=creator, video=video, text=words)
    audit_append(
        actor=actor_of(creator), action="appeal", subject=f"case:{review.pk}", data={"decision": decision.pk}
    )
    return appeal


def _review(decision: Decision, words: str) -> Case:
    """A case like the first, which nobody who decided it sees."""
    first = decision.case
    assert decision.policy is not None
    review = Case(
        kind=Case.Kind.APPEAL, video=first.video, creator=first.creator, screening=first.screening,
        revision=first.revision, policy=decision.policy, severity=first.severity, risk=first.risk, risks=first.risks,
        evidence=[{"where": "appeal", "policy": decision.policy.code, "text": words, "score": 1.0}, *first.evidence],
        reason="appeal", title=first.title, language=first.language, reach=first.reach,
        due=timezone.now() + due_after(max(first.severity, 2)),
    )  # fmt: skip
    review.save()
    deciders = first.decisions.filter(moderator__isnull=False).values_list("moderator", flat=True)
    review.not_for.add(*set(deciders))
    return review


def appeal_answered(case: Case, answer: Decision) -> None:
    """The second look: rejected again the decision stands, anything else overturns it."""
    appeal = Appeal.objects.select_related("decision").get(review=case)
    appeal.state = State.UPHELD if answer.action == Action.REJECT else State.OVERTURNED
    appeal.decided = timezone.now()
    appeal.save(update_fields=["state", "decided"])
    if appeal.state == State.OVERTURNED:
        statement_withdraw(appeal.decision)
        strike_revoke(appeal.decision)


def appeal_reopened(case: Case) -> None:
    """The answer was undone: the appeal is open again and the first decision stands meanwhile."""
    appeal = Appeal.objects.select_related("decision").get(review=case)
    if appeal.state == State.OVERTURNED:
        statement_restore(appeal.decision)
        strike_restore(appeal.decision)
    appeal.state, appeal.decided = State.OPEN, None
    appeal.save(update_fields=["state", "decided"])


def appeal_moot(decision: Decision) -> None:
    """The decision was undone, so nobody needs to look again."""
    appeal = Appeal.objects.filter(decision=decision, state=State.OPEN).select_related("review").first()
    if appeal is None:
        return
    appeal.state, appeal.decided = State.MOOT, timezone.now()
    appeal.save(update_fields=["state", "decided"])
    review = appeal.review
    review.state, review.claimed_by, review.claim_until = Case.State.WITHDRAWN, None, None
    review.save()
