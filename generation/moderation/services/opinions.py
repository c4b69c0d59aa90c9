"""Second opinions: another moderator decides the same without knowing; where the two differ, a senior one decides."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from generation.models import Video
from generation.moderation.models import Case, Decision, SecondOpinion
from generation.moderation.screening.checks import hidden_case, is_drawn
from generation.moderation.screening.statements import statement_restore, statement_withdraw
from generation.moderation.selectors.quality import label_of
from generation.moderation.services.strikes import strike_restore, strike_revoke

State = SecondOpinion.State
ADJUDICATION_HOURS = 24


def opinion_ask(case: Case, decision: Decision, *, share: float | None = None) -> SecondOpinion | None:
    """Show a copy of the case to somebody else, if the decision is drawn."""
    share = settings.SECOND_OPINION_SHARE if share is None else share
    if case.video is None or not is_drawn(f"decision:{decision.pk}", share):
        return None
    if SecondOpinion.objects.filter(first__case=case).exists():
        return None
    hidden = hidden_case(case.video, case.screening, like=case)
    if decision.moderator is not None:
        hidden.not_for.add(decision.moderator)
    return SecondOpinion.objects.create(first=decision, hidden=hidden)


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
