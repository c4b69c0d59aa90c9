"""Two ways to judge the same held-out decisions, side by side, and the gate between them; plain Python.

What is compared is the risk that a screening would have: the version's score joined with what all other scorers said. Creators
are drawn, not their lessons one by one: what one person made goes together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 500
SURE = 0.95  # share of resamples in which the new version must be ahead
HELD_LEAST, EACH_LEAST = 40, 8  # held-out lessons, and of each answer, below which nothing is promoted
HARMLESS_RISE = (
    0.02  # of harmless held-out lessons, how many more may be looked at, unless more violations are too
)
FIXED_RISE, FIXED_LOSS = 0.005, 0.005  # on the fixed set: false positives, AUC


@dataclass(frozen=True)
class Judged:
    """Risks (n,) of the same lessons by what served and by the new version, with what people said."""

    truth: NDArray[np.bool_]
    before: Floats
    after: Floats
    creators: NDArray[np.int64]


def auc_of(truth: NDArray[np.bool_], scores: Floats) -> float:
    """The chance that a violation has the higher score than a harmless one, ties counted half; 0.5 where one is missing."""
    from scipy.stats import rankdata

    broken = int(truth.sum())
    if broken in (0, len(truth)):
        return 0.5
    ranks = rankdata(scores)
    return float((ranks[truth].sum() - broken * (broken + 1) / 2) / (broken * (len(truth) - broken)))


def marks_of(truth: NDArray[np.bool_], scores: Floats, line: float) -> dict[str, float]:
    """``auc``, ``average_precision``, and of the harmless the share that is looked at (risk from ``line`` on)."""
    from sklearn.metrics import average_precision_score

    precision = float(average_precision_score(truth, scores)) if truth.any() else 0.0
    harmless = scores[~truth] >= line
    return {
        "auc": round(auc_of(truth, scores), 4),
        "average_precision": round(precision, 4),
        "false_positive_rate": round(float(harmless.mean()), 4) if len(harmless) else 0.0,
    }


def difference_of(judged: Judged, *, seed: int) -> dict[str, float]:
    """The gain in AUC with its 90 % interval, by a paired bootstrap over creators; ``sure``: in how many it is above 0."""
    rng = np.random.default_rng(seed)
    places = [np.flatnonzero(judged.creators == one) for one in np.unique(judged.creators)]
    gains = np.zeros(RESAMPLES)
    for number in range(RESAMPLES):
        drawn = np.concatenate([places[k] for k in rng.integers(len(places), size=len(places))])
        truth = judged.truth[drawn]
        gains[number] = auc_of(truth, judged.after[drawn]) - auc_of(truth, judged.before[drawn])
    low, high = np.quantile(gains, [0.05, 0.95])
    whole = auc_of(judged.truth, judged.after) - auc_of(judged.truth, judged.before)
    return {
        "difference": round(whole, 5),
        "low": round(float(low), 5),
        "high": round(float(high), 5),
        "sure": round(float((gains > 0).mean()), 4),
    }


def compared(judged: Judged, *, line: float, seed: int) -> dict[str, Any]:
    """``now`` (what served), ``new``, and the difference, on ``lessons`` of which ``broken`` are violations.

    ``newly_right`` and ``newly_wrong`` are violations and harmless things that somebody would look at now and did not have to.
    """
    newly = (judged.before < line) & (judged.after >= line)
    return {
        "lessons": len(judged.truth),
        "broken": int(judged.truth.sum()),
        "now": marks_of(judged.truth, judged.before, line),
        "new": marks_of(judged.truth, judged.after, line),
        "newly_right": int((newly & judged.truth).sum()),
        "newly_wrong": int((newly & ~judged.truth).sum()),
        "gain": difference_of(judged, seed=seed) if len(judged.truth) else {},
    }


def why_not(told: Mapping[str, Any], fixed: Mapping[str, Any]) -> list[str]:
    """Why the new version does not serve, as codes; none when it may.

    ``fixed`` is what both say of the fixed set: ``now`` and ``new`` with ``false_positive_rate`` and, where labelled
    texts are kept, ``auc``.
    """
    harmless = told["lessons"] - told["broken"]
    if told["lessons"] < HELD_LEAST or min(told["broken"], harmless) < EACH_LEAST:
        return ["too_few_held_out"]
    reasons = []
    if told["gain"]["sure"] < SURE:
        reasons.append("not_better")
    rises = told["new"]["false_positive_rate"] > told["now"]["false_positive_rate"] + HARMLESS_RISE
    if rises and told["newly_wrong"] > told["newly_right"]:
        reasons.append("more_false_positives")
    now, new = fixed["now"], fixed["new"]
    worse = new["false_positive_rate"] > now["false_positive_rate"] + FIXED_RISE
    if worse or new.get("auc", 0.0) < now.get("auc", 0.0) - FIXED_LOSS:
        reasons.append("worse_on_the_fixed_set")
    return reasons
