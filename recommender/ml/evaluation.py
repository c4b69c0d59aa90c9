"""How good is a ranking: from what people chose (recall, NDCG, MRR, coverage), and from logs of another policy.

The first half compares ranked lists with what came after. The second half asks what a *different* policy would have earned,
from impressions whose propensity was logged: IPS and its self-normalized form (Swaminathan and Joachims 2015,
https://papers.nips.cc/paper/5748), and the doubly robust estimator (Dudík, Langford and Li 2011,
https://arxiv.org/abs/1103.4601). Every estimate comes with its interval and with the number of rows it really rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtrit

from recommender.errors import RankingInputInvalid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PADDING = -1  # in a ranked list: nothing stands here
BOOTSTRAPS = 1000
BOOTSTRAP_CELLS = 1_000_000  # resampled rows held at a time


def hits(ranked: ArrayLike, truth: Sequence[Collection[int]]) -> NDArray[np.bool_]:
    """Which entries of the ranked lists (users, k) are in each user's set of true items; padding never is."""
    lists = np.asarray(ranked, dtype=np.int64)
    if lists.ndim != 2 or len(lists) != len(truth):
        raise RankingInputInvalid(
            f"Ranked lists of shape {lists.shape} do not fit {len(truth)} users' truths."
        )
    found = np.zeros(lists.shape, np.bool_)
    for u, items in enumerate(truth):
        found[u] = np.isin(lists[u], np.fromiter(items, np.int64, len(items)))
    return np.asarray(found & (lists != PADDING))


def recall_at_k(ranked: ArrayLike, truth: Sequence[Collection[int]], k: int) -> Floats:
    """Share (users,) in [0, 1] of each user's true items among the first k, of at most k; NaN where there are none."""
    found = hits(ranked, truth)[:, :k].sum(axis=1)
    possible = np.minimum([len(items) for items in truth], k)
    return _ratio(found, possible)


def ndcg_at_k(ranked: ArrayLike, truth: Sequence[Collection[int]], k: int) -> Floats:
    """Normalized discounted cumulative gain (users,) in [0, 1], gain 1, discount log2(rank + 1); NaN without truth."""
    found = hits(ranked, truth)[:, :k]
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], discount.cumsum()])[np.minimum([len(items) for items in truth], k)]
    gained = found @ discount[: found.shape[1]]
    return _ratio(gained, ideal)


def coverage_at_k(ranked: ArrayLike, catalogue: int, k: int) -> float:
    """Share in [0, 1] of a catalogue's items that stand among anybody's first k."""
    shown = np.unique(np.asarray(ranked, dtype=np.int64)[:, :k])
    return float((shown != PADDING).sum() / catalogue) if catalogue else 0.0


def _ratio(top: ArrayLike, bottom: ArrayLike) -> Floats:
    """Element by element, NaN over 0."""
    over, under = np.asarray(top, np.float64), np.asarray(bottom, np.float64)
    return np.asarray(np.divide(over, under, out=np.full(len(over), np.nan), where=under > 0))


@dataclass(frozen=True)
class Estimate:
    """What a policy would have earned an impression, from another policy's logs.

    ``low``–``high`` is the interval at the asked confidence; ``effective_rows`` is Kish's ``(Σw)² / Σw²``: few of many
    rows mean that the two policies hardly agree and the interval is optimistic. ``clipped`` is the share of weights cut.
    """

    value: float
    low: float
    high: float
    standard_error: float
    rows: int
    effective_rows: float
    clipped: float


def ips(
    rewards: ArrayLike,
    logged: ArrayLike,
    target: ArrayLike,
    *,
    clip: float = np.inf,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    interval: Literal["normal", "bootstrap"] = "normal",
    seed: int = 0,
) -> Estimate:
    """Inverse propensity scoring: mean of ``w·r``, unbiased while nothing is clipped.

    ``rewards`` (n,); ``logged`` (n,) in (0, 1] and ``target`` (n,) in [0, 1] are both policies' probabilities of what was
    shown; weights ``w = target / logged`` are cut at ``clip``. Rows of one group (a viewer, a page) depend on each other
    and are resampled, or summed into the variance, together.
    """
    r, w, clipped, places = _logs(rewards, logged, target, clip, groups)
    return _estimate(w * r, np.ones(len(r)), w, clipped, places, confidence, interval, seed)


def snips(
    rewards: ArrayLike,
    logged: ArrayLike,
    target: ArrayLike,
    *,
    clip: float = np.inf,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    interval: Literal["normal", "bootstrap"] = "normal",
    seed: int = 0,
) -> Estimate:
    """Self-normalized IPS, ``Σ w·r / Σ w``: a little biased, much steadier, and unmoved by adding a constant to rewards.

    Arguments as for ``ips``. The error is the delete-one jackknife's.
    """
    r, w, clipped, places = _logs(rewards, logged, target, clip, groups)
    return _estimate(w * r, w, w, clipped, places, confidence, interval, seed)


