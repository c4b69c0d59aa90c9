"""The canary: new videos made with the candidate beside new videos made as before, judged on what came in so far.

Videos are randomised between the arms, so the difference of mean rewards is the candidate's doing. It is judged by an
always-valid confidence sequence (asymptotic, Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021,
https://arxiv.org/abs/2103.06476), so looking after every video is allowed. A video counts with the segment it was made for.

Three roads lead to promotion. The candidate beats production. Or it and the candidates tried before it beside the same
production beat it *together*, each compared within its own cycle, and it does not fall behind by itself: so the trials of a site
with few videos add up, instead of each being forgotten for being too small. Or it does not fall behind production, while all
videos made by policies so far beat those made without one in the same cycles (the hold-out above all), which lets a policy that
already won be refreshed with new data; where nothing was ever won that road is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]

VIDEOS_LEAST = 8  # of each arm before anything is said; trials that add up have so many together
PEAK_VIDEOS = 40.0  # number of videos at which the sequence is tightest
NOT_WORSE = 0.02  # reward by which a refreshed policy may seem worse


@dataclass(frozen=True)
class CanaryArm:
    """Rewards (n,) of an arm's videos with their sampling variances (n,)."""

    reward: Floats
    variance: Floats


@dataclass(frozen=True)
class CanaryDifference:
    """Candidate less other arm, with the bounds of one-sided always-valid level ``alpha`` each."""

    difference: float
    low: float
    high: float
    candidate_videos: int
    other_videos: int

    def to_json(self) -> dict[str, Any]:
        return {
            "difference": round(self.difference, 4), "low": round(self.low, 4), "high": round(self.high, 4),
            "candidate_videos": self.candidate_videos, "other_videos": self.other_videos,
        }  # fmt: skip


@dataclass(frozen=True)
class CanaryVerdict:
    """``decision``: promoted, rolled_back, or open where too little has come in; ``why`` a code.

    ``together``: of all trials beside the same production, where there was more than one.
    """

    decision: str
    why: str
    production: CanaryDifference | None
    baseline: CanaryDifference | None
    together: CanaryDifference | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "decision": self.decision,
            "why": self.why,
            "against_production": self.production and self.production.to_json(),
            "against_baseline": self.baseline and self.baseline.to_json(),
            "together": self.together and self.together.to_json(),
        }


def difference(pairs: Sequence[tuple[CanaryArm, CanaryArm]], *, alpha: float) -> CanaryDifference | None:
    """First arm less second, compared within each pair (a cycle) and pooled; ``None`` where no pair has videos in both."""
    kept = [(a, b) for a, b in pairs if len(a.reward) and len(b.reward)]
    if not kept:
        return None
    between = _between(*(arm for pair in kept for arm in pair))
    found = []
    for a, b in kept:
        (mean_a, var_a), (mean_b, var_b) = _mean(a, between), _mean(b, between)
        m, n = len(a.reward), len(b.reward)
        found.append((mean_a - mean_b, var_a + var_b, 2.0 * m * n / (m + n)))
    weight = np.array([1 / variance for _, variance, _ in found])
    value = float(sum(w * d for w, (d, _, _) in zip(weight, found)) / weight.sum())
    half = _boundary(sum(t for _, _, t in found), float(1 / weight.sum()), alpha)
    sizes = [sum(len(pair[i].reward) for pair in kept) for i in (0, 1)]
    return CanaryDifference(value, value - half, value + half, sizes[0], sizes[1])


def _mean(arm: CanaryArm, between: float) -> tuple[float, float]:
    """Mean and its variance, each video weighted by how much its reward is known."""
    w = 1.0 / (arm.variance + between)
    return float((w @ arm.reward) / w.sum()), float(1.0 / w.sum())


def _between(*arms: CanaryArm) -> float:
    spread = [float(np.var(arm.reward, ddof=1) - arm.variance.mean()) for arm in arms if len(arm.reward) > 1]
    return max(1e-5, float(np.mean(spread)) if spread else 1e-5)


def _boundary(t: float, variance: float, alpha: float) -> float:
    """Half width of the one-sided sequence: a normal mixture, tightest at ``PEAK_VIDEOS``.

    ``t``: videos' worth of information, 2mn/(m + n) as in two arms of equal size.
    """
    rho2 = _rho2(alpha)
    inner = 2 * (t * rho2 + 1) / (t**2 * rho2) * np.log(1 + np.sqrt(t * rho2 + 1) / (2 * alpha))
    return float(np.sqrt(variance * t) * np.sqrt(inner))


def _rho2(alpha: float) -> float:
    """The mixture's scale for which the one-sided bound is tightest at ``PEAK_VIDEOS``."""

    def slope(log_rho2: float) -> float:
        step = 1e-4

        def width(x: float) -> float:
            r, t = float(np.exp(x)), PEAK_VIDEOS
            return float(2 * (t * r + 1) / (t**2 * r) * np.log(1 + np.sqrt(t * r + 1) / (2 * alpha)))

        return (width(log_rho2 + step) - width(log_rho2 - step)) / (2 * step)

    return float(np.exp(brentq(slope, -15.0, 5.0)))


def canary_verdict(
    candidate: CanaryArm,
    production: CanaryArm,
    earlier: Sequence[tuple[CanaryArm, CanaryArm]],
    against_baseline: Sequence[tuple[CanaryArm, CanaryArm]],
    *,
    alpha: float,
    has_production: bool,
) -> CanaryVerdict:
    """Judge on what came in. ``earlier``: candidate and production of each former cycle with this same production.

    ``against_baseline``: of each cycle so far the videos made by policies, and those without. Before anything was promoted
    ``production`` are the videos made without a policy, and the third road is closed.
    """
    enough = min(len(candidate.reward), len(production.reward)) >= VIDEOS_LEAST
    against = difference([(candidate, production)], alpha=alpha) if enough else None
    trials = [(candidate, production), *earlier]
    many = sum(len(a.reward) > 0 and len(b.reward) > 0 for a, b in trials) > 1
    together = difference(trials, alpha=alpha) if many else None
    base = difference(against_baseline, alpha=alpha) if has_production and enough else None

    def verdict(decision: str, why: str) -> CanaryVerdict:
        return CanaryVerdict(decision, why, against, base, together)

    if against is not None and against.low > 0:
        return verdict("promoted", "better_than_production")
    if against is not None and against.high < 0:
        return verdict("rolled_back", "worse_than_production")
    keeps_up = against is None or against.difference > -NOT_WORSE
    if keeps_up and len(candidate.reward) and _is_won(together):
        return verdict("promoted", "better_together")
    if against is None:
        return verdict("open", "too_few_videos")
    if keeps_up and _is_won(base):
        return verdict("promoted", "better_than_baseline")
    return verdict("rolled_back", "not_shown_better")


def _is_won(found: CanaryDifference | None) -> bool:
    """Whether enough videos show the first arm to be better."""
    return (
        found is not None
        and found.low > 0
        and min(found.candidate_videos, found.other_videos) >= VIDEOS_LEAST
    )
