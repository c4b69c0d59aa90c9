"""Reports: kept once a viewer, moved and forgotten with their viewers, weighed by the policies, joined into one case.

What enough of them ask for is done at once (``screening.weighing``); a moderator has the last word, and each reporter
hears it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from generation.models import Video
from generation.moderation.errors import ReportInvalid
from generation.moderation.models import Appeal, Case, Decision, Report, Screening, Statement
from generation.moderation.screening.closing import appeals_moot, case_withdraw, opinions_withdraw
from generation.moderation.screening.items import revision_of
from generation.moderation.screening.opening import case_open
from generation.moderation.screening.weighing import POLICY_OF_REASON, reports_weigh
from generation.moderation.selectors.reports import reporter_weights, reports_by, reports_resolved

LENGTH = 500
RISK_OF_ONE = 0.3  # what one trusted report says, before anybody looked


@transaction.atomic
def report_file(
    *,
    reporter: int,
    counted: bool,
    video: Video,
    reason: str,
    text: str = "",
    comment: int | None = None,
    author: User | None = None,
    comment_text: str = "",
    seconds: float | None = None,
    reach: int | None = None,
    created: datetime | None = None,
) -> tuple[Report, bool]:
    """Keep a viewer's complaint about the video or one of its comments; the row, and whether it is new.

    The first one of a viewer stands; a second one about the same changes nothing. ``author`` wrote the comment ``comment_text``,
    ``seconds`` is where in the video, ``reach`` how many people have met it. Raises ``ReportInvalid``.
    """
    if len(text) > LENGTH:
        raise ReportInvalid(
            f"A report has at most {LENGTH} characters, this has {len(text)}. Shorten it.", field="text"
        )
    if seconds is not None and not 0.0 <= seconds <= video.seconds:
        raise ReportInvalid(
            f"A report names a moment of the video, 0 to {video.seconds:g} s; this says {seconds:g}.",
            field="seconds",
        )
    report, fresh = Report.objects.get_or_create(
        reporter=reporter,
        video=video,
        comment=comment,
        defaults={
            "counted": counted,
            "reason": Report.Reason(reason),
            "text": text,
            "seconds": seconds,
            "created": created or timezone.now(),
        },
    )
    if fresh:
        if counted:
            report_join(report, author=author, comment_text=comment_text, reach=reach)
        reports_weigh([video.pk])
    return report, fresh


def report_join(
    report: Report, *, author: User | None = None, comment_text: str = "", reach: int | None = None
) -> Case:
    """Lay the report into the open case about the same, or open one; its risk grows with every trusted reporter."""
    same = Report.objects.filter(
        video=report.video_id, comment=report.comment, counted=True, outcome=Report.Outcome.OPEN
    )
    weights = reporter_weights(same.values_list("reporter", flat=True))
    doubts: dict[str, float] = {}
    for reporter, reason in same.values_list("reporter", "reason"):
        code = POLICY_OF_REASON.get(reason, reason)
        doubts[code] = doubts.get(code, 1.0) * (1.0 - RISK_OF_ONE * weights[reporter])
    code = POLICY_OF_REASON.get(report.reason, report.reason)
    piece = {
        "where": "report",
        "policy": code,
        "text": report.text,
        "score": RISK_OF_ONE * weights[report.reporter],
    }
    piece["report"] = report.pk
    if report.seconds is not None:
        piece["seconds"] = report.seconds
    evidence: list[dict[str, Any]] = [piece]
    if comment_text:
        evidence.append({"where": "comment", "policy": code, "text": comment_text, "score": 0.0})
    case = case_open(
        video=report.video,
        kind=Case.Kind.REPORT,
        risks={name: 1.0 - doubt for name, doubt in doubts.items()},
        evidence=evidence,
        revision="" if report.comment else revision_of(report.video),
        reason="reported",
        comment=report.comment,
        creator=author,
        reach=reach,
    )
    Report.objects.filter(pk=report.pk).update(case=case)
    case.reports_count = Report.objects.filter(case=case).count()
    case.save(update_fields=["reports_count"])
    return case


def reports_resolve(*, case: Case, upheld: bool | None) -> None:
    """Tell everybody who reported what came of it; ``None`` takes the answer back."""
    states = {None: Report.Outcome.OPEN, True: Report.Outcome.UPHELD, False: Report.Outcome.DISMISSED}
    resolved = None if upheld is None else timezone.now()
    Report.objects.filter(case=case).update(outcome=states[upheld], resolved=resolved, told=None)


def reports_told(*, reporter: int) -> int:
    """The reporter has read what came of their reports; the number that was new to them."""
    return reports_resolved(reporter).filter(told__isnull=True).update(told=timezone.now())


@transaction.atomic
def reports_move(*, reporter: int, to: int, counted: bool) -> None:
    """One viewer becomes another: their reports go along, and what both reported stays once, as the other said it."""
    had = set(reports_by(to).values_list("video_id", "comment"))
    videos = set(reports_by(reporter).values_list("video_id", flat=True))
    for pk, video, comment in reports_by(reporter).values_list("pk", "video_id", "comment"):
        if (video, comment) in had:
            Report.objects.filter(pk=pk).delete()
        else:
            Report.objects.filter(pk=pk).update(reporter=to, counted=counted)
    reports_weigh(videos)


@transaction.atomic
def reports_discount(*, reporter: int) -> None:
    """Keep a viewer's reports, but let them count for nothing."""
    mine = reports_by(reporter)
    videos = set(mine.values_list("video_id", flat=True))
    mine.update(counted=False)
    reports_weigh(videos)


@transaction.atomic
def reports_forget(*, reporter: int) -> None:
    """Delete everything a viewer reported."""
    mine = reports_by(reporter)
    videos = set(mine.values_list("video_id", flat=True))
    _unquote(mine)
    mine.delete()
    reports_weigh(videos)


def _unquote(reports: QuerySet[Report]) -> None:
    """Take what these reports said out of the cases that quote them."""
    gone = set(reports.values_list("pk", flat=True))
    for case in Case.objects.filter(pk__in=reports.exclude(case=None).values("case")):
        case.evidence = [piece for piece in case.evidence if piece.get("report") not in gone]
        case.save(update_fields=["evidence"])


def comment_forget(*, comment: int) -> None:
    """Delete what was kept about a comment that is gone, and what statements and appeals quote of it.

    Nothing is restricted any more, so no statement about it is in force.
    """
    Report.objects.filter(comment=comment).delete()
    cases = Case.objects.filter(comment=comment)
    opinions_withdraw(cases)
    appeals_moot(Decision.objects.filter(case__in=cases))
    cases.update(evidence=[])
    told = Statement.objects.filter(decision__case__in=cases)
    told.update(text="")
    told.filter(withdrawn__isnull=True).update(withdrawn=timezone.now())
    Appeal.objects.filter(decision__case__in=cases).update(text="")
    Screening.objects.filter(comment=comment).delete()
    case_withdraw(comment=comment, kinds=tuple(Case.Kind.values))
