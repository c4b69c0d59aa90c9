"""Title tests played again: policies share out impressions among titles whose click rates are known from the whole test.

Every policy is a function ``(replay, budget, rng) -> earned (R, G)``: the mean true click rate of the impressions it gave
out, for each of R repetitions of each of G tests. Clicks are drawn at the true rates, for all tests and repetitions at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.stats.allocation import Prior, next_arm, posterior

Floats = NDArray[np.float64]
BATCHES = (
    50  # moments at which our policy, and Thompson's at most four times as often, look at what was clicked
)


@dataclass(frozen=True)
class Replay:
    """Tests side by side: true rates and predicted log odds (G, A), NaN where a test has fewer arms."""

    rates: Floats
    predicted: Floats

    def repeated(self, times: int) -> tuple[Floats, Floats]:
        return np.repeat(self.rates[None], times, axis=0), np.repeat(self.predicted[None], times, axis=0)

    @property
    def uniform(self) -> Floats:
        return np.asarray(np.nanmean(self.rates, axis=1))

    @property
    def best(self) -> Floats:
        return np.asarray(np.nanmax(self.rates, axis=1))


def replay_of(arms: pd.DataFrame, predicted: Floats) -> Replay:
    """Of a table of arms (``group``, ``clicks``, ``impressions``) and a prediction (log odds) for each of its rows."""
    place = arms.groupby("group").cumcount().to_numpy()
    group = arms["group"].to_numpy()
    shape = (group.max() + 1, place.max() + 1)
    rates, centered = np.full(shape, np.nan), np.full(shape, np.nan)
    rates[group, place] = (arms["clicks"] / arms["impressions"]).to_numpy()
    centered[group, place] = predicted
    return Replay(rates, centered - np.nanmean(centered, axis=1, keepdims=True))


def gap_closed(replay: Replay, earned: Floats) -> float:
    """Share of the gap from uniform to best over all tests together (0–1; can be below 0)."""
    gain = (earned - replay.uniform).sum()
    return float(gain / (np.broadcast_to(replay.best - replay.uniform, earned.shape)).sum())


def gaps(replay: Replay, earned: Floats) -> tuple[Floats, Floats]:
    """Gain and gap of each test (G,), of which a bootstrap over tests takes its ratio."""
    return earned.mean(axis=0) - replay.uniform, replay.best - replay.uniform


def model_alone(replay: Replay, repeats: int, budget: int, rng: np.random.Generator) -> Floats:
    """Everything to the title that the model expects most of."""
    rates, predicted = replay.repeated(repeats)
    return _taken(rates, np.nan_to_num(predicted, nan=-np.inf).argmax(axis=-1))


def thompson(
    replay: Replay, repeats: int, budget: int, rng: np.random.Generator, *, rate: float, weight: float
) -> Floats:
    """Thompson sampling from a Beta prior of mean ``rate`` that weighs ``weight`` impressions; no title model."""
    rates, _ = replay.repeated(repeats)
    there = np.isfinite(rates)
    clicks, shown, earned = np.zeros_like(rates), np.zeros_like(rates), np.zeros(rates.shape[:-1])
    for batch in _batches(budget, 4 * BATCHES):
        draws = rng.beta(rate * weight + clicks, (1 - rate) * weight + shown - clicks)
        arm = np.where(there, draws, -1.0).argmax(axis=-1)
        earned += _shown(rates, arm, batch, clicks, shown, rng)
    return earned / budget


def ab_then_best(
    replay: Replay,
    repeats: int,
    budget: int,
    rng: np.random.Generator,
    *,
    share: float,
    prior: Prior | None = None,
) -> Floats:
    """Equal shares for ``share`` of the budget, then everything to the best rate seen; with ``prior`` to the best posterior."""
    rates, predicted = replay.repeated(repeats)
    there = np.isfinite(rates)
    each = np.where(there, int(budget * share) // there.sum(axis=-1, keepdims=True), 0)
    clicks = rng.binomial(each, np.nan_to_num(rates)).astype(float)
    spent = each.sum(axis=-1)
    earned = (each * np.nan_to_num(rates)).sum(axis=-1)
    if prior is None:
        mean = np.where(there, (clicks + 1e-9 * rng.random(clicks.shape)) / np.maximum(each, 1), -1.0)
    else:
        mean = posterior(predicted, clicks, each.astype(float), prior)[0]
    return (earned + (budget - spent) * _taken(rates, mean.argmax(axis=-1))) / budget


def ours(
    replay: Replay,
    repeats: int,
    budget: int,
    rng: np.random.Generator,
    *,
    prior: Prior,
    batches: int = BATCHES,
) -> Floats:
    """``analytics.stats.allocation``: the model's prediction as prior, then the knowledge gradient."""
    rates, predicted = replay.repeated(repeats)
    clicks, shown, earned = np.zeros_like(rates), np.zeros_like(rates), np.zeros(rates.shape[:-1])
    remaining = budget
    for batch in _batches(budget, batches):
        arm = next_arm(predicted, clicks, shown, batch=batch, remaining=remaining, prior=prior)
        earned += _shown(rates, arm, batch, clicks, shown, rng)
        remaining -= batch
    return earned / budget


def _batches(budget: int, most: int) -> list[int]:
    """``budget`` cut into at most ``most`` parts that differ by one at most."""
    count = min(most, budget)
    return [budget // count + (at < budget % count) for at in range(count)]


def _shown(
    rates: Floats, arm: NDArray[np.int64], batch: int, clicks: Floats, shown: Floats, rng: np.random.Generator
) -> Floats:
    """Show ``batch`` impressions of ``arm``; counts are changed in place. What was earned is told in true rates."""
    rate = _taken(rates, arm)
    at = arm[..., None]
    np.put_along_axis(shown, at, np.take_along_axis(shown, at, -1) + batch, -1)
    got = rng.binomial(batch, rate)[..., None]
    np.put_along_axis(clicks, at, np.take_along_axis(clicks, at, -1) + got, -1)
    return batch * rate


def _taken(rates: Floats, arm: NDArray[np.int64]) -> Floats:
    return np.asarray(np.take_along_axis(rates, arm[..., None], -1)[..., 0])
