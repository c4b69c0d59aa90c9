"""Reasons for what reports do by themselves: a demotion is an automatic decision with a statement, like any restriction.

The statement is in force exactly as long as reports alone keep the video from being recommended; an appeal against it is
looked at together with the reports.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from generation.models import Video
from generation.moderation.audit import MACHINE, audit_append
from generation.moderation.models import Appeal, Case, Decision, Report, Statement
from generation.moderation.screening.closing import appeals_moot
from generation.moderation.screening.opening import case_open
from generation.moderation.screening.statements import (
    statement_finish,
    statement_make,
    statement_restore,
    statement_withdraw,
)
from generation.moderation.selectors.policies import policy_of
from generation.moderation.selectors.reports import reports_weighing

REPORTS = "reports"  # the reason that a demoted video has


def is_demoted_by_reports(video: Video) -> bool:
    return video.visibility == Video.Visibility.DEMOTED and video.visibility_reason == REPORTS


def demotions_untold() -> QuerySet[Video]:
    """Videos that reports demote while no statement says so: from before this site gave any."""
    told = Statement.objects.filter(
        video=OuterRef("pk"), decision__action=Decision.Action.DEMOTE, withdrawn__isnull=True
    )
    demoted = Video.objects.filter(visibility__in=(Video.Visibility.DEMOTED,), visibility_reason=REPORTS)
    return demoted.filter(~Exists(told)).order_by("pk")


@transaction.atomic
def demotion_told(video: Video, weights: Mapping[str, float] | None = None) -> None:
    """Give reasons while reports alone demote the video, and take them back when they no longer do.

    ``weights``: policy → how far its reports went; the heaviest is the one that is named.
    """
    video = Video.objects.select_related("owner").get(pk=video.pk)
    if is_demoted_by_reports(video):
        _tell(video, weights or {})
        return
    gone = Statement.objects.filter(
        video=video, decision__action=Decision.Action.DEMOTE, withdrawn__isnull=True
    ).select_related("decision")
    for statement in gone:
        statement_withdraw(statement.decision)
        appeals_moot([statement.decision])


def _tell(video: Video, weights: Mapping[str, float]) -> None:
    case = _case_of(video, weights)
    lying_in = set(reports_weighing(video).values_list("case", flat=True))
    same = Q(case__in=lying_in) | Q(case__merged_into__in=lying_in)
    told = Decision.objects.filter(same, action=Decision.Action.DEMOTE)
    # an appeal that nobody answered closes its decision for good: a new one can be appealed again
    known = told.exclude(appeal__state=Appeal.State.MOOT).order_by("-pk").first()
    if known is not None:
        statement_restore(known)
        return
    code = max(weights, key=lambda name: weights[name], default=case.policy.code)
    decision = Decision.objects.create(
        case=case, number=case.decisions.count() + 1, automatic=True, action=Decision.Action.DEMOTE,
        policy=policy_of(code), submission=uuid.uuid4(),
    )  # fmt: skip
    statement_finish(statement_make(decision=decision, case=case), case)
    audit_append(
        actor=MACHINE,
        action="demote",
        subject=f"case:{case.pk}",
        data={"decision": decision.pk, "policy": decision.policy.code if decision.policy else None},
    )


def _case_of(video: Video, weights: Mapping[str, float]) -> Case:
    """The case that the reports lie in; one is opened where they lie in none, as after a viewer was taken for a bot."""
    waiting = reports_weighing(video)
    last = waiting.filter(case__state=Case.State.OPEN).order_by("-pk").first()
    if last is not None and last.case is not None:
        return last.case
    risks = {code: min(weight, 1.0) for code, weight in weights.items()}
    case = case_open(video=video, kind=Case.Kind.REPORT, risks=risks, reason="reported")
    Report.objects.filter(pk__in=waiting.values("pk")).update(case=case)
    case.reports_count = case.reports.count()
    case.save(update_fields=["reports_count"])
    return case
