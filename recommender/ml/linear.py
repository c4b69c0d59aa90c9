"""EASE^R: the closed-form linear model that order-free rankers are measured against.

Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data", https://arxiv.org/abs/1905.03375.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg as la
import scipy.sparse as sp

from recommender.ml.interactions import Floats


@dataclass(frozen=True)
class LinearModel:
    """Item-to-item weights ``B`` with a zero diagonal: scores of a history ``x`` are ``x @ B``."""

    weights: Floats  # (I, I)
    penalty: float

    def scores(self, histories: sp.csr_matrix) -> Floats:
        """Scores (n, I) of histories (n, I)."""
        return np.asarray(histories @ self.weights, np.float32)


def fit_linear(matrix: sp.csr_matrix, *, penalty: float) -> LinearModel:
    """Solve ``min |X - XB|² + penalty |B|²`` with ``diag B = 0``."""
    gram = np.asarray((matrix.T @ matrix).todense(), np.float64)
    diagonal = np.diag_indices_from(gram)
    gram[diagonal] += penalty
    inverse = la.inv(gram, overwrite_a=True, check_finite=False)
    weights = inverse / -inverse[diagonal]
    weights[diagonal] = 0
    return LinearModel(weights.astype(np.float32), penalty)
