"""The linear model against the dense algebra that it stands for."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.ml.ranker.linear import fit_linear, inverse_diagonal

PENALTY = 5.0


def met(users: int = 80, items: int = 30, share: float = 0.2, seed: int = 0) -> sp.csr_matrix:
    """Who met what, at random; items of high number seldom."""
    rng = np.random.default_rng(seed)
    chance = share * np.linspace(2, 0.5, items)
    return sp.csr_matrix((rng.random((users, items)) < chance).astype(np.float32))


def dense_weights(matrix: sp.csr_matrix, head: np.ndarray) -> np.ndarray:
    """Weights (M, I) as Steck writes them down, with every matrix in full."""
    x = matrix.toarray().astype(np.float64)
    inverse = np.linalg.inv(x[:, head].T @ x[:, head] + PENALTY * np.eye(len(head)))
    weights = inverse @ x[:, head].T @ x
    near = -inverse / np.diag(inverse)
    np.fill_diagonal(near, 0)
    weights[:, head] = near
    return weights


@pytest.mark.parametrize("head_items", [30, 12])
def test_scores_are_those_of_the_dense_solution(head_items):
    matrix = met()
    model = fit_linear(matrix, penalty=PENALTY, head_items=head_items)
    expected = matrix.toarray()[:, model.head] @ dense_weights(matrix, model.head)
    assert model.scores(matrix) == pytest.approx(expected, abs=1e-5)
    assert len(model.head) == head_items and (np.diag(model.weights) == 0).all()


@pytest.mark.parametrize("head_items", [30, 12])
def test_directions_are_projected_as_by_the_weights_in_full(head_items):
    matrix = met()
    model = fit_linear(matrix, penalty=PENALTY, head_items=head_items)
    directions = np.random.default_rng(1).standard_normal((head_items, 5)).astype(np.float32)
    assert model.projected(directions) == pytest.approx(
        dense_weights(matrix, model.head).T @ directions, abs=1e-5
    )


def test_the_diagonal_of_the_inverse_follows_from_the_weights():
    matrix = met()
    model = fit_linear(matrix, penalty=PENALTY, head_items=12)
    found = inverse_diagonal(matrix, model.head, model.weights, PENALTY)
    assert found == pytest.approx(model.diagonal, rel=1e-4)


def test_a_matrix_of_several_blocks_is_mirrored_whole():
    matrix = met(users=300, items=1_100, share=0.01)
    model = fit_linear(matrix, penalty=PENALTY)
    inverse = (np.eye(1_100) - model.weights) * model.diagonal
    assert np.allclose(inverse, inverse.T, atol=1e-6)


def test_one_square_matrix_is_held_at_a_time():
    items = 1_500
    matrix = met(users=400, items=items, share=0.005)
    tracemalloc.start()
    try:
        fit_linear(matrix, penalty=PENALTY)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    square = 8 * items**2
    assert peak < 2 * square  # the doubles, the floats they become, and a block of columns


def test_a_penalty_that_leaves_nothing_to_invert_is_named():
    with pytest.raises(np.linalg.LinAlgError, match="raise the penalty"):
        fit_linear(sp.csr_matrix(np.ones((4, 3), np.float32)), penalty=0.0)
