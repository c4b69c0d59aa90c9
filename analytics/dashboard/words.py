"""What the reader sees: names of metrics, and numbers as people write them."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

from analytics.stats.metrics import METRICS, Measured

NAMES = {
    "impressions": gettext_lazy("Impressions"),
    "plays": gettext_lazy("Plays"),
    "watch_hours": gettext_lazy("Hours watched"),
    "viewed_rate": gettext_lazy("Viewed rather than swiped away"),
    "play_rate": gettext_lazy("Play rate"),
    "retention_3s": gettext_lazy("Held for 3 seconds"),
    "retention_5s": gettext_lazy("Held for 5 seconds"),
    "completion_rate": gettext_lazy("Completion rate"),
    "average_watch_seconds": gettext_lazy("Average watch time"),
    "watch_ratio": gettext_lazy("Watch ratio"),
    "interaction_rate": gettext_lazy("Interaction rate"),
    "like_rate": gettext_lazy("Like rate"),
    "share_rate": gettext_lazy("Share rate"),
    "skip_rate": gettext_lazy("Skip rate"),
    "refusal_rate": gettext_lazy("Not interested or reported"),
    "follower_conversion": gettext_lazy("Follower conversion"),
    "watch_seconds_per_impression": gettext_lazy("Watch time an impression"),
    "unique_viewers": gettext_lazy("Unique viewers"),
    "sessions": gettext_lazy("Sessions"),
    "feed_depth": gettext_lazy("Feed depth"),
    "watch_seconds_per_viewer_day": gettext_lazy("Watch time a viewer and day"),
    "return_day_1": gettext_lazy("Back the next day"),
    "return_day_7": gettext_lazy("Back after a week"),
    "retention_by_second": gettext_lazy("Retention by second"),
    "replays_by_second": gettext_lazy("Plays of the second"),
    "exploration_share": gettext_lazy("Share of exploration"),
    "mean_propensity": gettext_lazy("Mean propensity"),
    "events_left_out": gettext_lazy("Events that do not count"),
    "events_late": gettext_lazy("Late events"),
    "event_delay_seconds": gettext_lazy("Delay of events"),
    "videos_published": gettext_lazy("Videos published"),
    "videos_per_creator": gettext_lazy("Videos a creator"),
    "making_failures": gettext_lazy("Failed generations"),
    "cpu_seconds_per_watched_hour": gettext_lazy("Work for a watched hour"),
    "report_rate": gettext_lazy("Reports a thousand impressions"),
    "held_rate": gettext_lazy("Held by the check"),
}


def name_of(metric: str) -> str:
    return str(NAMES[metric])


def value_text(metric: str, value: float | None) -> str:
    """The number with its unit; a dash where there is none."""
    if value is None:
        return "–"
    unit = METRICS[metric].unit
    if unit == "share":
        return f"{value:.1%}"
    if unit in ("s", "h", "s/h"):
        return f"{value:,.1f} {unit}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def sure_text(metric: str, found: Measured) -> str:
    """The 95 % interval, or why there is none."""
    if not found.enough:
        return gettext("not enough data yet")
    if found.low is None or found.high is None:
        return ""
    return f"{value_text(metric, found.low)} – {value_text(metric, found.high)}"


def change_text(now: Measured, before: Measured | None) -> tuple[str, str]:
    """The relative change, and up, down or even; even where the two intervals overlap."""
    if before is None or not (now.enough and before.enough) or not before.value or now.value is None:
        return "", ""
    change = now.value / before.value - 1
    apart = (
        now.low is None or before.low is None or now.low > (before.high or 0) or before.low > (now.high or 0)
    )
    direction = "even" if not apart or abs(change) < 0.005 else "up" if change > 0 else "down"
    return f"{change:+.0%}".replace("-0%", "±0%").replace("+0%", "±0%") if abs(
        change
    ) < 0.005 else f"{change:+.0%}", direction
