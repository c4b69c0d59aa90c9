"""The step that makes palettes hands on what palettes were worth as it is, and only of palettes it can draw."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.optimization import generators
from analytics.optimization.generators import step_generators
from generation.media.scenes import PALETTES
from generation.stages.learned_palettes import rows_met


def work_of(rewards: dict[str, float]) -> Any:
    """A cycle's work in which every palette named has one video with its reward."""
    videos = pd.DataFrame({"reward": list(rewards.values())}, index=range(len(rewards)))
    recipes = pd.DataFrame({"recipe": [{"palette": name} for name in rewards]}, index=videos.index)
    return SimpleNamespace(
        cycle=SimpleNamespace(version=SimpleNamespace(folder="versions/one"), seed=1),
        videos=recipes,
        dataset=SimpleNamespace(rewards=SimpleNamespace(videos=videos)),
    )


def test_a_palette_of_higher_reward_is_met_more_and_names_nobody_knows_are_left_out(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    given: dict[str, float] = {}

    def trained(rewards: dict[str, float], folder: Path, *, seed: int) -> dict[str, float]:
        given.update(rewards)
        return {"variety": 1.0}

    monkeypatch.setattr(generators, "palettes_trained", trained)
    liked = {name: 0.4 if palette.dark else 0.6 for name, palette in PALETTES.items()}
    told = step_generators(work_of({**liked, "learned": 0.5, "puce": 0.9}))
    assert told["passed"] and told["palettes"] == len(PALETTES) and set(given) == set(PALETTES)
    mean = float(np.mean(list(liked.values())))
    # one video each, drawn to the mean by three videos' worth: plain rewards, a quarter as far from it
    assert given == pytest.approx({name: mean + (value - mean) / 4 for name, value in liked.items()})
    _, met = rows_met(given)
    by_name = dict(zip(PALETTES, met))
    light = [by_name[name] for name, palette in PALETTES.items() if not palette.dark]
    assert min(light) > 2 * max(by_name[name] for name, palette in PALETTES.items() if palette.dark)
