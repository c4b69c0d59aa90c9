"""The generator of rows: it learns planted structure, follows reward, and says what it cannot learn from."""

import json

import numpy as np
import pytest

from generation.ml.palettes import PaletteRowsInvalid, RowGenerator, fit_rows, main, turned, variety


@pytest.fixture(scope="module")
def rows():
    """Two kinds: the second number is three times the first, which is near 1 or near -1."""
    draw = np.random.default_rng(0)
    first = np.concatenate([draw.normal(1, 0.1, 100), draw.normal(-1, 0.1, 100)])
    return np.stack([first, 3 * first, draw.normal(0, 0.1, 200)], 1).astype(np.float32)


def test_a_planted_relation_between_numbers_is_learned_and_both_kinds_are_met(rows, tmp_path):
    generator = fit_rows(rows, steps=400, seed=1)
    drawn = generator.sample(300, seed=2)
    assert np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1] > 0.95
    assert 0.2 < (drawn[:, 0] > 0).mean() < 0.8
    generator.save(tmp_path)
    np.testing.assert_array_equal(RowGenerator.load(tmp_path).sample(300, seed=2), drawn)


def test_rows_of_high_reward_are_met_more_often(rows):
    rewards = np.where(rows[:, 0] > 0, 0.9, 0.1).astype(np.float32)
    drawn = fit_rows(rows, rewards, steps=400, seed=1).sample(300, seed=2)
    assert (drawn[:, 0] > 0).mean() > 0.75


def test_what_cannot_be_learned_from_is_refused_in_words(rows, tmp_path):
    with pytest.raises(PaletteRowsInvalid, match="At least 8 rows"):
        fit_rows(rows[:3])
    with pytest.raises(PaletteRowsInvalid, match="reward"):
        fit_rows(rows, np.zeros(len(rows), np.float32))
    with pytest.raises(PaletteRowsInvalid, match="Train one first"):
        RowGenerator.load(tmp_path)


def test_a_turn_of_hue_keeps_lightness_and_chroma():
    labs = np.random.default_rng(3).normal(size=(4, 10, 3)).astype(np.float32)
    rows, rewards = turned(labs, np.arange(4, dtype=np.float32), turns=6)
    spun = rows.reshape(6, 4, 10, 3)
    np.testing.assert_allclose(spun[0], labs, atol=1e-6)
    np.testing.assert_allclose(spun[2][..., 0], labs[..., 0], atol=1e-5)
    np.testing.assert_allclose(np.hypot(*spun[2][..., 1:].T), np.hypot(*labs[..., 1:].T), atol=1e-5)
    assert rewards.tolist() == [0, 1, 2, 3] * 6
    assert variety(labs) > 0 and variety(np.repeat(labs[:1], 4, 0)) == 0


def test_training_and_sampling_by_command(tmp_path, capsys, rows):
    place = tmp_path / "rows.json"
    place.write_text(
        json.dumps([{"numbers": row.tolist(), "reward": 0.5} for row in rows[:20]]), encoding="utf-8"
    )
    assert main(["train", "--rows", str(place), "--steps", "3", "--output", str(tmp_path / "model")]) == 0
    assert main(["sample", "--model", str(tmp_path / "model"), "--count", "5"]) == 0
    drawn = json.loads(capsys.readouterr().out)
    assert len(drawn) == 5 and len(drawn[0]) == 3
    assert main(["sample", "--model", str(tmp_path / "nowhere")]) == 1
    assert "Train one first" in capsys.readouterr().err
