"""The last full hour of the site against its usual ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from analytics.models import Alert, SiteHour
from analytics.selectors.scope import audiences
from analytics.stats.anomalies import comparable_hours, unusual
from analytics.stats.columns import SUMS
from analytics.stats.metrics import METRICS

HOUR = timedelta(hours=1)
# counts are watched for themselves, rates only where enough lies behind each of them
WATCHED = ("impressions", "viewed_rate", "completion_rate", "interaction_rate", "skip_rate", "refusal_rate")


def alarms_find(now: datetime | None = None) -> list[Alert]:
    """Alerts of the last full hour that were not there yet: the metrics beyond ``AIGC_ALERT_SCORE``."""
    now = now or timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0) - HOUR
    past = comparable_hours(hour)
    sums = _sums([hour, *past])
    first = min(sums, default=hour)
    made = []
    for name in WATCHED:
        metric = METRICS[name]
        values = {
            when: metric.value_of(sums.get(when, dict.fromkeys(SUMS, 0.0)))
            for when in (hour, *past)
            if when >= first
        }
        known = {when: found for when, found in values.items() if found.enough or not metric.bottom}
        if hour not in known:
            continue
        history = [found.value or 0.0 for when, found in known.items() if when != hour]
        found = unusual(known[hour].value or 0.0, history)
        if found is None or abs(found.score) < settings.ALERT_SCORE:
            continue
        alert, fresh = Alert.objects.get_or_create(
            metric=name,
            hour=hour,
            simulated=settings.FEED_SIMULATED,
            defaults={"value": found.value, "usual": found.usual, "score": round(found.score, 2)},
        )
        if fresh:
            made.append(alert)
    return made


def _sums(hours: list[datetime]) -> dict[datetime, dict[str, float]]:
    """The site's sums by hour; hours without a viewing are not in it."""
    rows = SiteHour.objects.filter(hour__in=hours, simulated__in=audiences()).order_by().values("hour")
    found = rows.annotate(**{name: Sum(name) for name in SUMS})
    return {row["hour"]: {name: float(cast(float, row.get(name))) for name in SUMS} for row in found}
