"""What a simulation showed: interest and regret by day and by how many videos a viewer had seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.simulation.curves import Curve
from recommender.simulation.days import POLICIES, WatchedSlot

NAMES = ("site", *POLICIES)
SLOTS_LEAST = 10  # fewer say nothing
STEPS = (0, 3, 6, 12, 24, 48, 96, 192, 10**9)


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


def _table(slots: Sequence[WatchedSlot]) -> dict[str, NDArray[np.float64]]:
    return {name: np.array([getattr(slot, name) for slot in slots]) for name in NAMES}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
