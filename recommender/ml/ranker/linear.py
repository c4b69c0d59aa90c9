"""EASE^R: the closed-form linear model, asked with histories that may fade.

Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data", https://arxiv.org/abs/1905.03375. The weights know
no order; a history whose older items count less (Choi et al. 2021, "Session-aware Linear Item-Item Models",
https://arxiv.org/abs/2103.16104) brings order in at no cost when the model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg as la
import scipy.sparse as sp

from recommender.ml.interactions import Codes, Floats, Times

HEAD_ITEMS = 8_000  # as many items as are inverted exactly; 8,000 take about 10 s of two cores


@dataclass(frozen=True)
class LinearModel:
    """Item-to-item weights ``B`` with a zero diagonal: scores of a history ``x`` are ``x[head] @ B``.

    ``head`` are the item codes whose weights were solved for: all of them, or the ``HEAD_ITEMS`` most met; items
    outside are scored from the head (ridge regression) and are not evidence themselves.
    """

    head: Codes  # (M,) ascending
    weights: Floats  # (M, I)
    penalty: float

    def scores(self, histories: sp.csr_matrix) -> Floats:
        """Scores (n, I) of weighted histories (n, I)."""
        x = histories if len(self.head) == histories.shape[1] else histories[:, self.head]
        return np.asarray(x @ self.weights, np.float32)


def fit_linear(matrix: sp.csr_matrix, *, penalty: float, head_items: int = HEAD_ITEMS) -> LinearModel:
    """Solve ``min |X - XB|² + penalty |B|²`` with ``diag B = 0`` over the head, and ridge from it to the rest."""
    met = np.asarray(matrix.sum(0)).ravel()
    head = np.sort(np.argsort(-met, kind="stable")[:head_items]).astype(np.int64)
    x = matrix[:, head]
    gram = np.asarray((x.T @ x).todense(), np.float64)
    diagonal = np.diag_indices_from(gram)
    gram[diagonal] += penalty
    inverse, failed = la.lapack.dpotri(
        la.cholesky(gram, lower=True, overwrite_a=True, check_finite=False), lower=1
    )
    if failed:
        raise np.linalg.LinAlgError(
            f"The item matrix cannot be inverted with penalty {penalty}; raise the penalty."
        )
    lower = np.tril_indices_from(inverse, -1)
    inverse.T[lower] = inverse[lower]
    weights = np.zeros((len(head), matrix.shape[1]), np.float32)
    if len(head) < matrix.shape[1]:
        rest = np.setdiff1d(np.arange(matrix.shape[1]), head)
        weights[:, rest] = inverse @ np.asarray((x.T @ matrix[:, rest]).todense(), np.float64)
    inverse /= -inverse[diagonal]
    inverse[diagonal] = 0
    weights[:, head] = inverse
    return LinearModel(head, weights, penalty)


def faded(histories: Sequence[tuple[Codes, Times]], item_count: int, half_life: float) -> sp.csr_matrix:
    """Histories as rows (n, I): the last item weighs 1, one ``half_life`` items back 1/2; infinity forgets nothing."""
    lengths = np.array([len(items) for items, _ in histories], np.int64)
    columns = np.concatenate([np.empty(0, np.int64), *(items for items, _ in histories)])
    rows = np.repeat(np.arange(len(histories)), lengths)
    ages = np.repeat(np.cumsum(lengths), lengths) - 1 - np.arange(len(columns))
    weights = np.exp2(-ages / half_life).astype(np.float32)
    newest_first = np.lexsort((ages, columns, rows))
    rows, columns, weights = rows[newest_first], columns[newest_first], weights[newest_first]
    again = np.zeros(len(rows), bool)
    again[1:] = (rows[1:] == rows[:-1]) & (columns[1:] == columns[:-1])
    rows, columns, weights = rows[~again], columns[~again], weights[~again]
    return sp.csr_matrix((weights, (rows, columns)), (len(histories), item_count))


def standard(scores: Floats) -> Floats:
    """Rows with mean 0 and variance 1; a constant row becomes zeros."""
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray(
        (scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 1e-9, spread, 1), np.float32
    )
