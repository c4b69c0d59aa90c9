"""Lines over time, bars by name, and a grid of hours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.dashboard.figures.style import Style

DAY_MS, TICKS_MOST = 86_400_000, 6
GAP_TEXT = {"tickformatstops": [{"dtickrange": [None, 43_200_000], "value": "%H:%M"}, {"dtickrange": [43_200_000, None], "value": "%m-%d"}]}  # fmt: skip


def lines(
    frame: pd.DataFrame,
    style: Style,
    *,
    x: str,
    named: Mapping[str, str],
    share: bool = False,
    fill: bool = False,
) -> go.Figure:
    """One line a column of ``named`` (column → what the reader sees) over ``x``."""
    colors = (style["accent"], *style.series)
    traces = [
        go.Scatter(
            x=list(frame[x]),
            y=list(frame[column]),
            name=label,
            mode="lines+markers" if len(frame) <= 40 else "lines",
            marker={"size": 5},
            line={"color": color, "width": 2.25},
            fill="tozeroy" if fill and place == 0 else None,
            fillcolor=_faint(color),
        )
        for place, ((column, label), color) in enumerate(zip(named.items(), colors, strict=False))
    ]
    found = style.figure(*traces, showlegend=len(named) > 1)
    found.update_xaxes(_times(frame[x]) if x in ("time", "day") else {"tickformat": ".0%"})
    if share:
        found.update_yaxes(tickformat=".0%")
        found.update_traces(hovertemplate="%{y:.1%}")
    return found


def _times(times: pd.Series) -> dict[str, Any]:
    """The ticks of an axis of time: whole days where it is counted by day, so that no day is written twice."""
    moments = pd.to_datetime(times)
    if not len(moments) or (moments != moments.dt.normalize()).any():
        return GAP_TEXT
    days = (moments.max() - moments.min()).days + 1
    return {"tickformat": "%m-%d", "dtick": DAY_MS * math.ceil(days / TICKS_MOST)}


def bars(
    frame: pd.DataFrame, style: Style, *, label: str, value: str, share: bool = False, link: str = ""
) -> go.Figure:
    """A bar a row, the longest on top, with its number at the end."""
    rows = frame.iloc[::-1]
    trace = go.Bar(
        x=list(rows[value]),
        y=list(range(len(rows))),  # two names may be the same once they are cut
        hovertext=[str(name) for name in rows[label]],
        orientation="h",
        marker={"color": style["accent"]},
        texttemplate="%{x:.1%}" if share else "%{x:,.3~s}",
        textposition="auto",
        insidetextfont={"color": style["on-accent"]},
        outsidetextfont={"color": style["ink"]},
        customdata=list(rows[link]) if link else None,
        hovertemplate="%{hovertext}: %{x:.2%}<extra></extra>"
        if share
        else "%{hovertext}: %{x:,}<extra></extra>",
    )
    found = style.figure(trace, height=max(160, 44 + 30 * len(rows)), hovermode="closest")
    found.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    found.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[_short(str(name)) for name in rows[label]], showgrid=False
    )
    return found


def grid(
    frame: pd.DataFrame,
    style: Style,
    *,
    x: str,
    y: str,
    value: str,
    labels: Mapping[int, str],
    share: bool = False,
) -> go.Figure:
    """A cell for each pair of ``x`` and ``y``, the stronger the more."""
    wide = frame.pivot_table(index=y, columns=x, values=value, aggfunc="sum")
    if x == "hour":
        wide = wide.reindex(columns=range(24))
    if y == "weekday":  # a day on which nobody watched is a row too
        wide = wide.reindex(index=range(1, 8))
    trace = go.Heatmap(
        x=[str(column) for column in wide.columns],
        y=[labels.get(place, str(place)) for place in wide.index],
        z=wide.to_numpy().tolist(),
        colorscale=[[0, style["sunk"]], [1, style["accent"]]],
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{y} · %{x}: %{z:.0%}<extra></extra>"
        if share
        else "%{y} · %{x}: %{z:,}<extra></extra>",
        texttemplate="%{z:.0%}" if share else None,
    )
    found = style.figure(trace, height=max(200, 60 + 26 * len(wide)), hovermode="closest")
    found.update_yaxes(autorange="reversed", type="category", showgrid=False)
    found.update_xaxes(type="category", showgrid=False)
    return found


def _faint(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.12)"


def _short(text: str, most: int = 22) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
