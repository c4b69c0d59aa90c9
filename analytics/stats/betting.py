"""An interval for the mean of numbers in [0, 1] that holds at every moment, whatever they look like: by betting.

For each possible mean m two gamblers bet on the next number, one that it lies above m, one below. At the true mean no
gambler can win, so a mean at which their hedged capital reaches 1 ÷ α is refused. Nothing is asymptotic here.
Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting"
(https://arxiv.org/abs/2010.09686), the hedged capital process with predictable plug-in bets.
"""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MEANS = 1001  # candidates on [0, 1]
_BOLDNESS = 0.5  # share of the capital that may be lost in one bet


class BettingSequence:
    """The running interval of a mean; ``update`` takes the numbers in the order in which they came."""

    def __init__(self, *, alpha: float = 0.05) -> None:
        if not 0 < alpha < 1:
            raise ValueError(f"alpha must lie in (0, 1). It is {alpha}.")
        self.alpha = alpha
        self.count = 0
        self.low, self.high = 0.0, 1.0
        self._means = np.linspace(0, 1, _MEANS)
        self._up = np.zeros(_MEANS)  # log capital of who bets above
        self._down = np.zeros(_MEANS)
        self._sum, self._squares = 0.5, 0.25  # one imagined observation of mean 1/2 and variance 1/4

    def update(self, values: Floats) -> tuple[float, float]:
        """The interval after ``values``; it only ever gets narrower. Raises ``ValueError`` outside [0, 1]."""
        for value in np.asarray(values, dtype=float).ravel():
            if not 0 <= value <= 1:
                raise ValueError(f"Betting needs numbers in [0, 1]. One is {value}.")
            self._bet(float(value))
        self._narrow()
        return self.low, self.high

    def _bet(self, value: float) -> None:
        mean, variance = self._sum / (self.count + 1), self._squares / (self.count + 1)
        moment = self.count + 1
        stake = np.sqrt(2 * log(2 / self.alpha) / (variance * moment * log(moment + 1)))
        with np.errstate(divide="ignore"):
            above = np.minimum(stake, _BOLDNESS / self._means)  # c/m; at m = 0 no loss is possible
            below = np.minimum(stake, _BOLDNESS / (1 - self._means))
        self._up += np.log1p(above * (value - self._means))
        self._down += np.log1p(-below * (value - self._means))
        self.count += 1
        self._sum += value
        self._squares += (value - mean) ** 2

    def _narrow(self) -> None:
        capital = np.maximum(self._up, self._down) + log(0.5)  # each holds half of the money
        kept = np.flatnonzero(capital < log(1 / self.alpha))
        step = 1 / (_MEANS - 1)
        if len(kept):
            self.low = max(self.low, float(self._means[kept[0]]) - step)
            self.high = min(self.high, float(self._means[kept[-1]]) + step)
            self.low, self.high = max(self.low, 0.0), min(self.high, 1.0)
