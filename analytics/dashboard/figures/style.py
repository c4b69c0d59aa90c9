"""The site's colors and type as a Plotly template, read from the style sheet that the pages use."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import plotly.graph_objects as go

TOKENS = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"
THEMES = ("light", "dark")
PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
FONT = re.compile(r"--sans: ([^;]+);")
# beyond the accent: told apart also by who sees no red and green (Okabe and Ito), darker by day, lighter by night
SERIES = {
    "light": ("#0072b2", "#b25000", "#007a5a", "#8f4d86", "#6b6b00", "#3f7fb5"),
    "dark": ("#56b4e9", "#e69f00", "#3fc79a", "#d99ccb", "#d9d25f", "#9cc9ee"),
}


class Style:
    """Colors of one theme by token, such as ``style["muted"]``, and the template made of them."""

    def __init__(self, theme: str) -> None:
        self.theme = theme if theme in THEMES else "light"
        self.series = SERIES[self.theme]

    def __getitem__(self, token: str) -> str:
        return _colors()[self.theme][token]

    @property
    def template(self) -> go.layout.Template:
        return _template(self.theme)

    def figure(self, *traces: object, height: int = 280, **layout: object) -> go.Figure:
        """A figure of the traces in this style."""
        found = go.Figure(data=list(traces))
        found.update_layout(template=self.template, height=height, **layout)
        return found


@cache
def _colors() -> dict[str, dict[str, str]]:
    pairs = PAIR.findall(TOKENS.read_text(encoding="utf-8"))
    return {theme: {row[0]: row[place] for row in pairs} for place, theme in enumerate(THEMES, 1)}


@cache
def _template(theme: str) -> go.layout.Template:
    colors = _colors()[theme]
    found = FONT.search(TOKENS.read_text(encoding="utf-8"))
    family = " ".join(found[1].split()) if found else "sans-serif"
    axis = {
        "gridcolor": colors["line"],
        "linecolor": colors["line"],
        "zerolinecolor": colors["line"],
        "tickfont": {"color": colors["muted"]},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "colorway": [colors["accent"], *SERIES[theme]],
            "font": {"family": family, "size": 13, "color": colors["ink"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "xaxis": {**axis, "showgrid": False},
            "yaxis": {**axis, "rangemode": "tozero"},
            "legend": {
                "orientation": "h",
                "y": 1.02,
                "yanchor": "bottom",
                "x": 0,
                "font": {"color": colors["muted"]},
            },
            "hoverlabel": {
                "bgcolor": colors["surface"],
                "bordercolor": colors["line"],
                "font": {"color": colors["ink"]},
            },
            "hovermode": "x unified",
            "barcornerradius": 4,
        }
    )
