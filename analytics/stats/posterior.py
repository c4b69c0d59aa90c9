"""The Bayesian view of arms: how likely each is the best, and what is lost by choosing it.

A mean is taken as normal around what was seen, shrunk toward the arms' common mean by a normal prior. Beside the
sequential test it answers another question: not "is there a difference" but "which would I choose now, and at what risk".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from analytics.stats.sequential import Moments

DRAWS = 20_000
PRIOR = 0.03  # standard deviation of arms' true means around the common one, of a watch share


@dataclass(frozen=True)
class Outlook:
    """Of one arm: its shrunk mean and standard deviation, the chance that it is best, and its expected loss."""

    mean: float
    deviation: float
    best: float  # 0–1; over all arms it sums to 1
    loss: float  # expected shortfall against the best arm, in the unit of the mean


def outlooks(
    arms: Sequence[Moments], *, seed: int, prior: float = PRIOR, lifts: Sequence[float] | None = None
) -> list[Outlook]:
    """One a arm, from ``DRAWS`` joint draws. An arm without evidence stands at the common mean with the prior's width.

    ``lifts``: by what factor of the common mean each arm was expected to do, 1 where nothing was expected.
    """
    expected = np.ones(len(arms)) if lifts is None else np.asarray(lifts, dtype=float)
    known = [arm for arm in arms if isfinite(arm.variance) and arm.variance > 0]
    weights = [1 / (arm.variance + prior**2) for arm in known]
    common = float(np.average([arm.mean for arm in known], weights=weights)) if known else 0.5
    means, deviations = np.empty(len(arms)), np.empty(len(arms))
    for at, arm in enumerate(arms):
        trust = prior**2 / (prior**2 + arm.variance) if isfinite(arm.variance) and arm.variance > 0 else 0.0
        center = common * expected[at]
        means[at] = center + trust * (arm.mean - center)
        deviations[at] = prior * np.sqrt(1 - trust)
    draws = np.random.default_rng(seed).normal(means, deviations, (DRAWS, len(arms)))
    best = np.bincount(draws.argmax(axis=1), minlength=len(arms)) / DRAWS
    loss = (draws.max(axis=1, keepdims=True) - draws).mean(axis=0)
    return [
        Outlook(float(m), float(s), float(b), float(x))
        for m, s, b, x in zip(means, deviations, best, loss, strict=True)
    ]
