"""What happens when a reader does something. Who asks is what the session says, never what the browser sends."""

from __future__ import annotations

from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, html, no_update

from analytics.dashboard import layout
from analytics.dashboard.pages import content_of
from analytics.dashboard.state import View, view_of
from analytics.dashboard.tables import table
from analytics.dashboard.visitor import visitor
from analytics.errors import AnalyticsError


def register(app: Dash) -> None:
    """Give the app its callbacks."""
    app.clientside_callback(
        ClientsideFunction("dashboards", "theme"), Output("theme", "data"), Input("url", "pathname")
    )
    app.clientside_callback(
        ClientsideFunction("dashboards", "follow"),
        Output("clicked", "data"),
        Input({"chart": ALL}, "clickData"),
        prevent_initial_call=True,
    )
    app.callback(
        Output("page", "children"),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("theme", "data"),
        Input("clock", "n_intervals"),
    )(page_show)
    app.callback(
        Output({"table": MATCH}, "children"),
        Input({"open": MATCH}, "n_clicks"),
        State({"table": MATCH}, "children"),
        State({"open": MATCH}, "id"),
        State("url", "pathname"),
        State("url", "search"),
        State("theme", "data"),
        prevent_initial_call=True,
    )(table_toggle)


def page_show(path: str, search: str, theme: str | None, _ticks: int | None) -> Any:
    """The page at the address; a refusal is a sentence."""
    if theme is None:
        return no_update
    try:
        view = _view(path, search, theme)
        return layout.page(content_of(view), view)
    except AnalyticsError as error:
        return html.P(str(error), className="note warn", role="alert")


def table_toggle(
    clicks: int | None, shown: Any, button: dict[str, str], path: str, search: str, theme: str | None
) -> Any:
    """The table behind a chart, opened and closed by the same button."""
    if not clicks:
        return no_update
    if shown:
        return None
    view = _view(path, search, theme or "light")
    return table(content_of(view).chart(button["open"]).frame())


def _view(path: str, search: str, theme: str) -> View:
    return view_of(visitor(), path or "", search or "", theme=theme)
