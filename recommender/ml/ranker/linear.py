"""EASE^R: the closed-form linear model, asked with histories that may fade.

Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data", https://arxiv.org/abs/1905.03375. The weights know
no order; a history whose older items count less (Choi et al. 2021, "Session-aware Linear Item-Item Models",
https://arxiv.org/abs/2103.16104) brings order in at no cost when the model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg as la
import scipy.sparse as sp

from recommender.ml.interactions import Codes, Floats, Times

HEAD_ITEMS = 8_000  # as many items as are inverted exactly; 8,000 take about 10 s of two cores
COLUMNS = 512  # of the square matrix that are worked on at a time


@dataclass(frozen=True)
class LinearModel:
    """Item-to-item weights ``B`` with a zero diagonal: scores of a history ``x`` are ``x[head] @ B``.

    ``head`` are the item codes whose weights were solved for: all of them, or the ``HEAD_ITEMS`` most met. Items outside
    are no evidence themselves; they are scored from the head by ridge regression, ``x[head] @ P @ met``. The inverse
    ``P`` is not kept beside ``B``: its columns are those of ``I - B`` times its diagonal, so one square matrix says both.
    """

    head: Codes  # (M,) ascending
    weights: Floats  # (M, M): B
    diagonal: Floats  # (M,): of P
    met: (
        sp.csr_matrix
    )  # (M, I - M): how many users met an item of the head and one outside, in order of codes
    penalty: float

    @property
    def item_count(self) -> int:
        return len(self.head) + int(self.met.shape[1])

    def scores(self, histories: sp.csr_matrix) -> Floats:
        """Scores (n, I) of weighted histories (n, I)."""
        whole = len(self.head) == self.item_count
        return self._scores(histories if whole else histories[:, self.head])

    def projected(self, directions: Floats) -> Floats:
        """The weights that lead to each item, as seen along ``directions`` (M, k): (I, k)."""
        return self._scores(np.ascontiguousarray(directions.T)).T

    def _scores(self, x: sp.csr_matrix | Floats) -> Floats:
        """Scores (n, I) of what was met of the head (n, M)."""
        near = np.asarray(x @ self.weights, np.float32)
        if len(self.head) == self.item_count:
            return near
        dense = x if isinstance(x, np.ndarray) else x.toarray()
        inverse = np.asarray((dense - near) * self.diagonal, np.float32)  # x @ P
        scores = np.empty((len(near), self.item_count), np.float32)
        scores[:, self.head] = near
        scores[:, outside(self.head, self.item_count)] = (self.met.T @ inverse.T).T
        return scores


def fit_linear(matrix: sp.csr_matrix, *, penalty: float, head_items: int = HEAD_ITEMS) -> LinearModel:
    """Solve ``min |X - XB|² + penalty |B|²`` with ``diag B = 0`` over the head, and ridge from it to the rest.

    One square matrix of doubles is held at a time: it is the items' products, their Cholesky factor, the inverse and
    the weights in turn, each written over the one before.
    """
    count = np.asarray(matrix.sum(0)).ravel()
    head = np.sort(np.argsort(-count, kind="stable")[:head_items]).astype(np.int64)
    x = matrix[:, head].tocsc()
    square = np.empty((len(head), len(head)), np.float64, order="F")
    for first in range(0, len(head), COLUMNS):
        columns = slice(first, first + COLUMNS)
        square[:, columns] = (x.T @ x[:, columns]).toarray()
    square[np.diag_indices_from(square)] += penalty
    _invert(square, penalty)
    diagonal = square.diagonal().copy()
    square /= -diagonal
    square[np.diag_indices_from(square)] = 0
    weights = square.astype(np.float32, order="C")
    return LinearModel(head, weights, diagonal.astype(np.float32), met_outside(matrix, head), penalty)


def _invert(square: npt.NDArray[np.float64], penalty: float) -> None:
    """Put the inverse of a symmetric positive matrix (M, M), columns first, in its place."""
    factor, failed = la.lapack.dpotrf(square, lower=1, clean=0, overwrite_a=1)
    if not failed:
        factor, failed = la.lapack.dpotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise np.linalg.LinAlgError(
            f"The item matrix cannot be inverted with penalty {penalty}; raise the penalty."
        )
    assert np.shares_memory(factor, square)
    for first in range(0, len(square), COLUMNS):
        last = first + COLUMNS
        square[first:last, last:] = square[last:, first:last].T
        block = square[first:last, first:last]
        block[:] = np.tril(block) + np.tril(block, -1).T


def outside(head: Codes, item_count: int) -> Codes:
    """The item codes that are not in ``head``, ascending."""
    return np.setdiff1d(np.arange(item_count), head)


def met_outside(matrix: sp.csr_matrix, head: Codes) -> sp.csr_matrix:
    """How many users met an item of the head and one outside (M, I - M), from who met what (users, I)."""
    rest = outside(head, matrix.shape[1])
    return sp.csr_matrix(matrix[:, head].T @ matrix[:, rest], dtype=np.float32)


def inverse_diagonal(matrix: sp.csr_matrix, head: Codes, weights: Floats, penalty: float) -> Floats:
    """The diagonal (M,) of the inverse that ``weights`` (M, M) were made of.

    ``(XᵀX + penalty) (I - B)`` has nothing but the reciprocals of that diagonal on its own.
    """
    x = matrix[:, head]
    products = sp.csr_matrix(x.T @ x, dtype=np.float64)
    own = products.diagonal() + penalty
    return np.asarray(1 / (own - np.asarray(products.multiply(weights.T).sum(1)).ravel()), np.float32)


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
