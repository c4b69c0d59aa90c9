"""What is popular at a moment: counts that decay with the number of interactions since.

The clock is the log's own: one tick an interaction. Popularity as of a user's moment is then the same idea in a
log of a day and in one of ten years, and hours without visitors change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ml.interactions import Codes, Floats, Log, Times


@dataclass(frozen=True)
class Trend:
    """Decayed counts of every item at any moment of the log, one set a half-life.

    ``half_lives`` are in interactions. ``snapshots[s, h]`` is the state before row ``marks[s]`` of the log in order
    of time; between two snapshots the rows are added one by one.
    """

    half_lives: Floats  # (H,)
    items: Codes  # (N,) by time
    times: Times  # (N,) by time
    marks: Codes  # (S,)
    snapshots: Floats  # (S, H, I)

    def at(self, moments: Times) -> Floats:
        """Decayed counts (n, H, I) of what came up to and including each moment (seconds)."""
        rows = np.searchsorted(self.times, moments, side="right")
        mark = np.searchsorted(self.marks, rows, side="right") - 1
        return np.stack([self._state(int(m), int(row)) for m, row in zip(mark, rows, strict=True)])

    def _state(self, mark: int, row: int) -> Floats:
        first = int(self.marks[mark])
        state = self.snapshots[mark] * np.exp2(-(row - first) / self.half_lives)[:, None]
        fresh = self.items[first:row]
        age = (row - 1 - np.arange(first, row, dtype=np.float64)) / self.half_lives[:, None]
        for h, weights in enumerate(np.exp2(-age)):
            state[h] += np.bincount(fresh, weights, state.shape[1])
        return np.asarray(state, np.float32)


def fit_trend(log: Log, half_lives: npt.ArrayLike, *, snapshot_count: int = 64) -> Trend:
    """Walk the log once in order of time and keep the state at evenly spaced rows."""
    lives = np.asarray(half_lives, np.float32)
    items, times = log.items[log.order], log.times[log.order]
    marks = np.unique(np.linspace(0, len(items), snapshot_count + 1).astype(np.int64))
    snapshots = np.zeros((len(marks), len(lives), log.item_count), np.float32)
    trend = Trend(lives, items, times, marks, snapshots)
    for s in range(1, len(marks)):
        snapshots[s] = trend._state(s - 1, int(marks[s]))
    return trend
