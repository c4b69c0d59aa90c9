"""The picture classifier: planted features are told apart, kept as numbers and read back."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from generation.ml.picture_safety import (
    WIDTH,
    PictureHead,
    PictureSafetyModel,
    fitted_weights,
    pictures_seen,
    scored,
)


def planted(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % 2 == 1
    return (rng.normal(size=(count, WIDTH)) + np.outer(truth, np.eye(WIDTH)[:40].sum(0))).astype(
        np.float32
    ), truth


def test_planted_pictures_are_told_apart_and_the_folder_reads_back_the_same(tmp_path: Path) -> None:
    features, truth = planted(80, 1)
    weights = fitted_weights(features, truth, np.ones(80))
    fresh, answer = planted(60, 2)
    scores = scored(weights, fresh)
    assert np.mean((scores > 0.5) == answer) > 0.9
    model = PictureSafetyModel({"violence": PictureHead(weights, 0.4)}, {"videos": 80})
    model.save(tmp_path)
    assert {place.name for place in tmp_path.iterdir()} == {"model.json", "weights.npz"}
    again = PictureSafetyModel.load(tmp_path)
    assert again.heads["violence"].threshold == 0.4 and again.facts == {"videos": 80}
    assert np.allclose(again.scores(fresh)["violence"], scores, atol=1e-4)


def test_a_regression_copies_its_rows_once() -> None:
    features, truth = planted(2000, 1)
    fitted_weights(features[:80], truth[:80], np.ones(80))  # what it imports is not counted
    tracemalloc.start()
    try:
        weights = fitted_weights(features, truth, np.ones(len(truth)))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1.5 * features.nbytes and weights.dtype == np.float64


def test_folders_that_hold_something_else_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text('{"format": 9, "network": "lite0"}')
    with pytest.raises(ValueError, match="no picture classifier"):
        PictureSafetyModel.load(tmp_path)
    PictureSafetyModel({"violence": PictureHead(np.zeros(3), 0.4)}, {}).save(tmp_path)
    with pytest.raises(ValueError, match="another shape"):
        PictureSafetyModel.load(tmp_path)


def test_pictures_of_any_shape_are_seen_alike() -> None:
    assert pictures_seen([]).shape == (0, WIDTH)
    rng = np.random.default_rng(0)
    some = [rng.integers(0, 255, (90, 50, 3), np.uint8), rng.integers(0, 255, (40, 200, 3), np.uint8)]
    together, alone = pictures_seen(some), pictures_seen(some[:1])
    assert together.shape == (2, WIDTH) and np.allclose(together[0], alone[0], atol=1e-3)
