"""Second opinions: another moderator decides the same without knowing; where the two differ, a senior one decides."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from generation.models import Video
from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import CaseStateConflict
from generation.moderation.models import Case, Decision, SecondOpinion
from generation.moderation.screening.checks import hidden_case, is_drawn
from generation.moderation.screening.statements import statement_restore, statement_withdraw
from generation.moderation.selectors.quality import label_of
from generation.moderation.services.strikes import strike_restore, strike_revoke

State = SecondOpinion.State
ADJUDICATION_HOURS = 24
UNCERTAIN = 0.1  # a risk so near to a line of its policy
RECENT = 200  # decided cases by which is told how many are uncertain


def opinion_ask(case: Case, decision: Decision, *, share: float | None = None) -> SecondOpinion | None:
    """Show a copy of the case to somebody else, if the decision is drawn: of uncertain cases more than of others."""
    share = opinion_share(case) if share is None else share
    if case.video is None or not is_drawn(f"decision:{decision.pk}", share):
        return None
    if SecondOpinion.objects.filter(first__case=case).exists():
        return None
    hidden = hidden_case(case.video, case.screening, like=case)
    if decision.moderator is not None:
        hidden.not_for.add(decision.moderator)
    return SecondOpinion.objects.create(first=decision, hidden=hidden)


def opinion_share(case: Case) -> float:
    """How likely a decision on the case gets a second opinion, so that of all decisions ``SECOND_OPINION_SHARE`` do.

    ``UNCERTAIN_OPINION_SHARE`` of them go to uncertain cases, or as many as these are of all where that is more. How
    many are uncertain is counted among the newest decided ones, without those that a moderator's own look opened.
    """
    share = settings.SECOND_OPINION_SHARE
    recent = Case.objects.filter(state=Case.State.DECIDED, kind__in=Case.PROPER).order_by("-decided")
    recent = recent.exclude(kind=Case.Kind.SPOTTED)  # no risk was measured there
    margins = list(recent.values_list("margin", flat=True)[:RECENT])
    among = sum(margin <= UNCERTAIN for margin in margins) / len(margins) if margins else 0.0
    if among in (0.0, 1.0):
        return share
    theirs = min(share * max(settings.UNCERTAIN_OPINION_SHARE, among) / among, 1.0)
    return theirs if case.margin <= UNCERTAIN else (share - among * theirs) / (1.0 - among)


def opinion_given(case: Case, second: Decision) -> None:
    """Compare with the first; a disagreement becomes a case for a senior moderator."""
    opinion = SecondOpinion.objects.select_related("first__case", "first__moderator", "screening").get(
        hidden=case
    )
    opinion.second = second
    opinion.state = State.AGREED if _same(opinion, second) else State.DISAGREED
    if opinion.state == State.DISAGREED and case.video is not None:
        opinion.adjudication = _adjudication(opinion, case, second)
    opinion.save()


def _same(opinion: SecondOpinion, second: Decision) -> bool:
    return label_of(opinion.first) == label_of(second)


def _adjudication(opinion: SecondOpinion, hidden: Case, second: Decision) -> Case:
    """About the real video or comment: its decision counts."""
    video = hidden.video
    assert isinstance(video, Video)
    original = opinion.first.case if opinion.first else None
    screening = hidden.screening
    revision = original.revision if original else screening.revision if screening else ""
    case = Case(
        kind=Case.Kind.ADJUDICATION, video=video, comment=hidden.comment, creator=hidden.creator, screening=screening, revision=revision,
        policy=second.policy or hidden.policy, severity=hidden.severity, risk=hidden.risk, risks=hidden.risks,
        evidence=hidden.evidence, reason=f"{label_of(opinion.first)} / {label_of(second)}"[:60], title=hidden.title,
        language=hidden.language, reach=hidden.reach, simulated=hidden.simulated, due=timezone.now() + timedelta(hours=ADJUDICATION_HOURS),
    )  # fmt: skip
    case.save()
    both = {row.moderator for row in (opinion.first, second) if row is not None and row.moderator is not None}
    case.not_for.add(*both)
    return case


def adjudicated(case: Case, final: Decision) -> bool:
    """The last word; where it differs from the first decision, that one no longer stands. Whether it differs."""
    opinion = SecondOpinion.objects.select_related("first").get(adjudication=case)
    opinion.final, opinion.state = final, State.ADJUDICATED
    opinion.save(update_fields=["final", "state"])
    differs = label_of(opinion.first) != label_of(final)
    if opinion.first is not None and differs:
        statement_withdraw(opinion.first)
        strike_revoke(opinion.first)
    return differs


def adjudication_taken_back(case: Case) -> None:
    """The last word was undone: the first decision stands again until there is another."""
    opinion = SecondOpinion.objects.select_related("first", "final").get(adjudication=case)
    if opinion.first is not None and label_of(opinion.first) != label_of(opinion.final):
        statement_restore(opinion.first)
        strike_restore(opinion.first)
    opinion.final, opinion.state = None, State.DISAGREED
    opinion.save(update_fields=["final", "state"])


@transaction.atomic
def opinion_ask_for(*, decision: Decision, by: User) -> SecondOpinion:
    """Send a decision that looks wrong to somebody else, who does not know; nothing is changed by it.

    Raises ``CaseStateConflict`` for one that no longer stands, has a second opinion, or is about what is gone.
    """
    Case.objects.select_for_update().get(pk=decision.case_id)
    decision = Decision.objects.select_related("case__video", "moderator").get(pk=decision.pk)
    case = decision.case
    stands = (
        decision.action in Decision.ENDING
        and not decision.automatic
        and case.state == Case.State.DECIDED
        and not case.is_hidden
        and not Decision.objects.filter(undoes=decision).exists()
    )
    opinion = opinion_ask(case, decision, share=1.0) if stands else None
    if opinion is None:
        raise CaseStateConflict(
            f"A second opinion is asked for about a decision of a person that stands and has none; that on case {case.pk} "
            "does not, or has one. Reload the page."
        )
    audit_append(
        actor=actor_of(by), action="opinion_ask", subject=f"case:{case.pk}", data={"decision": decision.pk}
    )
    return opinion


def opinion_drop(decision: Decision) -> None:
    """The first decision was undone before anybody gave a second: nobody needs to."""
    opinion = (
        SecondOpinion.objects.filter(first=decision, state=State.PENDING).select_related("hidden").first()
    )
    if opinion is not None:
        hidden = opinion.hidden
        opinion.delete()
        hidden.state, hidden.claimed_by, hidden.claim_until = Case.State.WITHDRAWN, None, None
        hidden.save()


def opinion_taken_back(case: Case) -> None:
    """The second opinion was undone; it waits again, and so does whoever was to adjudicate."""
    opinion = SecondOpinion.objects.select_related("adjudication").get(hidden=case)
    adjudication = opinion.adjudication
    opinion.second, opinion.adjudication, opinion.state = None, None, State.PENDING
    opinion.save()
    if adjudication is not None and adjudication.state == Case.State.OPEN:
        adjudication.state, adjudication.claimed_by, adjudication.claim_until = (
            Case.State.WITHDRAWN,
            None,
            None,
        )
        adjudication.save()
