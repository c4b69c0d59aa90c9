"""What palettes were worth is drawn to the mean, and only what likeness foretells is learned from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.stats.palette_rewards import foretold, foretold_bound, palette_rewards


@pytest.fixture(scope="module")
def labs() -> np.ndarray:
    """Sixteen palettes of ten colors, half light and half dark."""
    rng = np.random.default_rng(4)
    light = np.repeat([0.3, 0.85], 8)[:, None, None] + 0.04 * rng.standard_normal((16, 10, 1))
    return np.concatenate([light, 0.08 * rng.standard_normal((16, 10, 2))], axis=2)


def test_a_palette_seen_once_is_drawn_to_the_mean_more_than_one_seen_often() -> None:
    rewards = [0.9] * 12 + [0.9] + [0.3] * 13
    videos = pd.DataFrame({"reward": rewards}, index=range(26))
    palettes = {**dict.fromkeys(range(12), "gold"), 12: "mint", **dict.fromkeys(range(13, 26), "sky")}
    table = palette_rewards(videos, palettes)
    assert table["videos"].to_dict() == {"gold": 12, "mint": 1, "sky": 13}
    assert table.loc["gold", "reward"] > table.loc["mint", "reward"] + 0.1 > table.loc["sky", "reward"]


def test_a_liking_of_light_colors_is_foretold_and_noise_hardly_ever(labs: np.ndarray) -> None:
    rng = np.random.default_rng(5)
    bound = foretold_bound(len(labs))
    liked = 0.5 + 0.1 * (labs[:, :, 0].mean(axis=1) > 0.5) + 0.02 * rng.standard_normal(16)
    assert foretold(labs, liked) > bound
    noise = [foretold(labs, 0.5 + 0.05 * rng.standard_normal(16)) >= bound for _ in range(200)]
    assert np.mean(noise) <= 0.1
    assert foretold(labs, np.full(16, 0.5)) == 0.0, "where all fared alike nothing is foretold"
