"""The metrics as a document, for docs/metrics.md."""

from __future__ import annotations

from analytics.stats.columns import COUNTS, MEASURES
from analytics.stats.metrics import (
    CURVES,
    EVENTS,
    FEED,
    HOURS,
    MAKING,
    METRICS,
    RETURNS,
    SCREENING,
    VIEWERS,
    Metric,
)

INTERVALS = {
    "wilson": "Wilson",
    "mean": "normal, from the sum of squares",
    "delta": "delta method over days",
    "none": "–",
}
PARTS = {
    HOURS: (
        "Watching",
        "Sums over viewings by video and UTC hour (`VideoHour`; over all videos `SiteHour`).",
    ),
    VIEWERS: ("Visits", "Sums over viewers by UTC day (`ViewerDay`, `SiteDay`)."),
    RETURNS: (
        "Returns",
        "Viewers by their first day and the days on which they came again (`SiteDay.returned`).",
    ),
    CURVES: (
        "Second by second",
        "Sums over the plays of a video whose watch time is known, by UTC day (`VideoDay`).",
    ),
    FEED: ("Recommender", "Sums over served slots by UTC hour and source (`FeedHour`)."),
    EVENTS: ("Data quality", "Sums over events by the UTC hour they were received in (`EventHour`)."),
    MAKING: ("Production", "Sums over jobs, stages and videos of the period, from their tables."),
    SCREENING: ("Moderation", "Sums over reports and checks of the period, from their tables."),
}
HEAD = """\
Every number of the dashboards has one definition, in `analytics/stats/metrics.py`; this page and the tooltips come from it.
The frames that metrics sum over are Ibis expressions (`analytics/stats/folding.py`): the same on DuckDB here and on Spark
(requirements-scale.txt) over a larger archive.

**What counts.** A *viewing* is one viewer before one video in one slot of a page, or in one sitting outside a page; events sent
twice, late or out of order change nothing. Left out are the creator's own viewings, those of moderators and administrators (by
the role they had when the hour was last counted), bots and impossible events (docs/events.md). Simulated viewers are kept
apart and count only where `AIGC_FEED_SIMULATED` lets them in.

**When.** Everything is UTC. A viewing belongs to the hour in which it began. An hour is counted anew within half a minute of
whatever changes it: a late event, a viewer who signs in, is found to be a bot, or leaves. A period is whole UTC days up to now;
one day is the last 24 full hours. *Before* is the period of equal length that went before; a change is marked ▲ or ▼ only where the two
intervals do not overlap.

**How sure.** Intervals are 95 %. Below its minimum sample (of the metric's base) a page says "not enough data yet" in place of
the number. Intervals of shares take viewings as independent; a viewer's are alike, so they are a little too narrow.

**Retention by second** uses the seconds that players tell; where one does not, its watch time laid from the beginning, and its
loops. It is drawn beside the same part of videos 0.7 to 1.4 times as long. A sentence *loses* the share of those who heard it
begin and left before it ended.

`manage.py count_hours` brings all sums up to what has happened, `--again` counts every hour anew from the viewings.
"""


def text(generated: str) -> str:
    """The page; ``generated`` is the comment that says what writes it."""
    lines = ["# Metrics", "", generated, "", *HEAD.splitlines(), ""]
    for frame, (title, what) in PARTS.items():
        lines += [
            f"## {title}",
            "",
            what,
            "",
            "| metric | 中文 | what it is | formula | unit | interval | minimum | window |",
            "|---|---|---|---|---|---|---:|---|",
            *(_row(metric) for metric in METRICS.values() if metric.frame == frame),
            "",
        ]
    lines += ["## Columns", "", "| column | sum of |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in (COUNTS | MEASURES).items()]
    return "\n".join([*lines, ""])


def _row(metric: Metric) -> str:
    cells = [
        f"`{metric.name}`", metric.chinese, metric.meaning, metric.formula.replace("|", "\\|"), metric.unit or "count",
        INTERVALS[metric.interval], f"{metric.minimum:g}", metric.window,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"
