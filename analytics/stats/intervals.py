"""How sure a number is: 95 % intervals of shares, means and ratios."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z = 1.959964  # two-sided 95 %
Interval = tuple[float, float]


def wilson(successes: float, n: float) -> Interval:
    """The interval of a share (0–1), good also for few cases and near 0 and 1 (Wilson 1927).

    Raises ``ValueError`` unless 0 ≤ ``successes`` ≤ ``n`` and ``n`` > 0.
    """
    if not 0 <= successes <= n or n <= 0:
        raise ValueError(f"A share needs 0 ≤ successes ≤ n and n > 0; got {successes} of {n}.")
    p, zz = successes / n, Z * Z
    center = (p + zz / (2 * n)) / (1 + zz / n)
    half = Z / (1 + zz / n) * math.sqrt(p * (1 - p) / n + zz / (4 * n * n))
    return max(center - half, 0.0), min(center + half, 1.0)


def mean(total: float, squares: float, n: float) -> Interval:
    """The interval of a mean from a sum, a sum of squares and a count; it needs two cases at least."""
    if n < 2:
        raise ValueError(f"The interval of a mean needs two cases; got {n}.")
    middle = total / n
    variance = max(squares / n - middle * middle, 0.0) * n / (n - 1)
    half = Z * math.sqrt(variance / n)
    return middle - half, middle + half


def ratio(tops: ArrayLike, bottoms: ArrayLike) -> Interval:
    """The interval of Σ tops / Σ bottoms over clusters that vary together, such as days, by the delta method.

    Deng, Knoblich, Lu 2018: Applying the delta method in metric analytics. Needs two clusters at least.
    """
    y, x = np.asarray(tops, float), np.asarray(bottoms, float)
    k = len(y)
    if k < 2 or x.sum() <= 0:
        raise ValueError(f"The interval of a ratio needs two clusters and a positive base; got {k} clusters.")
    r = y.sum() / x.sum()
    residual = y - r * x
    variance = residual.var(ddof=1) / (k * x.mean() ** 2)
    half = Z * math.sqrt(variance)
    return float(r - half), float(r + half)


def bootstrap(
    values: ArrayLike, statistic: Callable[[NDArray[np.float64]], float], *, seed: int, draws: int = 1000
) -> Interval:
    """The percentile interval of any statistic of independent values."""
    found = np.asarray(values, float)
    if len(found) < 2:
        raise ValueError(f"A bootstrap needs two values; got {len(found)}.")
    rng = np.random.default_rng(seed)
    drawn = [statistic(found[rng.integers(0, len(found), len(found))]) for _ in range(draws)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
