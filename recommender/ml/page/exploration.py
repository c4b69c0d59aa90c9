"""Exploration with logged propensities, and a fair, bounded share of it for new videos.

At a slot that may explore, the policy is a mixture: with probability 1 − ε the best candidate, with probability ε a draw
from a pool whose probabilities are known. The probability of what is shown, given the slots above it, is therefore exact:
``(1 − ε)·[i is best] + ε·pool(i)``. That number is logged, and makes IPS, SNIPS and DR possible (``evaluation.py``).

A new video has no history, so it is placed by its content and by Thompson's rule over Beta posteriors of its reward
(Thompson 1933; Chapelle and Li 2011, https://papers.nips.cc/paper/4321-an-empirical-evaluation-of-thompson-sampling).
The chance that a video's draw would be the largest is integrated, not sampled: a sampled winner has no known propensity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from recommender.errors import RankingInputInvalid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GRID = 129  # points of the integral over the reward
POSTERIORS = 64  # Thompson's rule is integrated over at most this many videos; the rest wait for their turn


@dataclass(frozen=True)
class Draw:
    """One slot filled: ``probabilities`` (n,) sums to 1 and ``propensity`` in (0, 1] is its entry at ``index``."""

    index: int
    propensity: float
    explored: bool  # drawn from the pool, and not what would have been shown anyway
    probabilities: Floats


def softmax(scores: ArrayLike, temperature: float = 1.0) -> Floats:
    """Probabilities (n,) proportional to ``exp(scores / temperature)``; −inf gets 0."""
    if not temperature > 0:
        raise RankingInputInvalid(
            f"A softmax temperature must be above 0. Got {temperature}.", field="temperature"
        )
    values = np.asarray(scores, dtype=np.float64)
    if not len(values) or not np.isfinite(best := values.max()):
        return np.zeros(len(values))
    raised = np.exp((values - best) / temperature)
    return np.asarray(raised / raised.sum())


def pool_probabilities(weights: ArrayLike, eligible: NDArray[np.bool_]) -> Floats:
    """Weights (n,) ≥ 0 as probabilities over the eligible ones; all zero where nobody eligible has weight."""
    kept = np.where(eligible, np.asarray(weights, dtype=np.float64), 0.0)
    total = kept.sum()
    return np.asarray(kept / total) if total > 0 else np.zeros(len(kept))


def slot_draw(best: int, pool: Floats, epsilon: float, rng: np.random.Generator) -> Draw:
    """Fill one slot by the mixture of the best candidate (1 − ε) and the pool (ε).

    ``pool`` (n,) sums to 1; an empty pool (all zero) or ε = 0 shows the best with propensity 1.
    """
    if not 0 <= epsilon <= 1:
        raise RankingInputInvalid(f"The exploration rate must lie in [0, 1]. Got {epsilon}.", field="epsilon")
    mass = float(pool.sum())
    rate = epsilon if mass > 0 else 0.0
    probabilities = rate * pool / (mass or 1.0)
    probabilities[best] += 1.0 - rate
    index = best
    if rate and rng.random() < rate:
        index = int(rng.choice(len(pool), p=pool / mass))
    return Draw(index, float(min(probabilities[index], 1.0)), index != best, probabilities)


def thompson_probabilities(rewards: ArrayLike, trials: ArrayLike, *, prior: tuple[float, float]) -> Floats:
    """P(the video's posterior draw is the largest), (n,), summing to 1.

    ``rewards`` (n,) sums of rewards in [0, 1] over ``trials`` (n,); ``prior`` the Beta prior's two counts.
    ``∫ f_i(x) Π_{j≠i} F_j(x) dx`` by the midpoint rule over cells of x; the sum over videos is made exactly 1, so the
    probabilities are those of the draw that uses them, whatever the grid.
    """
    total, counts = np.asarray(rewards, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if not len(total):
        return np.zeros(0)
    if (total < 0).any() or (counts < total - 1e-9).any():
        raise RankingInputInvalid(
            "Summed rewards must lie between 0 and the number of trials.", field="rewards"
        )
    a, b = prior[0] + total, prior[1] + np.maximum(counts - total, 0.0)
    x = np.linspace(0.0, 1.0, GRID)
    below = betainc(a[:, None], b[:, None], x[None, :])  # (n, GRID)
    cell, middle = np.diff(below, axis=1), np.maximum((below[:, 1:] + below[:, :-1]) / 2, 1e-300)
    logs = np.log(middle)
    chance = (cell * np.exp(logs.sum(axis=0) - logs)).sum(axis=1)
    return np.asarray(chance / chance.sum())


@dataclass(frozen=True)
class NewVideoRules:
    """How many exploration impressions a new video gets: at least ``guaranteed``, never more than ``limit``."""

    guaranteed: int = 20  # impressions every new video is owed before evidence decides
    limit: int = 200  # impressions from exploration, after which a video stands on its own rank
    window_hours: float = 72.0  # a video is new for this long, longer while it is still owed its guarantee
    guaranteed_share: float = 0.7  # part of the pool that goes to videos still owed, as long as there are any
    content_temperature: float = 0.2  # how sharply similarity to the viewer's taste places a video
    prior: tuple[float, float] = (
        1.0,
        1.0,
    )  # Beta prior of the reward; a site's mean reward makes a better one


def new_video_weights(
    impressions: ArrayLike,
    reward_sum: ArrayLike,
    age_hours: ArrayLike,
    similarity: ArrayLike,
    rules: NewVideoRules = NewVideoRules(),
) -> Floats:
    """Pool weights (n,) of the videos that exploration may show; they sum to 1 unless none may be shown.

    ``impressions`` (n,) counts what exploration has shown so far, ``reward_sum`` (n,) the rewards in [0, 1] they earned,
    ``similarity`` (n,) is the cosine of each video's content to this viewer's taste (0 where nothing is known).
    A video at its limit weighs exactly 0, so it can overshoot only by what is in flight when the counts are read.
    """
    shown, earned = np.asarray(impressions, dtype=np.float64), np.asarray(reward_sum, dtype=np.float64)
    age, near = np.asarray(age_hours, dtype=np.float64), np.asarray(similarity, dtype=np.float64)
    if not len(shown):
        return np.zeros(0)
    owed = shown < rules.guaranteed
    tried = ~owed & (shown < rules.limit) & (age <= rules.window_hours)
    # toward the end of its window a video still owed impressions is shown to anybody, not only where it fits best
    patience = np.where(owed, np.clip(1.0 - age / rules.window_hours, 0.0, 1.0), 1.0)
    placed = softmax(near * patience, rules.content_temperature)
    first = np.where(owed, placed * (1.0 - shown / max(rules.guaranteed, 1)), 0.0)
    second = np.zeros(len(shown))
    if tried.any():
        # the widest posteriors are the ones worth a look; the rest keep their place in the ordinary ranking
        chosen = np.flatnonzero(tried)
        if len(chosen) > POSTERIORS:
            chosen = chosen[np.argsort(shown[chosen], kind="stable")[:POSTERIORS]]
        chance = thompson_probabilities(
            np.minimum(earned[chosen], shown[chosen]), shown[chosen], prior=rules.prior
        )
        second[chosen] = chance * placed[chosen]
    share = rules.guaranteed_share if tried.any() else 1.0
    parts = [(first, share), (second, 1.0 - share if owed.any() else 1.0)]
    weights = sum((part / part.sum() * size for part, size in parts if part.sum() > 0), np.zeros(len(shown)))
    return np.asarray(weights / weights.sum()) if weights.sum() > 0 else weights
