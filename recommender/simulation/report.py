"""What a simulation showed: interest and regret by day and by how many videos a viewer had seen, and its drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.simulation.days import POLICIES, WatchedSlot

NAMES = ("site", *POLICIES)
COLORS = {"site": "#e0245e", "oracle": "#1c8a5b", "popularity": "#3f6ad8", "random": "#8a8f98"}
WIDTH, HEIGHT, LEFT, TOP = 430, 260, 46, 34  # of one chart in the drawing, pixels
INNER = (WIDTH - LEFT - 92, HEIGHT - TOP - 44)
SLOTS_LEAST = 10  # fewer say nothing
STEPS = (0, 3, 6, 12, 24, 48, 96, 192, 10**9)


@dataclass(frozen=True)
class Curve:
    """Mean interest (0–1) of what each policy showed, along ``labels``."""

    title: str
    labels: tuple[str, ...]
    lines: dict[str, list[float]]


def summary(slots: Sequence[WatchedSlot]) -> dict[str, Any]:
    """Means over all slots, regret against the oracle (0 is perfect), and its share of random's."""
    table = _table(slots)
    means = {name: float(table[name].mean()) for name in NAMES}
    regret = {name: means["oracle"] - means[name] for name in NAMES}
    days = by_day(slots)
    last = {name: values[-1] for name, values in days.lines.items()}
    return {
        "slots": len(slots),
        "interest": _rounded(means),
        "regret": _rounded(regret),
        "regret_share_of_random": round(regret["site"] / max(regret["random"], 1e-9), 4),
        "last_day_regret_share_of_random": round(
            (last["oracle"] - last["site"]) / max(last["oracle"] - last["random"], 1e-9), 4
        ),
        "by_day": days.lines,
        "by_videos_seen": dict(zip(by_seen(slots).labels, by_seen(slots).lines["site"])),
    }


def by_day(slots: Sequence[WatchedSlot]) -> Curve:
    table = _table(slots)
    days = np.array([slot.day for slot in slots])
    found = sorted(set(days.tolist()))
    lines = {name: [round(float(table[name][days == day].mean()), 4) for day in found] for name in NAMES}
    return Curve("Mean interest by day", tuple(f"{day + 1}" for day in found), lines)


def by_seen(slots: Sequence[WatchedSlot]) -> Curve:
    """How fast one viewer is understood: along the number of videos seen before."""
    table, nth = _table(slots), np.array([slot.nth for slot in slots])
    labels, lines = [], {name: [] for name in NAMES}  # type: ignore[var-annotated]
    for low, high in pairwise(STEPS):
        chosen = (nth >= low) & (nth < high)
        if chosen.sum() >= SLOTS_LEAST:
            labels.append(f"{low}–{high - 1}" if high < 10**9 else f"{low}+")
            for name in NAMES:
                lines[name].append(round(float(table[name][chosen].mean()), 4))
    return Curve("Mean interest by videos seen before", tuple(labels), lines)


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
                f'stroke-width="{3 if name == "site" else 2}" stroke-linejoin="round"/>'
            )
    total = width * len(curves)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" width="{total}" height="{height}" '
        f'font-family="sans-serif" font-size="11" fill="#777">' + "".join(parts) + "</svg>\n"
    )


def _table(slots: Sequence[WatchedSlot]) -> dict[str, NDArray[np.float64]]:
    return {name: np.array([getattr(slot, name) for slot in slots]) for name in NAMES}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
