"""How the site does: is it watched, does it hold, is it growing, and what carries it."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.dashboard.alarms import told_alarms
from analytics.dashboard.content import Chart, Content
from analytics.dashboard.figures import plain
from analytics.dashboard.pages.funnel import funnel
from analytics.dashboard.pages.tiles import tiles_of
from analytics.dashboard.state import View, path_of
from analytics.dashboard.words import name_of
from analytics.selectors import audience

HEADLINES = (
    "impressions", "watch_hours", "viewed_rate", "completion_rate", "average_watch_seconds", "interaction_rate",
    "skip_rate", "follower_conversion",
)  # fmt: skip
RATES = ("viewed_rate", "retention_3s", "completion_rate", "skip_rate")
VIDEOS_DRAWN = 10


def overview(view: View) -> Content:
    """The page for analysts that opens first."""
    scope = view.scope
    over_time = audience.over_time(scope)
    before = audience.totals(scope.before()) if view.compare else None
    now = {column: float(over_time[column].sum()) for column in over_time.columns if column != "time"}
    return Content(
        heading=_("Overview"),
        alarms=told_alarms(),
        tiles=tiles_of(HEADLINES, now, before),
        charts=[
            Chart("watching", _("Impressions and plays"), lambda: over_time, watching, wide=True),
            Chart("holding", _("How videos hold"), lambda: rates(over_time), holding),
            Chart("funnel", _("From shown to followed"), lambda: funnel(now), funnel_drawn),
            Chart(
                "videos",
                _("Videos shown most"),
                lambda: videos(view),
                lambda frame, style: plain.bars(
                    frame.head(VIDEOS_DRAWN), style, label="title", value="impressions", link="link"
                ),
                note=_("A click opens the video's own dashboard."),
                link="link",
            ),
            Chart(
                "categories",
                _("Completion rate by category"),
                lambda: categories(view),
                lambda frame, style: plain.bars(
                    frame, style, label="category", value="completion_rate", share=True
                ),
            ),
        ],
    )


def watching(frame: pd.DataFrame, style: plain.Style) -> plain.go.Figure:
    named = {"impressions": name_of("impressions"), "plays": name_of("plays")}
    return plain.lines(frame, style, x="time", named=named, fill=True)


def holding(frame: pd.DataFrame, style: plain.Style) -> plain.go.Figure:
    return plain.lines(frame, style, x="time", named={name: name_of(name) for name in RATES}, share=True)


def funnel_drawn(frame: pd.DataFrame, style: plain.Style) -> plain.go.Figure:
    return plain.bars(frame, style, label="step", value="share", share=True)


def rates(sums: pd.DataFrame) -> pd.DataFrame:
    """The sums over time with the rates made of them; no rate where nothing was shown."""
    frame = sums.copy()
    shown, plays = (
        frame["impressions"].where(frame["impressions"] > 0),
        frame["plays"].where(frame["plays"] > 0),
    )
    frame["viewed_rate"], frame["skip_rate"] = frame["viewed"] / shown, frame["skips"] / shown
    frame["completion_rate"], frame["retention_3s"] = frame["completes"] / plays, frame["held_3"] / plays
    frame["interaction_rate"] = frame["interacted"] / shown
    return frame


def videos(view: View) -> pd.DataFrame:
    """The most shown videos with their rates and the address of their page."""
    frame = rates(audience.by_video(view.scope))
    frame["link"] = [f"{path_of('video', pk)}?days={view.days}" for pk in frame["video"]]
    return frame


def categories(view: View) -> pd.DataFrame:
    frame = rates(audience.by_category(view.scope))
    frame["category"] = frame["category"].replace("", "–")
    return frame.sort_values("completion_rate", ascending=False)
