"""Rewards against planted truths: fair to length, slot, exposure and sample size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from analytics.errors import RewardInputInvalid
from analytics.stats.rewards import reward


def views_of(
    quality: Any, seconds: Any, *, each: int, seed: int, slot_effect: float = 0.0, **columns: Any
) -> pd.DataFrame:
    """``each`` views a video; half watch 7.5 s at quality 0 whatever the length."""
    rng = np.random.default_rng(seed)
    video = np.repeat(np.arange(len(quality)), each)
    position = rng.integers(0, 10, len(video))
    logs = quality[video] + slot_effect * position + 0.5 * rng.standard_normal(len(video))
    watched = 7.5 * np.exp(logs)
    return pd.DataFrame(
        {
            "viewer": rng.integers(0, 200, len(video)), "video": video, "watch_seconds": np.minimum(watched, seconds[video]),
            "duration_seconds": seconds[video], "position": position, "completed": watched >= seconds[video],
            "skipped": watched < 2.5, "liked": rng.random(len(video)) < 0.01 * np.exp(2 * logs), **columns,
        }
    )  # fmt: skip


def test_better_videos_have_higher_rewards_and_no_length_is_favored() -> None:
    rng = np.random.default_rng(1)
    quality, seconds = rng.normal(0, 0.3, 200), rng.choice([8.0, 15.0, 30.0, 60.0], 200)
    found = reward(views_of(quality, seconds, each=60, seed=2)).videos["reward"]
    assert spearmanr(found, quality).statistic > 0.85
    assert abs(spearmanr(found, seconds).statistic) <= 0.10
    assert found.between(0, 1).all()


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    quality, seconds = rng.normal(0, 0.25, 300), np.full(300, 20.0)
    many = reward(views_of(quality, seconds, each=2000, seed=4)).videos["mean"]
    few = reward(views_of(quality, seconds, each=15, seed=5)).videos
    held = ((few["low"] <= many) & (many <= few["high"])).mean()
    assert 0.90 <= held <= 0.995


def test_two_perfect_views_do_not_beat_a_hundred_good_ones() -> None:
    rng = np.random.default_rng(6)
    quality, seconds = np.concatenate([[0.5], rng.normal(0, 0.2, 50)]), np.full(51, 20.0)
    frame = views_of(quality, seconds, each=100, seed=7)
    lucky = pd.DataFrame({"viewer": [1, 2], "video": 99, "watch_seconds": 20.0, "duration_seconds": 20.0, "position": 0, "completed": True, "skipped": False, "liked": False})  # fmt: skip
    found = reward(pd.concat([frame, lucky], ignore_index=True)).videos
    assert found.loc[99, "mean"] > found.loc[0, "mean"]
    assert found.loc[99, "reward"] < found.loc[0, "reward"]
    assert found.loc[99, "high"] - found.loc[99, "low"] > 2 * (found.loc[0, "high"] - found.loc[0, "low"])


def test_a_video_shown_only_low_on_the_page_is_not_blamed_for_it() -> None:
    quality, seconds = np.zeros(40), np.full(40, 20.0)
    frame = views_of(quality, seconds, each=200, seed=8, slot_effect=-0.06)
    kept = frame[(frame["video"] >= 2) | ((frame["video"] == 0) == (frame["position"] < 5))]
    found = reward(kept.reset_index(drop=True)).videos["reward"]
    plain = kept.groupby("video")["watch_seconds"].mean()
    assert plain[0] - plain[1] > 1.0, "seen at the top or at the bottom only, the two look different"
    assert abs(found[0] - found[1]) < 0.05


def test_fans_alone_do_not_make_a_video_liked_by_everybody() -> None:
    rng = np.random.default_rng(9)
    quality, seconds = np.zeros(60), np.full(60, 20.0)
    frame = views_of(quality, seconds, each=100, seed=10, propensity=0.5)
    fans = (frame["video"] == 0) & (rng.random(len(frame)) < 0.8)
    frame.loc[fans, "watch_seconds"] = 18.0
    frame.loc[frame["video"] == 0, "propensity"] = np.where(fans[frame["video"] == 0], 0.9, 0.1)
    weighted = reward(frame).videos["mean"][0]
    unweighted = reward(frame.drop(columns="propensity")).videos["mean"][0]
    assert weighted < unweighted - 0.1


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"viewer": [1], "video": [1]})])
def test_what_is_no_frame_of_views_is_refused_with_a_sentence(frame: pd.DataFrame) -> None:
    with pytest.raises(RewardInputInvalid, match="A reward needs views"):
        reward(frame)
