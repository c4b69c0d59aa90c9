"""How far a score may be off, by conformal prediction: intervals whose coverage is what they say, whatever the errors look like.

Errors are those of tests the weights had not seen, divided by how hard each was to tell (counting noise and what no
feature knows); the interval of a new title takes their quantile. Papadopoulos 2008, Boström 2022 (``crepes``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.ml.title_reward.ridge import RidgeEvidence, unexplained

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Conformal:
    """Errors (n,) in log odds and their expected sizes (n,), both of unseen tests."""

    errors: Floats
    sizes: Floats
    own_size: float  # of a title's true effect, without counting noise

    def interval(self, score: Floats, *, confidence: float, size: Floats | None = None) -> Floats:
        """(n, 2) bounds around scores; ``size`` where counting noise is to be covered too, (n,)."""
        from crepes import ConformalRegressor  # a second of imports that only who asks for an interval pays

        regressor: Any = ConformalRegressor()
        regressor.fit(self.errors, sigmas=self.sizes)
        sizes = np.full(len(score), self.own_size) if size is None else size
        return np.asarray(regressor.predict_int(np.asarray(score), sigmas=sizes, confidence=confidence))

    def arrays(self) -> dict[str, Floats]:
        return {"errors": self.errors, "sizes": self.sizes, "own_size": np.array([self.own_size])}

    @classmethod
    def of(cls, arrays: dict[str, Floats]) -> Conformal:
        return cls(arrays["errors"], arrays["sizes"], float(arrays["own_size"][0]))


def sizes_of(evidence: RidgeEvidence, residual: float) -> Floats:
    """Expected size of an arm's error (n,) in log odds, for differences to its own test's weighted mean."""
    weights = 1 / (evidence.variance + residual)
    total = np.bincount(evidence.group, weights)
    left = 1 - weights / total[evidence.group]  # a group's mean takes a part of each member's noise along
    return np.sqrt(np.maximum((evidence.variance + residual) * left, 1e-9))


def conformal_of(evidence: RidgeEvidence, predicted: Floats) -> Conformal:
    """From predictions (n arms,) of tests that the weights had not seen."""
    residual = max(unexplained(evidence, predicted), 1e-4)
    errors = evidence.centered(evidence.log_odds - predicted, 1 / (evidence.variance + residual))
    return Conformal(errors, sizes_of(evidence, residual), float(np.sqrt(residual)))
