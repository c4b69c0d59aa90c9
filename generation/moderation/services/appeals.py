"""Appeals: a creator or commenter disagrees with a decision, and somebody who had no part in it looks again."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from generation.models import Video
from generation.moderation.audit import MACHINE, actor_of, audit_append
from generation.moderation.errors import AppealInvalid, AppealStateConflict
from generation.moderation.models import Appeal, Case, Decision, Report, Statement
from generation.moderation.screening.opening import due_after
from generation.moderation.screening.statements import statement_restore, statement_withdraw
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
    return rows.select_related("case", "policy", "moderator", "statement").order_by("-created", "-pk").first()


@transaction.atomic
def appeal_file(*, video: Video, creator: User, text: str) -> Appeal:
    """Ask for another look at the decision in force about the video. Raises ``AppealInvalid`` or ``AppealStateConflict``."""
    Video.objects.select_for_update().get(pk=video.pk)
    decision = decision_standing(video)
    _words(text)
    if decision is None:
        raise AppealStateConflict(
            "No decision about this video is in force, so there is nothing to appeal against."
        )
    return statement_appeal(statement=decision.statement, creator=creator, text=text)


@transaction.atomic
def statement_appeal(*, statement: Statement, creator: User, text: str) -> Appeal:
    """Ask for another look at what the statement gives reasons for: a video or a comment.

    Raises ``AppealInvalid`` or ``AppealStateConflict``.
    """
    words = _words(text)
    if statement.creator_id != creator.pk:
        raise AppealInvalid("Only whom a statement of reasons is addressed to appeals against it.")
    if statement.video_id is not None:
        Video.objects.select_for_update().filter(pk=statement.video_id).first()
    statement = Statement.objects.select_related("decision__case", "decision__policy").get(pk=statement.pk)
    decision = statement.decision
    if (why := appeal_closed(statement)) is not None:
        raise AppealStateConflict(why)
    review = _review(decision, words)
    appeal = Appeal.objects.create(
        decision=decision, review=review, creator=creator, video=statement.video, text=words
    )
    if decision.automatic:
        _merged(decision.case, review)
    audit_append(
        actor=actor_of(creator), action="appeal", subject=f"case:{review.pk}", data={"decision": decision.pk}
    )
    return appeal


def appeal_closed(statement: Statement) -> str | None:
    """Why nobody can appeal against the statement now; ``None`` where its creator can."""
    decision = statement.decision
    if statement.withdrawn is not None:
        return "This decision is no longer in force, so there is nothing to appeal against."
    if getattr(decision, "appeal", None) is not None:  # asked for afresh unless it was read along
        return "This decision was appealed already; each is looked at again once."
    if decision.created < timezone.now() - timedelta(days=settings.APPEAL_DAYS):
        return f"A decision can be appealed for {settings.APPEAL_DAYS} days; this one is older."
    if decision.case.video_id is None:
        return "What this decision was about is gone, so nobody can look at it again."
    return None


def _words(text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= TEXT_LENGTH:
        raise AppealInvalid(
            f"An appeal says in 1 to {TEXT_LENGTH} characters why; this has {len(words)}.", field="text"
        )
    return words


def _review(decision: Decision, words: str) -> Case:
    """A case like the first, which nobody who decided it sees."""
    first = decision.case
    assert decision.policy is not None
    review = Case(
        kind=Case.Kind.APPEAL, video=first.video, comment=first.comment, creator=first.creator,
        screening=first.screening, revision=first.revision, policy=decision.policy, severity=first.severity,
        risk=first.risk, risks=first.risks,
        evidence=[{"where": "appeal", "policy": decision.policy.code, "text": words, "score": 1.0}, *first.evidence],
        reason="appeal", title=first.title, language=first.language, reach=first.reach,
        simulated=first.simulated, due=timezone.now() + due_after(max(first.severity, 2)),
    )  # fmt: skip
    review.save()
    deciders = first.decisions.filter(moderator__isnull=False).values_list("moderator", flat=True)
    review.not_for.add(*set(deciders))
    return review


def _merged(first: Case, review: Case) -> None:
    """Reports that acted by themselves are looked at with the appeal against that, by one person at once."""
    Report.objects.filter(case=first).update(case=review)
    review.reports_count = review.reports.count()
    review.save(update_fields=["reports_count"])
    if first.state == Case.State.OPEN:
        first.state, first.merged_into = Case.State.MERGED, review
        first.claimed_by = first.claimed_at = first.claim_until = None
        first.save()
        audit_append(actor=MACHINE, action="case_merge", subject=f"case:{first.pk}", data={"into": review.pk})


def appeal_answered(case: Case, answer: Decision) -> Appeal:
    """The second look: rejected again the decision stands, anything else overturns it.

    What reports did by themselves was right where any restriction follows.
    """
    appeal = Appeal.objects.select_related("decision").get(review=case)
    upholding = Decision.RESTRICTING if appeal.decision.automatic else (Action.REJECT,)
    appeal.state = State.UPHELD if answer.action in upholding else State.OVERTURNED
    appeal.decided = timezone.now()
    appeal.save(update_fields=["state", "decided"])
    if appeal.state == State.OVERTURNED:
        statement_withdraw(appeal.decision)
        strike_revoke(appeal.decision)
    return appeal


def appeal_reopened(case: Case) -> None:
    """The answer was undone: the appeal is open again and the first decision stands meanwhile."""
    appeal = Appeal.objects.select_related("decision").get(review=case)
    if appeal.state == State.OVERTURNED:
        statement_restore(appeal.decision)
        strike_restore(appeal.decision)
    appeal.state, appeal.decided, appeal.told = State.OPEN, None, None
    appeal.save(update_fields=["state", "decided", "told"])
