"""The gate: a new version, the one in production and popularity on the very same held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.errors import TooLittleData
from recommender.ml.evaluation import coverage_at_k, ndcg_at_k, recall_at_k
from recommender.ml.interactions import codes_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
History = tuple[Ints, Floats]
Scorer = Callable[[Sequence[History]], NDArray[Any]]  # histories → (n, items of the exam)

VIEWERS_LEAST = 20  # held-out viewers under which no comparison means anything
VIEWERS_MOST = 4000  # more make it slower, hardly surer
PAGE, LONG_PAGE = 10, 20
HALF_LIFE_DAYS = 3.0  # of popularity's memory
RESAMPLES = 2000
SURE = 0.9  # share of resampled viewers in which the new version must be ahead
BATCH = 256


@dataclass(frozen=True)
class Exam:
    """What held-out viewers did after ``moment``, and what was known of them before."""

    moment: float  # seconds since 1970
    histories: list[History]
    truth: list[set[int]]
    items: Ints  # ids that may be recommended, ascending
    popularity: Floats  # (items,) as of the moment


def exam_of(meetings: pd.DataFrame, items: pd.DataFrame, *, moment: float, seed: int) -> Exam:
    """Viewers with something new after the moment. Raises ``TooLittleData`` when they are too few."""
    before, after = meetings[meetings["timestamp"] < moment], meetings[meetings["timestamp"] >= moment]
    known = {user: rows for user, rows in before.groupby("user")}
    catalogue = np.unique(
        np.concatenate([items["item"].to_numpy(np.int64), before["item"].to_numpy(np.int64)])
    )
    histories, truth = [], []
    users = [user for user in after["user"].unique() if user in known]
    for user in np.random.default_rng(seed).permutation(users):
        past = known[user]
        new = set(after.loc[after["user"] == user, "item"]) - set(past["item"])
        new &= set(catalogue.tolist())
        if new:
            histories.append((past["item"].to_numpy(np.int64), past["timestamp"].to_numpy(np.float64)))
            truth.append({int(video) for video in new})
        if len(truth) == VIEWERS_MOST:
            break
    if len(truth) < VIEWERS_LEAST:
        raise TooLittleData(
            f"To judge a ranker, at least {VIEWERS_LEAST} viewers must have come back after the cut; {len(truth)} have. "
            "Wait for more of them."
        )
    age_days = (moment - before["timestamp"].to_numpy()) / 86_400
    codes = codes_of(catalogue, before["item"].to_numpy(np.int64))
    popularity = np.bincount(codes, 0.5 ** (age_days / HALF_LIFE_DAYS), len(catalogue)).astype(np.float64)
    return Exam(moment, histories, truth, catalogue, popularity)


def scorer_of(ranker: Any, exam: Exam) -> Scorer:
    """A ranker's scores on the exam's items; one it does not know is never recommended by it."""
    places = codes_of(np.asarray(ranker.item_ids_), exam.items)

    def scores(histories: Sequence[History]) -> NDArray[Any]:
        found = np.asarray(ranker.score_histories(histories))[:, np.maximum(places, 0)]
        return np.where(places >= 0, found, -np.inf)

    return scores


def popularity_scorer(exam: Exam) -> Scorer:
    return lambda histories: np.tile(exam.popularity, (len(histories), 1))


@dataclass(frozen=True)
class Marks:
    """One contender's marks; ``ndcg`` and ``recall`` are per viewer."""

    ndcg: Floats
    recall: Floats
    coverage: float

    def document(self) -> dict[str, float]:
        return {
            f"ndcg_at_{PAGE}": round(float(self.ndcg.mean()), 5),
            f"recall_at_{LONG_PAGE}": round(float(self.recall.mean()), 5),
            f"coverage_at_{PAGE}": round(self.coverage, 5),
        }


def marks_of(scorer: Scorer, exam: Exam) -> Marks:
    """Full-catalogue ranking of the held-out viewers, what they met before left out."""
    pages = []
    for first in range(0, len(exam.histories), BATCH):
        histories = exam.histories[first : first + BATCH]
        scores = np.array(scorer(histories), np.float64)
        for row, (met, _) in enumerate(histories):
            known = codes_of(exam.items, met)
            scores[row, known[known >= 0]] = -np.inf
        width = min(LONG_PAGE, scores.shape[1])
        best = np.argsort(-scores, axis=1, kind="stable")[:, :width]
        ranked = np.where(np.isfinite(np.take_along_axis(scores, best, 1)), exam.items[best], -1)
        pages.append(np.pad(ranked, ((0, 0), (0, LONG_PAGE - width)), constant_values=-1))
    ranked = np.concatenate(pages)
    return Marks(
        ndcg_at_k(ranked, exam.truth, PAGE),
        recall_at_k(ranked, exam.truth, LONG_PAGE),
        coverage_at_k(ranked, len(exam.items), PAGE),
    )


def verdict(new: Marks, others: Mapping[str, Marks], *, seed: int) -> dict[str, Any]:
    """Whether the new version beats every other one: paired bootstrap over viewers of the difference in NDCG.

    ``{passed, against: {name: {difference, low, high, sure}}}``; ``sure`` is the share of resamples in which it is ahead.
    """
    rng = np.random.default_rng(seed)
    against = {}
    for name, other in others.items():
        difference = new.ndcg - other.ndcg
        picks = rng.integers(len(difference), size=(RESAMPLES, len(difference)))
        means = difference[picks].mean(axis=1)
        low, high = np.quantile(means, [0.05, 0.95])
        against[name] = {
            "difference": round(float(difference.mean()), 5),
            "low": round(float(low), 5),
            "high": round(float(high), 5),
            "sure": round(float((means > 0).mean()), 4),
        }
    return {"passed": all(row["sure"] >= SURE for row in against.values()), "against": against}
