"""Logistic regression with a ridge, for labels anywhere in [0, 1], missing values and few rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIDGE = 3.0  # in rows: how much evidence a coefficient of one standard deviation needs
LEVEL_RIDGE = 1e-3  # of the level, which hardly needs any


class LogisticRegression:
    """``fit`` a design (n, m) with NaN for missing; a missing value stands at the column's mean and raises its own flag."""

    def fit(self, x: Floats, y: Floats, weights: Floats) -> LogisticRegression:
        """Cross-entropy of labels (n,) in [0, 1] with row weights (n,) ≥ 0, plus the ridge; scikit-learn solves it.

        A label between 0 and 1 is one row of each class, weighted by its share. The level stands in a column so large
        that the common ridge hardly holds it.
        """
        from sklearn.linear_model import LogisticRegression as Solver  # a second to load, for trainings only

        known = ~np.isnan(x)
        count = np.maximum(known.sum(axis=0), 1)
        self.mean_ = np.where(known, x, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, x - self.mean_, 0.0) ** 2).sum(axis=0) / count)
        self.scale_ = np.where(spread > 1e-9, spread, 1.0)
        z = self._columns(x)
        level = np.sqrt(RIDGE / LEVEL_RIDGE)
        z[:, 0] *= level
        solver = Solver(C=1 / RIDGE, fit_intercept=False, solver="newton-cholesky", tol=1e-9, max_iter=200)
        classes = np.r_[np.zeros(len(z)), np.ones(len(z))]
        solver.fit(np.r_[z, z], classes, sample_weight=np.r_[weights * (1 - y), weights * y])
        self.beta_ = np.asarray(solver.coef_[0], np.float64)
        self.beta_[0] *= level
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
