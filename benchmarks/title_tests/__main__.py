"""How much of what a better title is worth does a test of titles earn while it runs, when impressions are few?

``python -m benchmarks.title_tests --data FILE --json`` plays the later headline tests of ``--data`` again (split by week as in
``benchmarks.title_reward``; a test is all titles shown with one image) at 250, 1,000 and 4,000 impressions a test: the share
of the gap from showing all titles alike to always showing the best one. Ours (prior of the title model, then the knowledge gradient,
``analytics.stats.allocation``) beside Thompson sampling, A/B then the best, the model alone, and the model as a prior of A/B.
Every policy's knobs (shares of exploring, weights of priors) are chosen on the earlier tests, each predicted by weights
learned without it; all policies read the same predictions. Intervals: bootstrap over tests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.stats.allocation import Prior
from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.title_reward import split
from benchmarks.title_tests.replay import (
    Replay,
    ab_then_best,
    gap_closed,
    gaps,
    model_alone,
    ours,
    replay_of,
    thompson,
)
from core.errors import PlatformError
from generation.ml.title_reward.headlines import arms, read_tests
from generation.ml.title_reward.model import Config, train_frame

Floats = NDArray[np.float64]
Policy = Callable[[Replay, int, int, np.random.Generator], Floats]

BUDGETS = (250, 1000, 4000)
GOAL = 1.1
REPEATS, TUNING_REPEATS = 20, 2
RESAMPLES = 2000
SHARES = (0.1, 0.2, 0.3, 0.45)
STRENGTHS = (4.0, 7.0, 12.0, 25.0)
BOLDNESS = (1.0,)
TILTS = (1.0, 1.5)  # by what the model's predicted differences are stretched


def stretched(replay: Replay, tilt: float) -> Replay:
    return Replay(replay.rates, replay.predicted * tilt)


def _on(tilt: float, policy: Policy) -> Policy:
    def run(replay: Replay, repeats: int, budget: int, rng: np.random.Generator) -> Floats:
        return policy(stretched(replay, tilt), repeats, budget, rng)

    return run


def candidates(rate: float) -> dict[str, list[Policy]]:
    """Each policy with all its knobs; the best on the tuning tests is the one that is judged."""
    priors = [Prior(rate, strength) for strength in STRENGTHS]
    return {
        "model": [model_alone],
        "thompson": [
            partial(thompson, rate=rate, weight=weight) for weight in (1 / rate, 4 / rate, 16 / rate)
        ],
        "ab_then_best": [partial(ab_then_best, share=share) for share in SHARES],
        "prior_ab": [
            _on(tilt, partial(ab_then_best, share=share, prior=prior))
            for share in (0.0, *SHARES)
            for prior in priors
            for tilt in TILTS
        ],
        "ours": [
            _on(tilt, partial(ours, prior=Prior(rate, strength, boldness=bold)))
            for strength in STRENGTHS
            for bold in BOLDNESS
            for tilt in TILTS
        ],
    }


def tuned(replay: Replay, policies: Iterable[Policy], budget: int, seed: int) -> Policy:
    """The policy that closes most of the gap on ``replay``."""
    return max(
        policies,
        key=lambda policy: gap_closed(
            replay, policy(replay, TUNING_REPEATS, budget, np.random.default_rng(seed))
        ),
    )


def prepared(frame: pd.DataFrame, seed: int) -> tuple[Replay, Replay, float]:
    """Earlier tests to tune on, each predicted by weights learned without it, later ones to judge on, and the click rate."""
    learn, later = split(frame)
    model = train_frame(learn, config=Config(seed=seed))
    known, unseen = arms(learn), arms(later)
    assert model.out_of_fold is not None
    tuning = replay_of(known, model.out_of_fold)
    replay = replay_of(unseen, model.score(list(unseen["headline"])))
    return tuning, replay, float(known["clicks"].sum() / known["impressions"].sum())


def ratio_interval(
    ours: tuple[Floats, Floats], peer: tuple[Floats, Floats], seed: int
) -> tuple[float, float]:
    """95 % interval of (our share of the gap) ÷ (the peer's), tests drawn again."""
    draws = np.random.default_rng(seed).integers(0, len(ours[0]), (RESAMPLES, len(ours[0])))
    ratio = ours[0][draws].sum(axis=1) / peer[0][draws].sum(axis=1)
    return float(np.quantile(ratio, 0.025)), float(np.quantile(ratio, 0.975))


def judged(tuning: Replay, replay: Replay, rate: float, seed: int) -> dict[str, Any]:
    """Shares of the gap at each budget, ours over the best peer with its interval."""
    cells: dict[str, Any] = {}
    for budget in BUDGETS:
        earned = {
            name: tuned(tuning, policies, budget, seed)(
                replay, REPEATS, budget, np.random.default_rng(seed + 1)
            )
            for name, policies in candidates(rate).items()
        }
        closed = {name: gap_closed(replay, value) for name, value in earned.items()}
        best = max((name for name in closed if name != "ours"), key=lambda name: closed[name])
        low, high = ratio_interval(gaps(replay, earned["ours"]), gaps(replay, earned[best]), seed)
        cells[str(budget)] = {
            **{name: round(value, 4) for name, value in closed.items()},
            "best_peer": best,
            "ratio": round(closed["ours"] / closed[best], 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }
    return cells


def measure(frame: pd.DataFrame, seed: int) -> dict[str, Any]:
    """Everything the benchmark prints, as plain JSON values."""
    tuning, replay, rate = prepared(frame, seed)
    cells = judged(tuning, replay, rate, seed)
    return {
        "tests": len(replay.rates),
        "repeats": REPEATS,
        "gap_closed": cells,
        "goal": {"ours_over_best_peer_at_least": GOAL},
        "goals_met": all(cell["ratio"] >= GOAL for cell in cells.values()),
    }


def main() -> int:
    """Print the figures; 1 when there is no data."""
    parser = measured.parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a table of randomized title tests")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        report = measure(read_tests(options.data), options.seed)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    measured.tell(
        report, options, name="title_tests", figures=figures, packages=("numpy", "pandas"), lines=lines
    )
    return 0


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Share of the gap of each policy at each budget, and ours over the best peer."""
    found = {}
    for budget, cell in report["gap_closed"].items():
        for name in ("model", "thompson", "ab_then_best", "prior_ab", "ours"):
            found[f"{budget}.{name}"] = Figure(cell[name])
        found[f"{budget}.ratio"] = Figure(cell["ratio"], at_least=GOAL)
    return found


def lines(report: dict[str, Any]) -> str:
    """The report for a person."""
    told = []
    for budget, cell in report["gap_closed"].items():
        names = ("model", "thompson", "ab_then_best", "prior_ab", "ours")
        shares = "  ".join(f"{name} {cell[name]:.3f}" for name in names)
        told.append(
            f"{budget:>5} impressions: {shares}; ours ÷ {cell['best_peer']} = {cell['ratio']:.2f} "
            f"({cell['low']:.2f}–{cell['high']:.2f})"
        )
    return "\n".join([*told, f"goals met: {report['goals_met']}"])


if __name__ == "__main__":
    sys.exit(main())
