"""What exploration costs and what it would be worth to stop, from the slots that were shown and their propensities.

A slot shows the best candidate, or with a small known probability another one. The policy that always shows the best is
therefore judged from the same log by importance weights: 1 / propensity where the best stood, 0 where something else was
tried. The doubly robust estimate adds what the slot's score promised, for the best and for what was shown. What a slot
earned is its corrected watch, 0–1.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.errors import TooLittleData
from recommender.ml.engagement.calibration import Calibrator
from recommender.ml.evaluation import Estimate, Floats, doubly_robust, ips, snips
from recommender.models import Impression
from recommender.training.data import SLOTS_MOST, rewards_by_slot

FEWEST = 200  # slots
EXPLORE = "explore"


def exploration_judged(*, until: datetime, simulated: bool) -> dict[str, Any]:
    """The present policy's reward a slot, the same without exploration (IPS, SNIPS, DR), and what each source's slots earned.

    Intervals are at 95 %, viewers being the independent units. Raises ``TooLittleData`` with what there is.
    """
    earned = rewards_by_slot(until=until, simulated=simulated)
    logged = Impression.objects.filter(created__lt=until).order_by("-pk")
    columns = logged.values_list(
        "request_id", "position", "viewer_id", "source", "propensity", "score", "best_score"
    )
    rows = [(*row, earned[row[:2]]) for row in columns[:SLOTS_MOST] if row[:2] in earned]
    if len(rows) < FEWEST:
        raise TooLittleData(
            f"To judge exploration at least {FEWEST} watched slots are needed, there are {len(rows)}. "
            "Wait for more viewers, or count simulated ones with --simulated."
        )
    _, _, viewers, named, logged_at, scored, standing, earned_by = zip(*rows, strict=True)
    sources, propensities, rewards = np.array(named), np.array(logged_at), np.array(earned_by)
    best = (sources != EXPLORE).astype(np.float64)
    shown = np.array(scored, np.float64)
    spared = np.array(
        [own if best_of is None else best_of for own, best_of in zip(scored, standing, strict=True)]
    )
    promised, instead = _promised(shown, spared, rewards, np.array(viewers))
    return {
        "as_shown": _plain(snips(rewards, propensities, propensities, groups=viewers)),
        "without_exploration": {
            "ips": _plain(ips(rewards, propensities, best, groups=viewers)),
            "snips": _plain(snips(rewards, propensities, best, groups=viewers)),
            "dr": _plain(doubly_robust(rewards, propensities, best, promised, instead, groups=viewers)),
        },
        "explored_share": round(float(1 - best.mean()), 4),
        "by_source": {
            name: {
                "slots": int((sources == name).sum()),
                "reward": round(float(rewards[sources == name].mean()), 4),
            }
            for name in sorted(set(named))
        },
    }


def _plain(estimate: Estimate) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in asdict(estimate).items()}


def _promised(
    shown: Floats, best: Floats, rewards: Floats, viewers: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """The reward that a slot's score promises, of what was shown and of the best, both (n,).

    Two calibrations of score to reward, each learned from one half of the viewers and asked about the other half, so
    that no slot is judged by what was learned from it.
    """
    promised, instead = np.empty(len(shown)), np.empty(len(shown))
    even = np.unique(viewers, return_inverse=True)[1] % 2 == 0
    for half in (even, ~even):
        model = Calibrator().fit(np.clip(shown[~half], 0, 1), rewards[~half])
        promised[half] = model.transform(np.clip(shown[half], 0, 1))
        instead[half] = model.transform(np.clip(best[half], 0, 1))
    return promised, instead
