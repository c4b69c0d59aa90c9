"""Comparisons of two arms that may be looked at after every impression: the mixture sequential probability ratio test.

Under "no difference" the mixture likelihood ratio is a martingale that starts at 1, so by Ville's inequality it ever
reaches 1 ÷ α with probability at most α, however often one looks and whenever one stops. With a normal mixture of
standard deviation ``tau`` over the difference Δ, its estimate D and that estimate's variance V:

    Λ = sqrt(V / (V + τ²)) · exp(τ² D² / (2 V (V + τ²)))

Johari, Koomen, Pekelis, Walsh 2017 (https://arxiv.org/abs/1512.04922); Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021
(https://arxiv.org/abs/2103.06476). V is estimated, so the guarantee is asymptotic: nothing is said before ``LEAST``
units of an arm. ``betting`` has the guarantee at any size, for wider intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST = 100  # units of each arm before anything is said
TAU = (
    0.03  # of a watch share (0–1): the size of difference that is found soonest; fixed before the first look
)


@dataclass(frozen=True)
class Moments:
    """What is known of an arm: ``units`` of randomization, the mean of its numbers and the variance of that mean."""

    units: int
    mean: float
    variance: float  # of the mean, not of one number


@dataclass(frozen=True)
class Comparison:
    """An arm less the control: the difference, its always-valid interval, and the p-value of "no difference"."""

    difference: float
    low: float
    high: float
    p_value: float  # the least so far, when the earlier least was given

    @property
    def decided(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def moments_of(values: Sequence[float] | Floats) -> Moments:
    """Of one number a unit."""
    x = np.asarray(values, dtype=float)
    n = len(x)
    if n < 2:
        return Moments(n, float(x.mean()) if n else 0.0, inf)
    return Moments(n, float(x.mean()), float(x.var(ddof=1) / n))


def ratio_moments(totals: Floats, counts: Floats) -> Moments:
    """Of a ratio of sums over units (viewers): ``totals`` is what a viewer's impressions add up to, ``counts`` how many.

    Impressions of one viewer resemble each other, so the viewer is the unit; the variance is the delta method's.
    """
    n, all_counts = len(counts), float(np.sum(counts))
    if n < 2 or all_counts <= 0:
        return Moments(n, float(np.sum(totals) / all_counts) if all_counts else 0.0, inf)
    ratio = float(np.sum(totals) / all_counts)
    residual = np.asarray(totals, dtype=float) - ratio * np.asarray(counts, dtype=float)
    return Moments(n, ratio, float(residual.var(ddof=1) * n / all_counts**2))


def compare(
    arm: Moments, control: Moments, *, alpha: float = 0.05, tau: float = TAU, p_before: float = 1.0
) -> Comparison:
    """The comparison at this look; ``p_before`` is the least p-value of the looks before.

    ``tau`` is in the unit of the means. Raises ``ValueError`` when ``alpha`` is not in (0, 1) or ``tau`` not positive.
    """
    if not 0 < alpha < 1 or tau <= 0:
        raise ValueError(f"alpha must lie in (0, 1) and tau above 0. They are {alpha} and {tau}.")
    difference = arm.mean - control.mean
    variance = arm.variance + control.variance
    if min(arm.units, control.units) < LEAST or not 0 < variance < inf:
        return Comparison(difference, -inf, inf, p_before)
    wide = _half_width(variance, alpha, tau)
    p = min(p_before, 1.0, exp(-_log_ratio(difference, variance, tau)))
    return Comparison(difference, difference - wide, difference + wide, p)


def units_needed(*, effect: float, deviation: float, alpha: float = 0.05, tau: float = TAU) -> int:
    """About how many units of each of two arms until a true difference of ``effect`` is found half of the time."""
    low, high = LEAST, 10**9
    while low < high:
        middle = (low + high) // 2
        if _half_width(2 * deviation**2 / middle, alpha, tau) <= abs(effect):
            high = middle
        else:
            low = middle + 1
    return low


def _log_ratio(difference: float, variance: float, tau: float) -> float:
    both = variance + tau**2
    return 0.5 * log(variance / both) + min(tau**2 * difference**2 / (2 * variance * both), 700.0)


def _half_width(variance: float, alpha: float, tau: float) -> float:
    both = variance + tau**2
    return sqrt(variance * both / tau**2 * (2 * log(1 / alpha) + log(both / variance)))
