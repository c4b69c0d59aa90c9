"""Logistic regression with a ridge, for labels anywhere in [0, 1], missing values and few rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

RIDGE = 3.0  # in rows: how much evidence a coefficient of one standard deviation needs
STEPS = 30


class LogisticRegression:
    """``fit`` a design (n, m) with NaN for missing; a missing value stands at the column's mean and raises its own flag."""

    def fit(self, x: Floats, y: Floats, weights: Floats) -> LogisticRegression:
        """Newton's method on the cross-entropy of labels (n,) in [0, 1] with row weights (n,) ≥ 0."""
        known = ~np.isnan(x)
        count = np.maximum(known.sum(axis=0), 1)
        self.mean_ = np.where(known, x, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, x - self.mean_, 0.0) ** 2).sum(axis=0) / count)
        self.scale_ = np.where(spread > 1e-9, spread, 1.0)
        z = self._columns(x)
        beta = np.zeros(z.shape[1])
        ridge = np.r_[1e-3, np.full(z.shape[1] - 1, RIDGE)]
        for _ in range(STEPS):
            p = expit(z @ beta)
            slope = z.T @ (weights * (p - y)) + ridge * beta
            curve = z.T @ (z * (weights * p * (1 - p) + 1e-9)[:, None]) + np.diag(ridge)
            step = np.linalg.solve(curve, slope)
            beta -= step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
            if np.abs(step).max() < 1e-8:
                break
        self.beta_ = beta
        return self

    def log_odds(self, x: Floats) -> Floats:
        """Logarithms (n,) of the odds."""
        return np.asarray(self._columns(x) @ self.beta_)

    def _columns(self, x: Floats) -> Floats:
        missing = np.isnan(x)
        z = np.where(missing, 0.0, (x - self.mean_) / self.scale_)
        # far outside of what was learned from, a straight line says too much
        return np.column_stack([np.ones(len(x)), np.clip(z, -5.0, 5.0), missing])

    def document(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"mean": self.mean_.tolist(), "scale": self.scale_.tolist(), "beta": self.beta_.tolist()}

    @classmethod
    def of(cls, document: dict[str, Any]) -> LogisticRegression:
        """The regression that wrote ``document``."""
        loaded = cls()
        loaded.mean_, loaded.scale_ = np.array(document["mean"]), np.array(document["scale"])
        loaded.beta_ = np.array(document["beta"])
        return loaded
