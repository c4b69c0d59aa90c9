"""Who watches: how many, how long, and whether they come again."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
from django.utils.translation import gettext as _

from analytics.dashboard.content import Chart, Content
from analytics.dashboard.figures import plain
from analytics.dashboard.pages.tiles import tiles_of
from analytics.dashboard.state import View
from analytics.dashboard.weekdays import weekdays
from analytics.selectors import audience as selectors
from analytics.selectors.scope import Scope

HEADLINES = (
    "unique_viewers", "sessions", "feed_depth", "watch_seconds_per_viewer_day", "return_day_1", "return_day_7",
)  # fmt: skip
WEEKS = 30  # days that cohorts are followed for


def audience(view: View) -> Content:
    """The page about viewers of the whole site."""
    days, earlier = selectors.visits(view.scope), selectors.visits(view.scope.before())
    return Content(
        heading=_("Audience"),
        tiles=tiles_of(
            HEADLINES,
            sums(view.scope, days),
            sums(view.scope.before(), earlier) if view.compare else None,
            clusters=selectors.clusters(days),
            earlier=selectors.clusters(earlier),
        ),
        charts=[
            Chart(
                "visits",
                _("Viewers and sessions"),
                lambda: by_day(days),
                lambda frame, style: plain.lines(
                    frame,
                    style,
                    x="day",
                    named={
                        "viewers": _("Viewers"),
                        "sessions": _("Sessions"),
                        "fresh": _("Seen for the first time"),
                    },
                    fill=True,
                ),
                wide=True,
            ),
            Chart(
                "cohorts",
                _("Who comes again"),
                lambda: cohorts(view),
                lambda frame, style: plain.grid(
                    frame, style, x="age", y="week", value="share", labels=_weeks(frame), share=True
                ),
                note=_(
                    "Viewers by the week in which they were first seen; share that came on a day so many days later."
                ),
                wide=True,
            ),
            Chart(
                "hours",
                _("When people watch"),
                lambda: selectors.by_hour_of_week(view.scope),
                lambda frame, style: plain.grid(
                    frame, style, x="hour", y="weekday", value="plays", labels=weekdays()
                ),
                note=_("Plays by weekday and hour, UTC."),
            ),
            Chart(
                "depth",
                _("Viewings in a session"),
                lambda: by_day(days),
                lambda frame, style: plain.lines(
                    frame, style, x="day", named={"depth": _("Viewings in a session")}
                ),
            ),
        ],
    )


def sums(scope: Scope, days: pd.DataFrame) -> dict[str, float]:
    return selectors.visit_sums(days) | {"viewer": float(selectors.unique_viewers(scope))}


def by_day(days: pd.DataFrame) -> pd.DataFrame:
    """Sums by day, real and simulated viewers together, with the depth of a session."""
    columns = ["viewers", "sessions", "slots", "watch_seconds", "fresh"]
    frame = days.groupby("day", as_index=False)[columns].sum()
    frame["depth"] = frame["slots"] / frame["sessions"].where(frame["sessions"] > 0)
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


def cohorts(view: View) -> pd.DataFrame:
    """``week`` (its Monday as a day number), ``age`` in days, ``fresh`` viewers old enough, ``returned`` and ``share``."""
    days = selectors.visits(view.over(90).scope)
    last = days["day"].max() if len(days) else None
    rows = []
    for row in days.to_dict("records"):
        monday = row["day"] - timedelta(days=row["day"].weekday())
        for age in (1, 2, 3, 4, 5, 6, 7, 14, 21, 30):
            if row["day"] + timedelta(days=age) <= last:
                rows.append((monday.toordinal(), age, row["fresh"], row["returned"].get(str(age), 0)))
    frame = pd.DataFrame(rows, columns=["week", "age", "fresh", "returned"])
    frame = frame.groupby(["week", "age"], as_index=False).sum()
    frame["share"] = frame["returned"] / frame["fresh"].where(frame["fresh"] > 0)
    return frame[frame["fresh"] > 0].tail(WEEKS * 10)


def _weeks(frame: pd.DataFrame) -> dict[int, str]:
    return {
        int(week): f"{pd.Timestamp.fromordinal(int(week)):%m-%d} · {int(rows['fresh'].max())}"
        for week, rows in frame.groupby("week")
    }
