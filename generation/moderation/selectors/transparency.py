"""What the public is told about moderation: counts, medians, overturned appeals, the machine's share."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Count, Q

from generation.moderation.models import Appeal, Case, Decision, Report, Screening, Statement, Strike
from generation.moderation.selectors.quality import decisions_between

HOUR = 3600.0


def transparency(*, since: datetime, until: datetime) -> dict[str, Any]:
    """Every number of the transparency page over ``[since, until)``; times are medians in hours."""
    span = Q(created__gte=since, created__lt=until)
    decided = decisions_between(since, until).exclude(case__kind__in=Case.HIDDEN)
    screened = Screening.objects.filter(ended__gte=since, ended__lt=until, state=Screening.State.DONE)
    alone = screened.filter(outcome=Screening.Outcome.APPROVED, cases__isnull=True).count()
    people = decided.values("case").distinct().count()
    appeals = Appeal.objects.filter(span)
    answered = appeals.exclude(state__in=(Appeal.State.OPEN, Appeal.State.MOOT))
    overturned = answered.filter(state=Appeal.State.OVERTURNED).count()
    return {
        "since": since, "until": until,
        "screened": screened.count(),
        "outcomes": _counted(screened, "outcome"),
        "reports": Report.objects.filter(span).count(),
        "reports_by_reason": _counted(Report.objects.filter(span), "reason"),
        "decisions": decided.count(),
        "decisions_by_action": _counted(decided, "action"),
        "restricted_by_policy": _counted(decided.filter(action__in=Decision.RESTRICTING), "policy__code"),
        "demoted_by_reports": Decision.objects.filter(span, action=Decision.Action.DEMOTE).count(),
        "simulated": decided.filter(case__simulated=True).count(),
        "statements": Statement.objects.filter(span).count(),
        "strikes": Strike.objects.filter(span).count(),
        "automation_share": round(alone / (alone + people), 4) if alone + people else None,
        "median_hours_to_decision": _median_hours(decided.values_list("case__opened", "created")),
        "median_hours_of_reports": _median_hours(
            decided.filter(case__kind=Case.Kind.REPORT).values_list("case__opened", "created")
        ),
        "appeals": appeals.count(),
        "appeals_answered": answered.count(),
        "appeals_overturned": overturned,
        "appeals_overturned_share": round(overturned / answered.count(), 4) if answered.count() else None,
        "median_hours_of_appeals": _median_hours(answered.values_list("created", "decided")),
        "open_cases": Case.objects.filter(state=Case.State.OPEN).exclude(kind__in=Case.HIDDEN).count(),
    }  # fmt: skip


def _counted(rows: Any, field: str) -> dict[str, int]:
    return {
        str(row[field]): row["number"] for row in rows.order_by().values(field).annotate(number=Count("pk"))
    }


def _median_hours(pairs: Any) -> float | None:
    hours = [max((end - start).total_seconds(), 0.0) / HOUR for start, end in pairs if end is not None]
    return round(median(hours), 3) if hours else None
