"""Alerts in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analytics.dashboard.words import name_of, value_text
from analytics.models import Alert
from analytics.selectors.alarms import alarms_shown


def told_alarms() -> list[str]:
    """A sentence an alert."""
    return [_told(alert) for alert in alarms_shown()]


def _told(alert: Alert) -> str:
    pattern = (
        _("%(metric)s was %(value)s in the hour from %(hour)s UTC, above the usual %(usual)s.")
        if alert.score > 0
        else _("%(metric)s was %(value)s in the hour from %(hour)s UTC, below the usual %(usual)s.")
    )
    return pattern % {
        "metric": name_of(alert.metric),
        "value": value_text(alert.metric, alert.value),
        "usual": value_text(alert.metric, alert.usual),
        "hour": f"{alert.hour:%m-%d %H:%M}",
    }
