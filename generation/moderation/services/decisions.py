"""Decisions: taken once whoever sends them twice, by the one who holds the case, followed by what they say.

Everything of one submission is one transaction under the case's lock: the rows, what becomes of the video, statements,
strikes, reports, appeals, the log.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core.errors import PlatformError
from generation.models import Video
from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import CaseClaimed, CaseStateConflict
from generation.moderation.models import Case, CaseSkip, Decision, Policy
from generation.moderation.screening.demotion import demotion_told
from generation.moderation.screening.statements import statement_finish, statement_make
from generation.moderation.selectors.cases import is_claimed, pseudonym
from generation.moderation.selectors.people import case_for
from generation.moderation.services.actions import ActionAsked, actions_checked
from generation.moderation.services.appeals import appeal_answered
from generation.moderation.services.effects import effect_apply
from generation.moderation.services.golden import golden_answered
from generation.moderation.services.opinions import adjudicated, opinion_ask, opinion_given
from generation.moderation.services.people import exposure_end, moderator_of
from generation.moderation.services.reports import reports_resolve
from generation.moderation.services.strikes import strike_give

Action, Kind, State = Decision.Action, Case.Kind, Case.State
BULK_MOST = 100


def case_locked(pk: int) -> Case:
    """The case and its video, held until the transaction ends: the video first, as everywhere."""
    video = Case.objects.filter(pk=pk).values_list("video", flat=True).get()
    if video is not None:
        Video.objects.select_for_update().filter(pk=video).first()
    Case.objects.select_for_update().get(pk=pk)
    return Case.objects.select_related(
        "policy", "video", "creator", "screening", "claimed_by__moderator"
    ).get(pk=pk)


@transaction.atomic
def case_decide(
    *,
    case: Case,
    moderator: User,
    actions: Sequence[ActionAsked],
    key: str = "",
    revision: str = "",
    batch: uuid.UUID | None = None,
) -> list[Decision]:
    """Decide the case; sent again with the same ``key`` it is the same decision.

    ``revision`` is the one the moderator has seen. Raises ``CaseClaimed`` where somebody else holds the case,
    ``CaseStateConflict`` where it is decided or changed, ``DecisionInvalid``.
    """
    case = case_locked(case.pk)
    if key and (sent := _sent(case, moderator, key)):
        return sent
    _may_decide(case, moderator, revision)
    actions_checked(case, actions)
    moderator_of(moderator)
    policies = {row.code: row for row in Policy.objects.all()}
    by_action = {asked.action: asked.policy for asked in actions}
    ends = any(asked.ends for asked in actions)
    effect = effect_apply(case, by_action) if ends and not case.is_hidden else {}
    spent = _spent(case, moderator)
    number = case.decisions.count()
    submission = uuid.uuid4()
    rows = [
        Decision.objects.create(
            case=case, number=number + place, moderator=moderator, action=asked.action,
            policy=policies.get(asked.policy), seconds=asked.seconds, note=asked.note, key=key,
            submission=submission, batch=batch, spent_seconds=spent if place == 1 else 0.0,
            effect=effect if place == 1 else {},
        )
        for place, asked in enumerate(actions, start=1)
    ]  # fmt: skip
    _close(case, rows)
    exposure_end(user=moderator, case=case)
    _log(case, moderator, rows)
    if ends:
        _follow(case, rows)
    return rows


def _sent(case: Case, moderator: User, key: str) -> list[Decision]:
    """What the same key did before."""
    rows = case.decisions.filter(moderator=moderator, key=key).exclude(action=Action.UNDO)
    return list(rows.select_related("policy").order_by("number"))


def _may_decide(case: Case, moderator: User, revision: str) -> None:
    if case.state != State.OPEN:
        raise CaseStateConflict(
            f"Only an open case is decided; case {case.pk} is {case.state}. Take the next one.",
            values={"state": case.state},
        )
    if is_claimed(case) and case.claimed_by_id != moderator.pk:
        raise CaseClaimed(
            f"{pseudonym(case.claimed_by)} holds case {case.pk} now. Take the next one.",
            values={"holder": pseudonym(case.claimed_by)},
        )
    if revision and case.revision and revision != case.revision:
        raise CaseStateConflict(
            f"The video of case {case.pk} was changed since you opened it. Look at it again.",
            values={"state": "changed"},
        )


def _spent(case: Case, moderator: User) -> float:
    """Seconds since the claim; never negative, whatever the clocks say."""
    if case.claimed_by_id != moderator.pk or case.claimed_at is None:
        return 0.0
    return max((timezone.now() - case.claimed_at).total_seconds(), 0.0)


def _close(case: Case, rows: list[Decision]) -> None:
    """End the case, or let go of it."""
    first = rows[0]
    case.claimed_by = case.claimed_at = case.claim_until = None
    if first.action == Action.ESCALATE:
        case.escalated = True
    elif first.action == Action.SKIP:
        CaseSkip.objects.get_or_create(case=case, moderator=first.moderator)
    else:
        case.state, case.decided, case.outcome = State.DECIDED, timezone.now(), first.action
    case.save()


def _log(case: Case, moderator: User, rows: list[Decision]) -> None:
    for row in rows:
        audit_append(
            actor=actor_of(moderator),
            action=f"decide_{row.action}",
            subject=f"case:{case.pk}",
            data={
                "decision": row.pk, "number": row.number, "policy": row.policy.code if row.policy else None,
                "kind": case.kind, "video": case.video_id, "seconds": row.seconds,
                "batch": str(row.batch) if row.batch else None,
            },
        )  # fmt: skip


def _follow(case: Case, rows: list[Decision]) -> None:
    """What an ending decision brings with it, by the kind of the case."""
    first = rows[0]
    if case.kind == Kind.GOLDEN:
        return golden_answered(case, first)
    if case.kind == Kind.SECOND:
        return opinion_given(case, first)
    appeal = appeal_answered(case, first) if case.kind == Kind.APPEAL else None
    stands = case.kind == Kind.ADJUDICATION and not adjudicated(case, first)
    restricting = [row for row in rows if row.action in Decision.RESTRICTING]
    upheld = appeal is not None and first.action == Action.REJECT and not appeal.decision.automatic
    if not stands and not upheld:  # else the first one's words hold
        for row in restricting:
            statement_finish(statement_make(decision=row, case=case), case)
            strike_give(decision=row, case=case)
    if case.kind in (*Case.PROPER, Kind.APPEAL):  # an appeal against what reports did has them
        reports_resolve(case=case, upheld=bool(restricting))
    if case.kind in Case.PROPER:
        opinion_ask(case, first)
    if case.video is not None and case.comment is None:
        demotion_told(case.video)
    return None


# --- many at once ----------------------------------------------------------------------------------------------------
def cases_decide(
    *, cases: Sequence[int], moderator: User, actions: Sequence[ActionAsked], key: str = ""
) -> tuple[uuid.UUID, list[dict[str, Any]]]:
    """Decide many cases alike, each by itself; the batch's number, and what became of each case.

    A case that cannot be decided is told with its code and stops none of the others.
    """
    batch = uuid.uuid5(uuid.NAMESPACE_OID, f"{moderator.pk}:{key}") if key else uuid.uuid4()
    results = []
    for pk in list(dict.fromkeys(cases))[:BULK_MOST]:
        try:
            case = case_for(moderator, pk)
            rows = case_decide(case=case, moderator=moderator, actions=actions, key=key, batch=batch)
            results.append({"case": pk, "state": "decided", "decisions": [row.pk for row in rows]})
        except Case.DoesNotExist:
            results.append({"case": pk, "state": "refused", "code": "not_found", "detail": f"No case {pk}."})
        except PlatformError as error:
            results.append({"case": pk, "state": "refused", "code": error.code, "detail": str(error)})
    return batch, results
