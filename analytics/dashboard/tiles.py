"""A tile in words, for the template and for Dash alike."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from analytics.dashboard.content import Tile
from analytics.dashboard.words import change_text, name_of, sure_text, value_text
from analytics.stats.metrics import METRICS


@dataclass(frozen=True)
class ToldTile:
    """What a tile says."""

    name: str
    value: str
    sure: str
    change: str
    direction: str  # up, down, even or nothing
    definition: str


def told(tile: Tile) -> ToldTile:
    metric, now = METRICS[tile.metric], tile.now
    change, direction = change_text(now, tile.before)
    return ToldTile(
        name=name_of(tile.metric),
        value=value_text(tile.metric, now.value if now.enough else None),
        sure=sure_text(tile.metric, now),
        change=change,
        direction=direction,
        definition=f"{gettext(metric.meaning)}: {metric.formula}",
    )
