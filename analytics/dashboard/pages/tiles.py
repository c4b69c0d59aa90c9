"""Tiles from sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.dashboard.content import Tile
from analytics.stats.metrics import METRICS

Sums = Mapping[str, float]


def tiles_of(
    names: Sequence[str],
    now: Sums,
    before: Sums | None = None,
    *,
    clusters: Sequence[Sums] = (),
    earlier: Sequence[Sums] = (),
) -> list[Tile]:
    """A tile a metric over sums of this period and, where given, of the one before."""
    return [
        Tile(
            name,
            METRICS[name].value_of(now, clusters),
            None if before is None else METRICS[name].value_of(before, earlier),
        )
        for name in names
    ]
