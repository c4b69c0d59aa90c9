"""A text classifier that goes on from what it knows: a new word is learned, the old ones stay, nothing else moves."""

from __future__ import annotations

import numpy as np
import pytest

from generation.ml.text_safety import TextSafetyModel
from generation.ml.text_safety.adapting import adapted, folds_of, moved_by
from generation.ml.text_safety.classifier import NotEnoughTexts
from generation.moderation.learning.comparing import auc_of
from tests.generation.ml.test_text_safety import planted
from tests.generation.moderation.decided import said


@pytest.fixture(scope="module")
def base() -> TextSafetyModel:
    texts, labels = zip(*planted(80, 1), strict=True)
    return TextSafetyModel.fit(texts, labels)


def auc(model: TextSafetyModel, rows: list[tuple[str, int]]) -> float:
    texts, labels = zip(*rows, strict=True)
    return auc_of(np.array(labels) == 1, model.score(texts))


@pytest.mark.slow
def test_a_new_word_is_learned_and_the_old_ones_are_not_forgotten(base: TextSafetyModel, tmp_path) -> None:
    new = [(text, int(bad)) for text, bad in said(120, seed=2)]
    held = [(text, int(bad)) for text, bad in said(60, seed=3)]
    texts, labels = zip(*new, strict=True)
    moved = adapted(base, texts, labels, [number % 30 for number in range(120)])
    assert auc(base, held) < 0.8 < 0.95 < auc(moved, held)
    assert auc(moved, planted(60, 4)) > 0.95, "what the first texts taught"
    assert moved.facts["texts"] == base.facts["texts"] + 120
    moved.save(tmp_path)
    again = TextSafetyModel.load(tmp_path)
    assert np.allclose(again.score(texts[:5]), moved.score(texts[:5]), atol=1e-3)


@pytest.mark.slow
def test_too_few_texts_move_nothing(base: TextSafetyModel) -> None:
    with pytest.raises(NotEnoughTexts, match="both labels"):
        adapted(base, ["a"] * 50, [1] * 50, [1] * 50)


def test_a_step_is_the_least_of_its_own_loss_and_none_where_all_is_said_already() -> None:
    rng = np.random.default_rng(0)
    rows, truth = rng.normal(size=(80, 5)), rng.integers(0, 2, 80)
    weight, now = rng.uniform(0.2, 2.0, 80), rng.normal(size=80)

    def loss(step: np.ndarray, bias: float) -> float:
        margin = np.where(truth == 1, 1.0, -1.0) * (now + rows @ step + bias)
        return float(0.5 * (step @ step + bias**2) + 0.7 * weight @ np.logaddexp(0.0, -margin))

    step, bias = moved_by(rows, truth, weight, now, 0.7)
    for place in range(5):
        for aside in (-0.02, 0.02):
            other = step.copy()
            other[place] += aside
            assert loss(other, bias) > loss(step, bias)
    sure = np.where(truth == 1, 40.0, -40.0)
    assert np.allclose(np.append(*moved_by(rows, truth, weight, sure, 0.7)), 0.0)
    unsaid, _ = moved_by(rows * 0.0, truth, weight, now, 0.7)
    assert np.allclose(unsaid, 0.0), "what the texts say nothing about stays"


def test_an_authors_texts_lie_in_one_fold() -> None:
    authors = [number % 17 for number in range(200)]
    folds = folds_of(authors, seed=3, folds=5)
    assert all(
        len({int(fold) for fold, of in zip(folds, authors, strict=True) if of == one}) == 1
        for one in range(17)
    )
    assert set(folds.tolist()) == set(range(5))
