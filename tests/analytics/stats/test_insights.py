"""Effects of creative choices: planted ones are found with honest intervals, noise yields no more than the stated rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InsightInputInvalid
from analytics.stats.insights import FDR, feature_effects

OPTIONS = {
    "palette": ["gold", "mint", "sky", "night"],
    "mood": ["epic", "calm", "warm"],
    "hook": ["question", "number", "story"],
}


def videos_of(
    count: int, *, seed: int, effect: Any = lambda frame: 0.0, biased: bool = False
) -> pd.DataFrame:
    """Videos whose category moves the reward, and, where ``biased``, the choice of the palette too."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.choice(values, count) for name, values in OPTIONS.items()})
    frame["category"] = rng.choice(["food", "home", "space"], count)
    if biased:
        frame.loc[(frame["category"] == "food") & (rng.random(count) < 0.7), "palette"] = "gold"
    frame["language"], frame["cycle"] = rng.choice(["zh", "en"], count), rng.integers(1, 4, count)
    frame["seconds"], frame["propensity"] = rng.choice([10.0, 20.0, 40.0], count), np.nan
    spread = rng.uniform(0.03, 0.1, count)
    frame["variance"] = spread**2
    base = 0.5 + 0.15 * (frame["category"] == "food") + 0.05 * rng.standard_normal(count)
    frame["reward"] = base + effect(frame) + spread * rng.standard_normal(count)
    return frame


def test_planted_effects_are_found_and_their_intervals_hold_the_truth() -> None:
    held = []
    for seed in range(20):
        frame = videos_of(200, seed=seed, effect=lambda f: 0.08 * (f["palette"] == "night"))
        found = {(one.field, one.option): one for one in feature_effects(frame, list(OPTIONS))}
        night = found["palette", "night"]
        assert night.sure and night.effect > 0
        held.append(night.low <= 0.08 <= night.high)
    assert np.mean(held) >= 0.75, "of 90 % intervals, in 20 tries"


def test_noise_yields_a_discovery_no_more_often_than_stated() -> None:
    false = [
        any(one.sure for one in feature_effects(videos_of(120, seed=s), list(OPTIONS))) for s in range(200)
    ]
    # with nothing to find every discovery is false, so the rate is the share of runs with any; two deviations of chance
    assert np.mean(false) <= FDR + 2 * np.sqrt(FDR * (1 - FDR) / 200)


def test_a_palette_that_good_topics_use_more_is_not_taken_for_the_cause() -> None:
    frame = videos_of(300, seed=5, biased=True)
    plain = frame.groupby("palette")["reward"].mean()
    assert plain["gold"] > plain.drop("gold").mean() + 0.03, "by itself it looks better"
    gold = next(one for one in feature_effects(frame, list(OPTIONS)) if one.option == "gold")
    assert not gold.sure and abs(gold.effect) < 0.03
    assert gold.evidence == "observational"


def test_few_videos_say_that_there_is_not_enough_yet() -> None:
    frame = videos_of(60, seed=6)
    frame.loc[:2, "mood"] = "funny"
    funny = next(one for one in feature_effects(frame, list(OPTIONS)) if one.option == "funny")
    assert not funny.enough and not funny.sure and np.isnan(funny.effect)


def test_what_a_policy_drew_counts_as_randomized() -> None:
    frame = videos_of(100, seed=7)
    frame["propensity"] = 0.2
    assert {one.evidence for one in feature_effects(frame, ["mood"])} == {"randomized"}


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InsightInputInvalid, match="'variance'"):
        feature_effects(videos_of(20, seed=8).drop(columns="variance"), ["mood"])
