"""Weights of what titles are made of, from differences inside a test, in closed form.

An arm a of group g (one test, one image) is clicked with log odds y_a = μ_g + x_a · w + ε_a, where ε_a has the variance of
counting clicks, v_a, and of what no feature knows, σ². With w ~ N(0, I ÷ λ) the posterior mean is

    w = (X' W X + λ I)⁻¹ X' W y,   W = diag 1 ÷ (v_a + σ²),   X and y less their W-mean inside each group,

so a test with few clicks says little, and how well a topic does by itself says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import solve

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESIDUAL = 0.02  # σ²: squared standard deviation, in log odds, of what no feature knows


@dataclass(frozen=True)
class RidgeEvidence:
    """Arms as the regression sees them: (n,) log odds, their counting variance, and groups 0…G-1."""

    log_odds: Floats
    variance: Floats
    group: Ints

    def weights(self, residual: float = RESIDUAL) -> Floats:
        return np.asarray(1 / (self.variance + residual))

    def centered(self, table: Floats, weights: Floats) -> Floats:
        """``table`` (n,) or (n, d) less its weighted mean inside each group."""
        total = np.bincount(self.group, weights)
        if table.ndim == 1:
            return np.asarray(table - (np.bincount(self.group, weights * table) / total)[self.group])
        means = np.zeros((len(total), table.shape[1]))
        np.add.at(means, self.group, table * weights[:, None])
        return np.asarray(table - (means / total[:, None])[self.group])

    def only(self, kept: NDArray[np.bool_]) -> RidgeEvidence:
        """The arms in ``kept``, groups numbered anew."""
        codes = np.unique(self.group[kept], return_inverse=True)[1]
        return RidgeEvidence(self.log_odds[kept], self.variance[kept], codes.astype(np.int64))


def evidence_of(arms: pd.DataFrame) -> RidgeEvidence:
    """Of a table with ``clicks``, ``impressions`` and ``group``; half a click is added on both sides."""
    clicks = arms["clicks"].to_numpy(float) + 0.5
    rest = arms["impressions"].to_numpy(float) - arms["clicks"].to_numpy(float) + 0.5
    return RidgeEvidence(
        log_odds=np.log(clicks / rest),
        variance=1 / clicks + 1 / rest,
        group=arms["group"].to_numpy(np.int64),
    )


def fitted(evidence: RidgeEvidence, table: Floats, *, penalty: float, residual: float = RESIDUAL) -> Floats:
    """The posterior mean of w (d,) for features ``table`` (n, d); ``penalty`` is λ."""
    weights = evidence.weights(residual)
    x, y = evidence.centered(table, weights), evidence.centered(evidence.log_odds, weights)
    weighted = x * weights[:, None]
    normal = weighted.T @ x
    normal[np.diag_indices_from(normal)] += penalty
    return np.asarray(solve(normal, weighted.T @ y, assume_a="pos"))


def unexplained(evidence: RidgeEvidence, predicted: Floats) -> float:
    """σ² (log odds squared) that remains after ``predicted`` (n,) beside counting: DerSimonian and Laird's moment."""
    weights = 1 / evidence.variance
    rest = evidence.centered(evidence.log_odds - predicted, weights)
    total = np.bincount(evidence.group, weights)
    groups = len(total)
    freedom = len(rest) - groups
    spread = weights.sum() - (np.bincount(evidence.group, weights**2) / total).sum()
    return max(0.0, float(((weights * rest**2).sum() - freedom) / spread))
