"""Step 1: what the audience did, as frames in the cycle's folder, and each video's reward."""

from __future__ import annotations

import json
from typing import Any

from analytics.datasets import videos_frame, views_frame
from analytics.errors import CycleTooLittleData
from analytics.optimization.work import CycleWork
from analytics.stats.policy.observations import VIDEOS_LEAST, VIEWS_LEAST
from analytics.stats.rewards import reward
from recommender.events.rollup import roll_up


def step_reward(work: CycleWork) -> dict[str, Any]:
    """Raises ``CycleTooLittleData`` where fewer videos or views came in than anything can be learned from."""
    roll_up(seconds=60.0)
    videos = videos_frame()
    views = views_frame(simulated=work.cycle.simulated, videos=videos)
    watched = views["video"].nunique()
    if watched < VIDEOS_LEAST or len(views) < VIEWS_LEAST:
        raise CycleTooLittleData(
            f"A cycle needs at least {VIDEOS_LEAST} generated videos with {VIEWS_LEAST} counted views; there are {watched} "
            f"with {len(views)}. Wait for more viewers, or let simulated ones count with AIGC_FEED_SIMULATED."
        )
    kept = videos.copy()
    kept["recipe"] = [json.dumps(recipe, sort_keys=True) for recipe in kept["recipe"]]
    work.keep("videos.parquet", kept)
    work.keep("views.parquet", views)
    work.lease.update(cutoff=views["started"].max().to_pydatetime())
    table = reward(views)
    work.keep("rewards.parquet", table.videos)
    spread = table.videos["reward"]
    return {
        "views": len(views), "videos": int(watched), "viewers": int(views["viewer"].nunique()),
        "signals": table.signal_weights, "reward_mean": round(float(spread.mean()), 4),
        "reward_low": round(float(spread.quantile(0.05)), 4), "reward_high": round(float(spread.quantile(0.95)), 4),
    }  # fmt: skip
