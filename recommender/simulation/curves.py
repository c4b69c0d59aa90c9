"""Curves of what several policies reached, drawn as one SVG document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

COLORS = {
    "site": "#e0245e", "loop": "#e0245e", "oracle": "#1c8a5b", "popularity": "#3f6ad8", "random": "#8a8f98", "frozen": "#8a8f98",
}  # fmt: skip
WIDTH, HEIGHT, LEFT, TOP = 430, 260, 46, 34  # of one chart in the drawing, pixels
INNER = (WIDTH - LEFT - 92, HEIGHT - TOP - 44)


@dataclass(frozen=True)
class Curve:
    """Values (0–1) of each line along ``labels``; lines are named as ``COLORS`` are."""

    title: str
    labels: tuple[str, ...]
    lines: dict[str, list[float]]


def drawing(curves: Sequence[Curve]) -> str:
    """The curves side by side as an SVG document, readable on light and dark grounds."""
    width, height, left, top = WIDTH, HEIGHT, LEFT, TOP
    parts = []
    curves = [curve for curve in curves if curve.labels]
    for index, curve in enumerate(curves):
        x0 = index * width
        high = max(max(values) for values in curve.lines.values()) * 1.05
        inner_w, inner_h = INNER

        def at(
            place: int, value: float, x0: int = x0, n: int = len(curve.labels), high: float = high
        ) -> tuple[float, float]:
            return x0 + left + INNER[0] * (place / max(n - 1, 1)), top + INNER[1] * (1 - value / high)

        parts.append(f'<text x="{x0 + left}" y="20" font-weight="600">{curve.title}</text>')
        for tick in np.linspace(0, high / 1.05, 5):
            y = at(0, float(tick))[1]
            parts.append(
                f'<line x1="{x0 + left}" x2="{x0 + left + inner_w}" y1="{y:.1f}" y2="{y:.1f}" stroke="#8884"/>'
                f'<text x="{x0 + left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:.2f}</text>'
            )
        for place, label in enumerate(curve.labels):
            x = at(place, 0)[0]
            parts.append(f'<text x="{x:.1f}" y="{top + inner_h + 18}" text-anchor="middle">{label}</text>')
        ends = sorted(((at(0, v[-1])[1], name) for name, v in curve.lines.items()), reverse=False)
        below = -99.0
        for y, name in ends:
            below = max(y, below + 14)
            parts.append(
                f'<text x="{x0 + left + inner_w + 8}" y="{below + 4:.1f}" fill="{COLORS[name]}">{name}</text>'
            )
        for name, values in curve.lines.items():
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(p, v) for p, v in enumerate(values)))
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{COLORS[name]}" '
                f'stroke-width="{3 if name in ("site", "loop") else 2}" stroke-linejoin="round"/>'
            )
    total = width * len(curves)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" width="{total}" height="{height}" '
        f'font-family="sans-serif" font-size="11" fill="#777">' + "".join(parts) + "</svg>\n"
    )
