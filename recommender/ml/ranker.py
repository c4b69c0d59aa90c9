"""``Ranker``: everything known about who met what and when, as one ranked catalogue a user."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from safetensors.numpy import load_file, save_file

from recommender.errors import InteractionsInvalid, RankerFileInvalid, RankerNotFitted
from recommender.ml.interactions import (
    PADDING,
    Codes,
    Floats,
    Log,
    Times,
    codes_of,
    read_interactions,
    whole_numbers,
)
from recommender.ml.linear import LinearModel, fit_linear
from recommender.ml.recency import Trend, fit_trend

FORMAT = 1
BATCH = 512  # histories scored together

History = tuple[npt.ArrayLike, npt.ArrayLike]  # item ids and their times in seconds, oldest first


class Ranker:
    """Ranks a catalogue for users and for fresh histories.

    After ``fit`` or ``load``: ``item_ids_`` (I,) ascending, ``user_ids_`` (U,) ascending, ``item_vectors_`` (I, D)
    of unit length, ``summary_`` (what was chosen and measured, JSON-ready).
    """

    item_ids_: Codes
    user_ids_: Codes
    item_vectors_: Floats
    summary_: dict[str, object]

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, interactions: pd.DataFrame, items: pd.DataFrame | None = None) -> Ranker:
        """Learn from ``user, item, timestamp`` (seconds); ``items`` describes them, also those nobody has met."""
        log = read_interactions(interactions, items=items)
        self._log = log
        self._linear = fit_linear(log.matrix(), penalty=min(300.0, len(log) / 100))
        self._trend = fit_trend(log, [max(1.0, 0.03 * len(log))])
        self.item_ids_, self.user_ids_ = log.item_ids, log.user_ids
        self.item_vectors_ = _unit(self._linear.weights)
        self.summary_ = {"fingerprint": log.fingerprint(), "seed": self.seed, "interactions": len(log)}
        return self

    def recommend(self, users: npt.ArrayLike, k: int, exclude_seen: bool = True) -> Codes:
        """Best ``k`` item ids for each user id, shape (len(users), k), -1 where nothing is left."""
        self._require_fitted()
        if k < 1:
            raise InteractionsInvalid(f"A page holds at least one item, k is {k}.")
        wanted = codes_of(self.user_ids_, whole_numbers(np.asarray(users).ravel(), "user"))
        empty: tuple[Codes, Times] = (np.empty(0, np.int64), np.empty(0))
        page = [np.empty((0, k), np.int64)]
        for first in range(0, len(wanted), BATCH):
            codes = wanted[first : first + BATCH]
            histories = [self._log.history(int(code)) if code >= 0 else empty for code in codes]
            scores = self._score(histories, self._moments(histories))
            if exclude_seen:
                for row, (seen, _) in enumerate(histories):
                    scores[row, seen] = -np.inf
            page.append(_top(scores, k, self.item_ids_))
        return np.concatenate(page)

    def score_histories(self, histories: Sequence[History], now: float | None = None) -> Floats:
        """Scores (n, I) for histories ``(item ids, times in seconds)`` as of ``now`` (default: each one's last time).

        Item ids the ranker does not know are passed over. Higher is better; scores compare within a row.
        """
        self._require_fitted()
        known = []
        for items, times in histories:
            codes = codes_of(self.item_ids_, whole_numbers(np.asarray(items).ravel(), "item"))
            known.append((codes[codes >= 0], np.asarray(times, np.float64).ravel()[codes >= 0]))
        moments = self._moments(known) if now is None else np.full(len(known), now, np.float64)
        return self._score(known, moments)

    def similar_items(self, items: npt.ArrayLike, k: int) -> Codes:
        """The ``k`` nearest item ids to each item id, shape (len(items), k), itself left out; -1 where unknown."""
        self._require_fitted()
        codes = codes_of(self.item_ids_, whole_numbers(np.asarray(items).ravel(), "item"))
        scores = self.item_vectors_[codes] @ self.item_vectors_.T
        scores[np.arange(len(codes)), codes] = -np.inf
        scores[codes < 0] = -np.inf
        return _top(scores, k, self.item_ids_)

    def save(self, folder: str | Path) -> None:
        """Write weights (safetensors) and JSON into ``folder``; nothing in it is code."""
        self._require_fitted()
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        log, trend = self._log, self._trend
        arrays = {
            "user_ids": log.user_ids, "item_ids": log.item_ids, "users": log.users, "items": log.items,
            "times": log.times, "starts": log.starts, "order": log.order, "linear": self._linear.weights,
            "item_vectors": self.item_vectors_, "half_lives": trend.half_lives, "marks": trend.marks,
            "snapshots": trend.snapshots,
        }  # fmt: skip
        save_file(
            {name: np.ascontiguousarray(array) for name, array in arrays.items()},
            place / "ranker.safetensors",
        )
        config = {
            "format": FORMAT,
            "seed": self.seed,
            "penalty": self._linear.penalty,
            "summary": self.summary_,
        }
        (place / "ranker.json").write_text(json.dumps(config, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> Ranker:
        """Read what ``save`` wrote. Raises ``RankerFileInvalid`` when it is missing or of another format."""
        place = Path(folder)
        try:
            config = json.loads((place / "ranker.json").read_text(encoding="utf-8"))
            a = load_file(place / "ranker.safetensors")
        except (OSError, ValueError) as error:
            raise RankerFileInvalid(
                f"No saved ranker can be read in {place.name!r}: {error}; fit and save one."
            ) from error
        if config.get("format") != FORMAT:
            raise RankerFileInvalid(
                f"A saved ranker has format {FORMAT}, this one {config.get('format')!r}; fit again."
            )
        ranker = cls(seed=int(config["seed"]))
        ranker._log = Log(
            *(a[n] for n in ("user_ids", "item_ids", "users", "items", "times", "starts", "order"))
        )
        ranker._linear = LinearModel(a["linear"], float(config["penalty"]))
        items, times = ranker._log.items[ranker._log.order], ranker._log.times[ranker._log.order]
        ranker._trend = Trend(a["half_lives"], items, times, a["marks"], a["snapshots"])
        ranker.item_ids_, ranker.user_ids_ = ranker._log.item_ids, ranker._log.user_ids
        ranker.item_vectors_, ranker.summary_ = a["item_vectors"], config["summary"]
        return ranker

    def _moments(self, histories: Sequence[tuple[Codes, Times]]) -> Times:
        end = float(self._trend.times[-1])
        return np.array([times[-1] if len(times) else end for _, times in histories], np.float64)

    def _score(self, histories: Sequence[tuple[Codes, Times]], moments: Times) -> Floats:
        count = len(self.item_ids_)
        lengths = [len(items) for items, _ in histories]
        columns = np.concatenate([np.empty(0, np.int64), *(items for items, _ in histories)])
        rows = np.repeat(np.arange(len(histories)), lengths)
        x = sp.csr_matrix((np.ones(len(columns), np.float32), (rows, columns)), (len(histories), count))
        x.data[:] = 1
        popular = np.log1p(self._trend.at(moments)[:, 0])
        return _standard(self._linear.scores(x)) + _standard(popular)

    def _require_fitted(self) -> None:
        if not hasattr(self, "item_ids_"):
            raise RankerNotFitted("A ranker answers after fit or load; this one has seen neither.")


def _standard(scores: Floats) -> Floats:
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray(
        (scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1), np.float32
    )


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), np.float32)


def _top(scores: Floats, k: int, ids: Codes) -> Codes:
    """Ids of the ``k`` best columns of each row, best first; ties by id; -1 for columns at minus infinity."""
    width = min(k, scores.shape[1])
    best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
    best.sort(axis=1)
    value = np.take_along_axis(scores, best, 1)
    order = np.argsort(-value, axis=1, kind="stable")
    best, value = np.take_along_axis(best, order, 1), np.take_along_axis(value, order, 1)
    out = np.full((len(scores), k), PADDING, np.int64)
    out[:, :width] = np.where(np.isneginf(value), PADDING, ids[best])
    return out
