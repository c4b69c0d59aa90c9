"""One video: who stays, until which sentence, and what else they do."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.dashboard.content import Chart, Content
from analytics.dashboard.figures import plain
from analytics.dashboard.figures.retention import retention
from analytics.dashboard.pages.funnel import funnel
from analytics.dashboard.pages.overview import funnel_drawn, rates, watching
from analytics.dashboard.pages.tiles import tiles_of
from analytics.dashboard.state import View
from analytics.dashboard.words import name_of
from analytics.selectors import audience, videos
from analytics.selectors.scope import video_watched

HEADLINES = (
    "impressions", "viewed_rate", "retention_3s", "completion_rate", "average_watch_seconds", "interaction_rate",
    "skip_rate", "follower_conversion",
)  # fmt: skip
LEAST_PLAYS = 30


def video(view: View) -> Content:
    """The page of a video, for its creator and for analysts."""
    assert view.pk is not None
    scope, row = view.scope, video_watched(view.user, view.pk)
    over_time = audience.over_time(scope)
    now = {column: float(over_time[column].sum()) for column in over_time.columns if column != "time"}
    held = videos.curve(scope, row)
    if len(held) and held["plays"].iloc[0] < LEAST_PLAYS:
        held = held.iloc[:0]
    said = videos.sentences(row, held)
    named = {
        "reached": name_of("retention_by_second"),
        "played": name_of("replays_by_second"),
        "like": _("Videos of like length"),
    }
    return Content(
        heading=row.title,
        tiles=tiles_of(HEADLINES, now, audience.totals(scope.before()) if view.compare else None),
        charts=[
            Chart(
                "retention",
                _("Who is still there, second by second"),
                lambda: held,
                lambda frame, style: retention(frame, said, style, named=named),
                note=_(
                    "Bands are sentences; the tinted one loses more viewers than others do at its place. A click opens it in "
                    "the editor."
                ),
                empty=_("Not enough data yet: the curve needs %(plays)d plays.") % {"plays": LEAST_PLAYS},
                link="link",
                wide=True,
            ),
            Chart(
                "sentences",
                _("What is said meanwhile"),
                lambda: said,
                note=_("Lost: of those who heard a sentence begin, how many left before it ended."),
                empty=_("Not enough data yet."),
                kind="sentences",
                media=row.file,
                wide=True,
            ),
            Chart("watching", _("Impressions and plays"), lambda: over_time, watching),
            Chart("funnel", _("From shown to followed"), lambda: funnel(now), funnel_drawn),
            Chart("holding", _("How it holds over time"), lambda: rates(over_time), holding),
        ],
    )


def holding(frame: pd.DataFrame, style: plain.Style) -> plain.go.Figure:
    named = {name: name_of(name) for name in ("viewed_rate", "completion_rate")}
    return plain.lines(frame, style, x="time", named=named, share=True)
