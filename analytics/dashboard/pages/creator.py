"""A creator: how their videos do, which of them hold, and when they are watched."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.dashboard.content import Chart, Content
from analytics.dashboard.figures import plain
from analytics.dashboard.pages.overview import VIDEOS_DRAWN, holding, rates, videos, watching
from analytics.dashboard.pages.tiles import tiles_of
from analytics.dashboard.state import View
from analytics.dashboard.weekdays import weekdays
from analytics.selectors import audience, making
from analytics.selectors.scope import creator_watched

HEADLINES = (
    "impressions", "watch_hours", "viewed_rate", "completion_rate", "average_watch_seconds", "interaction_rate",
    "follower_conversion", "refusal_rate",
)  # fmt: skip
LEAST_PLAYS = 30


def creator(view: View) -> Content:
    """The page of a creator, for themselves and for analysts."""
    assert view.pk is not None
    scope, owner = view.scope, creator_watched(view.user, view.pk)
    over_time = audience.over_time(scope)
    now = {column: float(over_time[column].sum()) for column in over_time.columns if column != "time"}
    whose = owner.get_full_name() or owner.username
    return Content(
        heading=_("Your videos")
        if owner.pk == view.user.pk
        else _("Videos of %(creator)s") % {"creator": whose},
        tiles=tiles_of(HEADLINES, now, audience.totals(scope.before()) if view.compare else None),
        charts=[
            Chart(
                "videos",
                _("Your videos, shown most first") if owner.pk == view.user.pk else _("Videos shown most"),
                lambda: videos(view),
                lambda frame, style: plain.bars(
                    frame.head(VIDEOS_DRAWN), style, label="title", value="impressions", link="link"
                ),
                note=_(
                    "A click opens the video's own dashboard: there you see which sentence loses viewers."
                ),
                link="link",
            ),
            Chart(
                "finished",
                _("Completion rate by video"),
                lambda: finished(view),
                lambda frame, style: plain.bars(
                    frame.head(VIDEOS_DRAWN),
                    style,
                    label="title",
                    value="completion_rate",
                    share=True,
                    link="link",
                ),
                note=_("Videos with at least %(plays)d plays.") % {"plays": LEAST_PLAYS},
                link="link",
            ),
            Chart("watching", _("Impressions and plays"), lambda: over_time, watching),
            Chart("holding", _("How videos hold"), lambda: rates(over_time), holding),
            Chart(
                "hours",
                _("When they are watched"),
                lambda: audience.by_hour_of_week(scope),
                lambda frame, style: plain.grid(
                    frame, style, x="hour", y="weekday", value="plays", labels=weekdays()
                ),
                note=_("Plays by weekday and hour, UTC."),
            ),
            Chart(
                "output",
                _("Videos made and published"),
                lambda: making.output(scope),
                lambda frame, style: plain.lines(
                    frame, style, x="day", named={"made": _("Made"), "published": _("Published")}
                ),
            ),
        ],
    )


def finished(view: View) -> pd.DataFrame:
    frame = videos(view)
    return frame[frame["plays"] >= LEAST_PLAYS].sort_values("completion_rate", ascending=False)
