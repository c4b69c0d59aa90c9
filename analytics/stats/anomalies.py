"""How unusual a value is for its hour: a robust z-score against the same hours of earlier days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

WEEKS = 4
LEAST = 6  # comparable hours before anything is called unusual
TO_SIGMA = 1.4826  # median absolute deviation of a normal law to its standard deviation
LEAST_SPREAD = 0.05  # of the median: a history of equal values makes not every change an alarm


@dataclass(frozen=True)
class Unusual:
    """``score``: robust z, positive above the ``usual`` (the median of comparable hours)."""

    value: float
    usual: float
    score: float
    comparable: int


def comparable_hours(hour: datetime) -> list[datetime]:
    """The same hour of the four weeks before: of weekdays for a weekday, of weekends for a weekend."""
    days = (hour - timedelta(days=back) for back in range(1, 7 * WEEKS + 1))
    return [day for day in days if (day.weekday() >= 5) == (hour.weekday() >= 5)]


def unusual(value: float, history: Sequence[float]) -> Unusual | None:
    """The score of ``value`` against comparable values; None with fewer than ``LEAST`` of them.

    (x − median) / (1.4826 MAD), Iglewicz and Hoaglin 1993; the spread is at least 5 % of the median, and at least one
    event where the values are counts near zero.
    """
    if len(history) < LEAST:
        return None
    usual = float(np.median(history))
    spread = TO_SIGMA * float(np.median(np.abs(np.asarray(history) - usual)))
    floor = LEAST_SPREAD * abs(usual) or 1.0
    return Unusual(value, usual, (value - usual) / max(spread, floor), len(history))
