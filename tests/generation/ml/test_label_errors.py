"""Labels that are probably wrong: planted flips are found, and the counts are those of the paper's rule."""

from __future__ import annotations

import numpy as np
import pytest

from generation.ml.label_errors import label_errors, said_out_of_fold


def test_flipped_labels_stand_at_the_top_and_their_number_is_estimated() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(600) < 0.3
    features = rng.normal(size=(600, 8)) + np.outer(truth, [2.5, 1.5] + [0.0] * 6)
    labels = truth.copy()
    flipped = rng.choice(600, 30, replace=False)
    labels[flipped] = ~labels[flipped]
    said = said_out_of_fold(features, labels, np.arange(600) % 5, strength=1.0)
    found = label_errors(labels, said)
    assert 20 <= found.estimated <= 50
    top = found.rows[:20].tolist()
    assert len(set(top) & set(flipped.tolist())) >= 17
    assert len(set(found.rows.tolist()) & set(flipped.tolist())) >= 18


def test_the_confident_joint_is_worked_out_by_hand() -> None:
    """Means by label: "no" believes itself at .7, "yes" at .575; the third reaches that for "yes", the fifth .7 for "no"."""
    labels = np.array([False, False, False, True, True])
    said = np.array([0.1, 0.1, 0.7, 0.9, 0.25])
    found = label_errors(labels, said)
    assert found.estimated == pytest.approx(3 * 1 / 3 + 2 * 1 / 2)
    assert found.rows.tolist() == [4, 2], "the least believable first"


def test_labels_that_are_believed_are_left_alone_and_one_answer_tells_nothing() -> None:
    found = label_errors(np.array([True, False, True, False]), np.array([0.9, 0.1, 0.9, 0.1]))
    assert found.estimated == 0 and len(found.rows) == 0
    with pytest.raises(ValueError, match="one class"):
        label_errors(np.array([True, True]), np.array([0.9, 0.8]))


def test_no_row_is_judged_by_what_learned_its_label() -> None:
    """Features that name each row would give every label away to what has seen it."""
    labels = np.random.default_rng(1).random(60) < 0.5
    said = said_out_of_fold(np.eye(60), labels, np.arange(60) % 3, strength=100.0)
    assert abs(said[labels].mean() - said[~labels].mean()) < 0.2
    alone = said_out_of_fold(
        np.eye(4), np.array([True, False, False, False]), np.array([0, 1, 1, 1]), strength=1.0
    )
    assert alone[0] == 0.25, "beside it only one answer is left"
