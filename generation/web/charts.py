"""The numbers a training told of, as lines to draw: one small chart a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

WIDTH, HEIGHT, PAD = 300.0, 90.0, 4.0
CHARTS_MAX = 8
_NOT_DRAWN = ("done", "time", "step")
NAMES = {
    "loss": _("Loss"),
    "generator_loss": _("Loss of the generator"),
    "discriminator_loss": _("Loss of the discriminator"),
    "d_real": _("D on real pictures"),
    "d_fake": _("D on made pictures"),
    "images_per_second": _("Pictures a second"),
    "characters_per_second": _("Characters a second"),
    "bits_per_character": _("Bits a character"),
    "diversity": _("Diversity"),
}


@dataclass(frozen=True)
class CurveChart:
    """``points`` are of an SVG polyline in a box of 300 × 90; ``first``, ``last``, ``low``, ``high`` are the numbers."""

    name: str
    points: str
    first: float
    last: float
    low: float
    high: float

    @property
    def spoken(self) -> str:
        """The line in words, for who cannot see it."""
        ends = {"name": self.name, "first": f"{self.first:.4g}", "last": f"{self.last:.4g}"}
        return str(_("%(name)s: from %(first)s to %(last)s") % ends)


def curve_charts(told: Sequence[Mapping[str, Any]]) -> list[CurveChart]:
    """A chart for each number that was told of at least twice, in the order of its first telling."""
    names = list(dict.fromkeys(name for line in told for name in line if name not in _NOT_DRAWN))
    charts = [chart for name in names if (chart := _chart(name, told)) is not None]
    return charts[:CHARTS_MAX]


def _chart(name: str, told: Sequence[Mapping[str, Any]]) -> CurveChart | None:
    places = [
        (index, float(line[name]))
        for index, line in enumerate(told)
        if isinstance(line.get(name), int | float)
        and not isinstance(line[name], bool)
        and abs(line[name]) < 1e30
    ]
    if len(places) < 2:
        return None
    values = [value for _, value in places]
    low, high = min(values), max(values)
    across, up = (WIDTH - 2 * PAD) / (len(told) - 1), (HEIGHT - 2 * PAD) / ((high - low) or 1.0)
    points = " ".join(
        f"{PAD + index * across:.1f},{HEIGHT - PAD - (value - low) * up:.1f}" for index, value in places
    )
    return CurveChart(str(NAMES.get(name, name)), points, values[0], values[-1], low, high)
