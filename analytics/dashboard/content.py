"""What a page holds, before anything draws it: tiles with a number, and charts with the frame behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from analytics.dashboard.figures.style import Style
from analytics.stats.metrics import Measured


@dataclass(frozen=True)
class Tile:
    """A metric's value over the period, beside the value of the period before where that is asked for."""

    metric: str
    now: Measured
    before: Measured | None = None


@dataclass(frozen=True)
class Chart:
    """A figure and the table behind it. ``frame`` is read only when asked for; an empty one says so in words.

    ``link`` is the column that holds where a click leads.
    """

    key: str
    title: str
    frame: Callable[[], pd.DataFrame]
    figure: Callable[[pd.DataFrame, Style], go.Figure] | None = None
    note: str = ""
    empty: str = ""
    link: str = ""
    wide: bool = False
    kind: Literal["figure", "table", "sentences"] = "figure"
    media: str = ""  # sentences: path of the video whose frames stand beside them


@dataclass(frozen=True)
class Content:
    """A page: its heading, tiles and charts, from top to bottom."""

    heading: str
    tiles: list[Tile] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    lead: str = ""
    alarms: list[str] = field(default_factory=list)  # sentences about what is unusual

    def chart(self, key: str) -> Chart:
        """Raises ``KeyError``."""
        return {chart.key: chart for chart in self.charts}[key]
