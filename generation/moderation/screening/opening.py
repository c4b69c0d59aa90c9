"""Something for a person to look at: a case is opened, or what was found joins the one that is open already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from generation.models import Video
from generation.moderation.audit import MACHINE, audit_append
from generation.moderation.models import Case, Policy, Screening
from generation.moderation.selectors.policies import policies_acting, policy_of

SLA_HOURS = {1: 72, 2: 24, 3: 8, 4: 2}  # by severity: until when somebody should have looked
EVIDENCE_MOST = 60
SCORE_SHOWN = 0.05


def due_after(severity: int) -> timedelta:
    return timedelta(hours=SLA_HOURS[severity])


@transaction.atomic
def case_open(
    *,
    video: Video,
    kind: str,
    risks: Mapping[str, float],
    evidence: Iterable[Mapping[str, Any]] = (),
    reason: str = "",
    screening: Screening | None = None,
    comment: int | None = None,
    creator: User | None = None,
    revision: str = "",
    policy: str = "",
    reach: int | None = None,
) -> Case:
    """Open a case about the video or a comment under it, or let this join the one that is open.

    ``policy`` names the one it is about; by default the gravest: risk × severity. ``evidence`` are dicts as scorers say
    it, each with its policy. A comment whose author is gone is nobody's: its decision addresses no one, least of all the
    video's owner.
    """
    Video.objects.select_for_update().get(pk=video.pk)  # two openers at once would both find none open
    found = _joined_to(video, comment, kind)
    versions = policies_acting()
    code = policy or gravest(risks, {name: row.severity for name, row in versions.items()})
    about = versions.get(code)
    severity = about.severity if about else 1
    if found is not None and kind == Case.Kind.SPOTTED and found.kind != kind:
        # a person's look measures nothing: risks, policy and rank stay those that were measured
        return _join(found, {}, evidence, found.policy.code, found.severity, screening, revision, reason)
    if found is not None:
        return _join(found, risks, evidence, code, severity, screening, revision, reason)
    case = Case(
        kind=kind,
        video=video,
        comment=comment,
        creator=creator if comment is not None else creator or video.owner,
        screening=screening,
        revision=revision,
        policy=policy_of(code),
        severity=severity,
        risk=min(risks.get(code, 0.0), 1.0),
        risks=dict(risks),
        evidence=_kept(evidence),
        reason=reason,
        title=video.title,
        language=video.language,
        reach=reach_of(video) if reach is None else reach,
        due=timezone.now() + due_after(severity),
    )
    case.save()
    audit_append(
        actor=MACHINE,
        action="case_open",
        subject=f"case:{case.pk}",
        data={
            "video": video.pk,
            "comment": comment,
            "kind": kind,
            "policy": case.policy.code,
            "risk": case.risk,
        },
    )
    return case


def _joined_to(video: Video, comment: int | None, kind: str) -> Case | None:
    if kind not in Case.PROPER:
        return None
    rows = Case.objects.filter(state=Case.State.OPEN, kind__in=Case.PROPER)
    rows = rows.filter(video=video, comment=comment) if comment is None else rows.filter(comment=comment)
    return rows.select_for_update().first()


def _join(
    case: Case,
    risks: Mapping[str, float],
    evidence: Iterable[Mapping[str, Any]],
    code: str,
    severity: int,
    screening: Screening | None,
    revision: str,
    reason: str,
) -> Case:
    """What was found later stands beside what was known; a graver finding takes the lead and never delays it."""
    case.risks = {
        name: max(case.risks.get(name, 0.0), risks.get(name, 0.0)) for name in {*case.risks, *risks}
    }
    case.evidence = _kept([*case.evidence, *evidence])
    if screening is not None:
        case.screening, case.revision = screening, revision
    case.reason = reason or case.reason
    if (severity, risks.get(code, 0.0)) > (case.severity, case.risk):
        case.policy, case.severity = Policy.objects.get(pk=policy_of(code).pk), severity
    case.risk = min(case.risks.get(case.policy.code, 0.0), 1.0)
    case.due = min(case.due, timezone.now() + due_after(case.severity))
    case.title = case.video.title if case.video else case.title
    case.save()
    audit_append(
        actor=MACHINE,
        action="case_join",
        subject=f"case:{case.pk}",
        data={"policy": case.policy.code, "risk": case.risk, "reason": reason},
    )
    return case


def gravest(risks: Mapping[str, float], severities: Mapping[str, int]) -> str:
    """The policy with the most risk × severity; ``other`` where nothing is known."""
    return max(risks, key=lambda code: risks[code] * severities.get(code, 1), default="other")


def _kept(evidence: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each piece once, strongest first, no more than a page can show."""
    unique = {repr(sorted(piece.items())): dict(piece) for piece in evidence}
    return sorted(unique.values(), key=lambda piece: -float(piece.get("score", 0.0)))[:EVIDENCE_MOST]


def evidence_of(signals: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The pieces of evidence in stored signals, each with its scorer, version and policy."""
    pieces = []
    for signal in signals:
        if signal["state"] != "scored" or signal["score"] < SCORE_SHOWN:
            continue
        about = {name: signal[name] for name in ("scorer", "version", "policy")}
        said = signal["evidence"] or [{"where": "", "score": signal["score"]}]
        pieces += [
            about | {"score": signal["score"]} | {k: v for k, v in one.items() if v not in (None, "")}
            for one in said
        ]
    return pieces


def reach_of(video: Video) -> int:
    """How many people have met the video, as far as this app can tell: those who reported it.

    Who counts impressions lies above; ``cases_reach_set`` of the services takes its numbers.
    """
    return int(video.reports.values("reporter").distinct().count())
