"""Who gets the next impressions of a title test, when few are to be had: prior from the title model, then what was clicked.

Arm a of test g is clicked at rate r_a = B_g · exp(d_a) · θ_a: B_g the test's level, learned from all its arms; d_a what the
title model expects against the other titles, in log odds; θ_a ~ Gamma(k, k) what it cannot know, k = 1 ÷ its squared
error. Clicks are nearly Poisson, so the posterior of θ_a is Gamma again. A batch of b impressions goes to the arm with the
greatest

    mean_a + remaining ÷ b · ν_a,   ν_a = σ̃_a f(−|mean_a − best other mean| ÷ σ̃_a),   f(z) = z Φ(z) + φ(z),

what it is expected to earn now plus what knowing more of it is worth for all impressions that remain: the knowledge
gradient for online learning (Ryzhov, Powell, Frazier 2012, https://doi.org/10.1287/opre.1110.0999). With no impression
left to use it, knowledge is worth nothing, and the arm with the best mean gets everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
_LEVEL_ROUNDS = 3


@dataclass(frozen=True)
class Prior:
    """What is believed before the first impression.

    ``rate``: clicks (or watch share) an impression over all tests; ``level_clicks``: how many clicks that belief weighs in
    a test; ``strength``: k, pseudo clicks of an arm's prediction; ``boldness`` scales the worth of knowing.
    """

    rate: float
    strength: float
    level_clicks: float = 4.0
    boldness: float = 1.0


def posterior(predicted: Floats, clicks: Floats, shown: Floats, prior: Prior) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each arm's rate; arrays are (…, A), predictions in log odds, NaN where no arm is."""
    there = np.isfinite(predicted)
    tilt = np.where(there, np.exp(np.where(there, predicted, 0.0)), 0.0)
    theta = np.ones_like(tilt)
    level = np.full(tilt.shape[:-1], prior.rate)
    for _ in range(_LEVEL_ROUNDS):  # the level given the arms, the arms given the level
        expected = (shown * tilt * theta).sum(axis=-1)
        level = (prior.level_clicks + clicks.sum(axis=-1)) / (prior.level_clicks / prior.rate + expected)
        theta = (prior.strength + clicks) / (prior.strength + shown * tilt * level[..., None])
    scale = tilt * level[..., None]
    mean = scale * theta
    deviation = scale * np.sqrt(prior.strength + clicks) / (prior.strength + shown * scale)
    return np.where(there, mean, -np.inf), np.where(there, deviation, 0.0)


def next_arm(
    predicted: Floats, clicks: Floats, shown: Floats, *, batch: int, remaining: int, prior: Prior
) -> NDArray[np.int64]:
    """The arm (…,) that gets the next ``batch`` of the ``remaining`` impressions."""
    mean, deviation = posterior(predicted, clicks, shown, prior)
    worth = knowledge(mean, deviation, batch)
    later = max(remaining - batch, 0) / batch
    value = mean + prior.boldness * later * worth
    return np.asarray(value.argmax(axis=-1), dtype=np.int64)


def knowledge(mean: Floats, deviation: Floats, batch: int) -> Floats:
    """ν (…, A): by how much the best mean is expected to rise with ``batch`` more impressions of an arm."""
    finite = np.where(np.isfinite(mean), mean, 0.0)
    variance = deviation**2
    step = variance / np.sqrt(variance + np.maximum(finite, 1e-9) / batch)
    ranked = np.sort(mean, axis=-1)
    best, second = ranked[..., -1:], ranked[..., -2:-1]
    rival = np.where(mean == best, second, best)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(step > 0, -np.abs(finite - rival) / np.where(step > 0, step, 1.0), -np.inf)
    z = np.where(np.isfinite(z), z, -40.0)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return np.asarray(np.where(step > 0, step * (z * ndtr(z) + density), 0.0))
