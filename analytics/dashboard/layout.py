"""A page's content as Dash components; class names are the style sheet's, nothing is styled here."""

from __future__ import annotations

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component
from django.utils.translation import gettext as _

from analytics.dashboard.codes import spelled
from analytics.dashboard.content import Chart, Content, Tile
from analytics.dashboard.spoken import spoken
from analytics.dashboard.state import View
from analytics.dashboard.tables import table
from analytics.dashboard.tiles import told

REFRESH_SECONDS = 30
PLOT = {
    "displaylogo": False,
    "responsive": True,
    "modeBarButtons": [["toImage", "resetScale2d"]],  # named, so that none offers to send a chart elsewhere
}
IMAGE = {"format": "png", "scale": 2}


def frame() -> Component:
    """What stays while the page changes under it: address, theme, clock, and the place of the page."""
    return html.Div(
        [
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="theme"),
            dcc.Store(id="clicked"),
            dcc.Interval(id="clock", interval=REFRESH_SECONDS * 1000),
            html.Div(id="page", className="stack-5"),
        ]
    )


def page(content: Content, view: View) -> list[Component | None]:
    """Tiles, then charts two abreast where there is room."""
    return [
        html.Div([html.P(said) for said in content.alarms], className="note warn dash-alarms", role="status")
        if content.alarms
        else None,
        html.Ul([tile(found) for found in content.tiles], className="figures dash-tiles")
        if content.tiles
        else None,
        html.Div([chart(found, view) for found in content.charts], className="dash-charts"),
    ]


def tile(found: Tile) -> Component:
    """A number with its name, interval and change; its definition is the tooltip."""
    says = told(found)
    return html.Li(
        [
            html.Span(says.name, className="muted small"),
            html.B(says.value, className="number"),
            html.Span(says.sure, className="muted small number"),
            html.Span(says.change, className=f"change {says.direction} number") if says.change else None,
        ],
        className="card",
        title=says.definition,
    )


def chart(found: Chart, view: View) -> Component:
    """A card with the figure, or with a sentence where there is nothing to draw yet; the table opens below."""
    rows = found.frame()
    there = len(rows) > 0 and (found.kind != "figure" or bool(rows.select_dtypes("number").to_numpy().any()))
    buttons = html.Div(
        [
            html.Button(_("Table"), id={"open": found.key}, className="button small", type="button")
            if found.kind != "table"
            else None,
            *(
                html.A(name, href=_data(view, found.key, form), className="button small", download="")
                for form, name in (("csv", "CSV"), ("parquet", "Parquet"))
            ),
        ],
        className="row",
    )
    return html.Section(
        [
            html.Div([html.H2(found.title), buttons if there else None], className="head"),
            html.P(found.note, className="muted small") if found.note else None,
            _inside(found, rows, view)
            if there
            else html.P(found.empty or _("Not enough data yet."), className="muted dash-empty"),
            html.Div(id={"table": found.key}),
        ],
        className=f"card dash-chart{' wide' if found.wide else ''}",
        **{"aria-label": found.title},  # type: ignore[arg-type]
    )


def _inside(found: Chart, rows: pd.DataFrame, view: View) -> Component:
    if found.kind == "table":
        return table(rows)
    if found.kind == "sentences":
        return spoken(rows, found.media)
    assert found.figure is not None
    image = {**IMAGE, "filename": f"{view.page}-{found.key}"}
    return dcc.Graph(
        id={"chart": found.key},
        figure=found.figure(spelled(rows), view.style),
        config=PLOT | {"toImageButtonOptions": image},  # type: ignore[arg-type, operator]
        className="dash-linked" if found.link else "",
    )


def _data(view: View, key: str, form: str) -> str:
    return f"/dashboards/data/{view.page}/{view.pk or 0}/{key}.{form}?{view.query}"
