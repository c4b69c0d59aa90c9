"""What palettes were worth, and whether likeness in color foretells it: without that a generator would learn noise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRIOR_VIDEOS = 3.0  # videos' worth of pull to the mean of all
PALETTES_LEAST = 8
NEAR = 0.5  # of the median distance: how far likeness reaches


def palette_rewards(videos: pd.DataFrame, palettes: Mapping[int, str]) -> pd.DataFrame:
    """By palette: ``reward`` (its videos' mean, shrunk to that of all) and ``videos``.

    ``videos``: indexed by video, with ``reward``, as ``rewards.RewardTable`` has them; ``palettes`` by video.
    """
    known = videos[[video in palettes for video in videos.index]]
    name = [palettes[int(video)] for video in known.index]
    grouped = known["reward"].groupby(np.array(name, dtype=object))
    count, total, mean = grouped.size(), grouped.sum(), float(known["reward"].mean())
    shrunk = (total + PRIOR_VIDEOS * mean) / (count + PRIOR_VIDEOS)
    return pd.DataFrame({"reward": shrunk, "videos": count})


def foretold(labs: Floats, rewards: Floats) -> float:
    """Correlation of each palette's reward with what the others like it got; ``labs`` (n, colors, 3) in OKLab."""
    away = np.linalg.norm(labs[:, None] - labs[None], axis=3).mean(axis=2)
    reach = NEAR * float(np.median(away[np.triu_indices(len(labs), 1)]))
    near = np.exp(-0.5 * np.square(away / max(reach, 1e-6)))
    np.fill_diagonal(near, 0.0)
    others = (near @ rewards + 1e-6 * rewards.mean()) / (near.sum(axis=1) + 1e-6)
    # leaving one out makes the plain mean of the others fall where its own reward is high: that is taken out
    without = (rewards.sum() - rewards) / (len(rewards) - 1)
    told = others - without
    if np.ptp(told) < 1e-12 or np.ptp(rewards) < 1e-12:
        return 0.0
    return float(np.corrcoef(told, rewards)[0, 1])


def foretold_bound(count: int) -> float:
    """What chance alone reaches one time in twenty, by Fisher's z."""
    return float(np.tanh(1.645 / np.sqrt(count - 3)))
