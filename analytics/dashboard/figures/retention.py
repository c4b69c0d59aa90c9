"""Retention over a video's own timeline, and what its curve is compared with."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from analytics.dashboard.figures.style import Style


def retention(held: pd.DataFrame, said: pd.DataFrame, style: Style, *, named: Mapping[str, str]) -> go.Figure:
    """The share still there at each second with its interval, replays, and videos of like length.

    ``held`` as of ``selectors.videos.curve``, ``said`` as of ``selectors.videos.sentences``: each sentence is a band, the one
    that loses most is tinted. ``named`` says what the reader sees for reached, played, like.
    """
    seconds = list(held["second"])
    accent, other, third = style["accent"], style.series[0], style["muted"]
    traces = [
        go.Scatter(
            x=seconds + seconds[::-1], y=[*held["high"], *held["low"][::-1]], fill="toself", mode="lines",
            line={"width": 0}, fillcolor=_tint(accent, 0.16), hoverinfo="skip", showlegend=False,
        ),
        go.Scatter(x=seconds, y=list(held["reached"]), name=named["reached"], mode="lines",
                   line={"color": accent, "width": 3}, customdata=_links(held, said)),
        go.Scatter(x=seconds, y=list(held["played"]), name=named["played"], mode="lines",
                   line={"color": other, "width": 1.5, "dash": "dot"}),
    ]  # fmt: skip
    if held["like"].notna().any():
        traces.append(
            go.Scatter(x=seconds, y=list(held["like"]), name=named["like"], mode="lines",
                       line={"color": third, "width": 1.5, "dash": "dash"})
        )  # fmt: skip
    found = style.figure(*traces, height=320, shapes=_bands(said, style))
    found.update_traces(hovertemplate="%{y:.0%}")
    found.update_xaxes(ticksuffix=" s", range=[0, max(seconds[-1], 1)])
    found.update_yaxes(tickformat=".0%", range=[0, max(1.02, float(held["played"].max()) * 1.05)])
    return found


def _bands(said: pd.DataFrame, style: Style) -> list[dict[str, object]]:
    """A rectangle a sentence, every second one filled, the worst one tinted."""
    return [
        {
            "type": "rect", "xref": "x", "yref": "paper", "x0": row["start"], "x1": row["end"], "y0": 0, "y1": 1,
            "layer": "below", "line": {"width": 0},
            "fillcolor": _tint(style["accent"], 0.13) if row["worst"] else style["sunk"],
            "opacity": 1.0 if row["worst"] or place % 2 else 0.0,
        }
        for place, row in enumerate(said.to_dict("records"))
    ]  # fmt: skip


def _links(held: pd.DataFrame, said: pd.DataFrame) -> list[str]:
    """Where a click on a second leads: to the sentence that is said then."""
    rows = said.to_dict("records")
    return [
        next((row["link"] for row in rows if row["start"] <= second < row["end"]), "")
        for second in held["second"]
    ]


def _tint(color: str, share: float) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"
