"""Palettes trained with rewards: what held viewers is met more often, and the gate says what it must."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from generation.media.scenes.palettes import PALETTES, coded
from generation.ml.palettes import RowGenerator
from generation.stages import palette_training
from generation.stages.learned_palettes import as_lab, rows_met, sample_palettes
from generation.stages.palette_training import (
    PaletteRewardsInvalid,
    foretold_reward,
    judged,
    rewards_of,
    train,
)


def table(place: Path, rows: list[tuple[str, float | None, int]]) -> Path:
    pd.DataFrame(rows, columns=["recipe_palette", "reward", "views"]).to_parquet(place)
    return place


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette_training, "STEPS", 60)


def test_a_training_leaves_a_generator_a_sheet_and_marks(tmp_path: Path, few_steps: None) -> None:
    data = table(tmp_path / "features.parquet", [("ocean", 0.8, 400), ("mint", 0.2, 400), ("mint", None, 0)])
    told: list[float] = []
    marks = train(
        data, tmp_path / "out", seed=1, minutes=1, progress=lambda share, _: told.append(share), stop=lambda: False
    )  # fmt: skip
    assert marks["rewarded_palettes"] == 2 and 0 < marks["variety"] < 1
    assert set(marks["verdict"]) == {"passed"} and len(marks["data_fingerprint"]) == 64
    assert told == sorted(told) and told[-1] < 1
    assert Image.open(tmp_path / "out" / "samples.png").size == (720, 320)
    again = RowGenerator.load(tmp_path / "out")
    assert sample_palettes(again, 2, seed=5) == sample_palettes(again, 2, seed=5)


def test_whoever_asks_it_to_stop_gets_no_generator(tmp_path: Path, few_steps: None) -> None:
    data = table(tmp_path / "t.parquet", [("ocean", 0.8, 400)])
    marks = train(data, tmp_path / "out", seed=1, minutes=1, progress=lambda *_: None, stop=lambda: True)
    assert set(marks) == {"data_fingerprint"} and not (tmp_path / "out" / "rows.safetensors").exists()


def test_a_reward_of_few_views_is_drawn_to_the_mean(tmp_path: Path) -> None:
    rows = [("ocean", 0.9, 3000), ("sky", 0.9, 3), ("mint", 0.3, 3000), ("mud", 0.9, 100), (None, 0.5, 9)]
    found = rewards_of(table(tmp_path / "t.parquet", rows))  # type: ignore[arg-type]
    assert set(found) == {"ocean", "sky", "mint"}
    assert found["ocean"] > 0.89 and found["mint"] < 0.31 and 0.59 < found["sky"] < 0.65


def test_nobody_watched_yet(tmp_path: Path) -> None:
    assert rewards_of(table(tmp_path / "t.parquet", [("ocean", None, 0)])) == {}
    place = tmp_path / "none.csv"
    place.write_text("recipe_palette,reward,views\n")
    assert rewards_of(place) == {}


def test_what_is_no_such_table_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"nothing")
    with pytest.raises(PaletteRewardsInvalid, match="no Parquet or CSV table"):
        rewards_of(tmp_path / "bad.parquet")
    pd.DataFrame({"reward": [0.5]}).to_csv(tmp_path / "few.csv")
    with pytest.raises(PaletteRewardsInvalid, match="no column recipe_palette"):
        rewards_of(tmp_path / "few.csv")
    with pytest.raises(PaletteRewardsInvalid, match="not in 0 to 1"):
        rewards_of(table(tmp_path / "t.parquet", [("ocean", 1.8, 400)]))


def test_what_held_viewers_is_met_more_often_near_its_own_hue() -> None:
    rows, weights = rows_met({name: 0.8 if palette.dark else 0.3 for name, palette in PALETTES.items()})
    dark = np.array([palette.dark for palette in PALETTES.values()])
    unturned, opposite = weights[: len(dark)], weights[6 * len(dark) : 7 * len(dark)]
    assert rows.shape == (12 * len(dark), 30) and unturned[dark].min() > 2 * unturned[~dark].max()
    np.testing.assert_allclose(opposite, opposite[0], rtol=1e-5)
    assert np.ptp(rows_met({})[1]) == 0


def test_a_palette_learned_before_counts_among_the_rows() -> None:
    learned = coded(np.random.default_rng(0).integers(0, 256, (10, 3)).astype(np.uint8))
    assert len(rows_met({learned.name: 0.9})[0]) == 12 * (len(PALETTES) + 1)


def test_palettes_near_loved_ones_are_foretold_to_be_liked() -> None:
    rewards = {name: 0.9 if name == "ocean" else 0.2 for name in PALETTES}
    near, mean = foretold_reward(as_lab(PALETTES["ocean"])[None], rewards)
    far, _ = foretold_reward(as_lab(PALETTES["lemon"])[None], rewards)
    assert near > 0.4 > mean > far


def test_the_gate_refuses_palettes_that_are_all_alike_or_less_liked() -> None:
    made = list(PALETTES.values())
    assert judged(made, {}, mended=0.0)["verdict"]["passed"]
    assert not judged([made[0]] * 4 + [made[0]], {}, mended=0.0)["verdict"]["passed"]
    assert not judged(made, {}, mended=0.2)["verdict"]["passed"]
    light = [palette for palette in made if not palette.dark]
    loved = {palette.name: 0.9 if palette.dark else 0.1 for palette in made}
    verdict = judged([*light, *light], loved, mended=0.0)
    assert verdict["foretold_reward"] < verdict["mean_reward"] and not verdict["verdict"]["passed"]