def doubly_robust(
    rewards: ArrayLike,
    logged: ArrayLike,
    target: ArrayLike,
    predicted_logged: ArrayLike,
    predicted_target: ArrayLike,
    *,
    clip: float = np.inf,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    interval: Literal["normal", "bootstrap"] = "normal",
    seed: int = 0,
) -> Estimate:
    """Doubly robust: the reward model's answer, corrected by ``w·(r − model)``; right if either of the two is.

    ``predicted_logged`` (n,) is the model's reward of what was shown, ``predicted_target`` (n,) its mean reward under the
    target policy's choices at that slot. The model must not have learned from these rows. Other arguments as for ``ips``.
    """
    r, w, clipped, places = _logs(rewards, logged, target, clip, groups)
    shown, wanted = _same_length(len(r), predicted_logged), _same_length(len(r), predicted_target)
    return _estimate(
        wanted + w * (r - shown), np.ones(len(r)), w, clipped, places, confidence, interval, seed
    )


def _logs(
    rewards: ArrayLike, logged: ArrayLike, target: ArrayLike, clip: float, groups: ArrayLike | None
) -> tuple[Floats, Floats, float, Ints]:
    """Checked rewards (n,), weights (n,), share of clipped weights, and each row's group number (n,)."""
    r = np.asarray(rewards, dtype=np.float64)
    p, q = _same_length(len(r), logged), _same_length(len(r), target)
    if not len(r):
        raise RankingInputInvalid("An off-policy estimate needs at least one logged impression. Got none.")
    if not (np.isfinite(r).all() and np.isfinite(p).all() and np.isfinite(q).all()):
        raise RankingInputInvalid("Rewards and propensities must be finite numbers.")
    if p.min() <= 0 or p.max() > 1 + 1e-9 or q.min() < 0 or q.max() > 1 + 1e-9:
        raise RankingInputInvalid(
            f"Logged propensities must lie in (0, 1] and the target's in [0, 1]. Got {p.min():.3g} to {p.max():.3g} and "
            f"{q.min():.3g} to {q.max():.3g}; leave out impressions shown without a propensity.",
            field="propensity",
        )
    if not clip > 0:
        raise RankingInputInvalid(f"Weights can only be clipped above 0. Got {clip}.", field="clip")
    weights = q / p
    places = np.arange(len(r)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    if len(places) != len(r):
        raise RankingInputInvalid(f"{len(r)} rows came with {len(places)} groups; give one for each.")
    return r, np.minimum(weights, clip), float((weights > clip).mean()), places.astype(np.int64)


def _same_length(n: int, values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (n,):
        raise RankingInputInvalid(
            f"{n} rewards came with an array of shape {found.shape}; give one for each."
        )
    return found


def _estimate(
    top: Floats,
    bottom: Floats,
    weights: Floats,
    clipped: float,
    places: Ints,
    confidence: float,
    interval: Literal["normal", "bootstrap"],
    seed: int,
) -> Estimate:
    """The ratio ``Σ top / Σ bottom`` with its interval; groups are the independent units."""
    over = np.asarray(np.bincount(places, top), dtype=np.float64)
    under = np.asarray(np.bincount(places, bottom), dtype=np.float64)
    m = len(over)
    total = under.sum()
    effective = float(weights.sum() ** 2 / max((weights**2).sum(), np.finfo(float).tiny))
    if total <= 0:
        raise RankingInputInvalid(
            "The target policy would have shown none of the logged videos, so these logs say nothing about it."
        )
    value = float(over.sum() / total)
    # the delete-one jackknife of the ratio: a row with much of all weight widens the interval as it should; where the
    # bottom is constant this is the plain variance of the mean
    rest = total - under
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(rest > 1e-12 * total, (over - value * under) / rest, np.inf)
    error = float(np.sqrt((change**2).sum() * (m - 1) / m)) if m > 1 else np.inf
    if interval == "normal":
        # Student's quantile at the effective rows: with few of them a normal one promises too much
        half = error * float(stdtrit(max(min(effective, m) - 1, 1), 0.5 + confidence / 2))
        low, high = value - half, value + half
    else:
        low, high = _bootstrap(over, under, confidence, seed)
    return Estimate(value, low, high, error, len(top), effective, clipped)


def _bootstrap(over: Floats, under: Floats, confidence: float, seed: int) -> tuple[float, float]:
    """Percentile interval over resampled groups, corrected for bias (Efron 1987, BC)."""
    rng = np.random.default_rng(seed)
    m = len(over)
    tops, bottoms = np.empty(BOOTSTRAPS), np.empty(BOOTSTRAPS)
    together = max(1, min(BOOTSTRAPS, BOOTSTRAP_CELLS // m))
    for start in range(0, BOOTSTRAPS, together):
        some = slice(start, min(start + together, BOOTSTRAPS))
        drawn = rng.integers(0, m, (some.stop - some.start, m))
        tops[some], bottoms[some] = over[drawn].sum(axis=1), under[drawn].sum(axis=1)
    ratios = tops / np.maximum(bottoms, np.finfo(np.float64).tiny)
    value = over.sum() / under.sum()
    lower = np.clip(
        (ratios < value).mean() + (ratios == value).mean() / 2, 0.5 / BOOTSTRAPS, 1 - 0.5 / BOOTSTRAPS
    )
    shift = 2 * ndtri(lower)
    ends = ndtr(shift + ndtri([(1 - confidence) / 2, (1 + confidence) / 2]))
    low, high = np.quantile(ratios, ends)
    return float(low), float(high)
