"""``Ranker``: who met what and when becomes one ranked catalogue for each user."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.errors import InteractionsInvalid, RankerNotFitted
from recommender.ml.content.neighbors import fit_content
from recommender.ml.interactions import (
    PADDING,
    Codes,
    Floats,
    Times,
    codes_of,
    read_interactions,
    whole_numbers,
)
from recommender.ml.ranker import files
from recommender.ml.ranker.features import VISIT_SECONDS, Signals, fit_trends, habits
from recommender.ml.ranker.linear import fit_linear
from recommender.ml.ranker.mixture import expert_scores, mix
from recommender.ml.ranker.selection import NEXT_NET, choose
from recommender.ml.ranker.sequence_training import Schedule, train_side_by_side

BATCH_SCORES = 4_000_000  # users × items scored together
LATER_RATE = 4e-3  # highest learning rate of the second part of the training
ONGOING_SHARE = 0.1  # weight of "comes back" while a visit is known to go on

History = tuple[npt.ArrayLike, npt.ArrayLike]  # item ids and their times in seconds, oldest first


class Ranker:
    """Ranks a catalogue for users and for fresh histories.

    After ``fit`` or ``load``: ``item_ids_`` (I,) ascending, ``user_ids_`` (U,) ascending, ``item_vectors_`` (I, 64)
    of unit length for retrieval, ``summary_`` (what was chosen and measured, ready for JSON).
    """

    item_ids_: Codes
    user_ids_: Codes
    item_vectors_: Floats
    summary_: dict[str, object]

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, interactions: pd.DataFrame, items: pd.DataFrame | None = None) -> Ranker:
        """Learn from ``user, item, timestamp`` (seconds); ``items`` describes items, also those nobody has met.

        Every choice is made on held-out parts of ``interactions``; then all of it is learned.
        """
        log = read_interactions(interactions)
        chosen = choose(log, seed=self.seed)
        if chosen.nets:
            train_side_by_side(
                chosen.nets,
                log.histories(np.arange(log.user_count)),
                [Schedule(left, LATER_RATE) for left in chosen.epochs_left],
                seeds=[self.seed + 1 + NEXT_NET * place for place in range(len(chosen.nets))],
            )
        described = log.item_ids if items is None else whole_numbers(items["item"], "item")
        self.item_ids_, self.user_ids_ = np.union1d(log.item_ids, described), log.user_ids
        warm = codes_of(self.item_ids_, log.item_ids)
        cold = np.setdiff1d(np.arange(len(self.item_ids_)), warm)
        content = None
        if items is not None and len(cold):
            content = fit_content(items, log.item_ids, self.item_ids_[cold])
        self._log = log
        self._signals = Signals(
            linear=fit_linear(log.matrix(), penalty=chosen.penalty),
            trend=fit_trends(log),
            recent_half_life=chosen.recent_half_life,
            nets=chosen.nets,
            warm=warm,
            cold=cold,
            content=content,
        )
        self._goes_on, self._comes_back, self._gate = chosen.goes_on, chosen.comes_back, chosen.gate
        self.item_vectors_ = self._signals.vectors()
        self.summary_ = {
            "fingerprint": log.fingerprint(),
            "seed": self.seed,
            "interactions": len(log),
            "users": log.user_count,
            "items": {"warm": len(warm), "cold": len(cold), "inverted": len(self._signals.linear.head)},
            "penalty": chosen.penalty,
            "recent_half_life": chosen.recent_half_life,
            "order": bool(chosen.nets),
            "goes_on": chosen.goes_on.tolist(),
            "comes_back": chosen.comes_back.tolist(),
            "gate": {**vars(chosen.gate), "weights": chosen.gate.weights.tolist()},
            "held_out": chosen.measured,
        }
        return self

    def recommend(self, users: npt.ArrayLike, k: int, exclude_seen: bool = True) -> Codes:
        """Best ``k`` item ids for each user id, shape (len(users), k), -1 where nothing is left."""
        self._require_fitted()
        if k < 1:
            raise InteractionsInvalid(f"A page holds at least one item, k is {k}.")
        wanted = codes_of(self.user_ids_, whole_numbers(np.asarray(users).ravel(), "user"))
        empty: tuple[Codes, Times] = (np.empty(0, np.int64), np.empty(0))
        pages = [np.empty((0, k), np.int64)]
        batch = max(1, BATCH_SCORES // len(self.item_ids_))
        for first in range(0, len(wanted), batch):
            histories = [
                self._log.history(int(code)) if code >= 0 else empty for code in wanted[first : first + batch]
            ]
            scores = self._score(histories, self._gate.share(habits(histories, self._signals.trend.times)))
            if exclude_seen:
                for row, (seen, _) in enumerate(histories):
                    scores[row, self._signals.warm[seen]] = -np.inf
            pages.append(_top(scores, k, self.item_ids_))
        return np.concatenate(pages)

    def score_histories(self, histories: Sequence[History], now: float | None = None) -> Floats:
        """Scores (n, I) for histories ``(item ids, times in seconds)`` asked about at ``now``, without fitting again.

        Scores are log-probabilities of what is chosen next. A visit goes on where a history's last time lies within
        an hour before ``now``, or, without ``now``, later than everything the ranker was fitted on; otherwise the
        idle time, in the log's own interactions, says how likely the user has come back. Items that nobody had met
        when the ranker was fitted are passed over.
        """
        self._require_fitted()
        known: list[tuple[Codes, Times]] = []
        for items, times in histories:
            codes = codes_of(self._log.item_ids, whole_numbers(np.asarray(items).ravel(), "item"))
            seconds = np.asarray(times, np.float64).ravel()
            if len(seconds) != len(codes):
                raise InteractionsInvalid(
                    f"A history has one time for each item, got {len(codes)} items and {len(seconds)} times."
                )
            order = np.argsort(seconds[codes >= 0], kind="stable")
            known.append((codes[codes >= 0][order], seconds[codes >= 0][order]))
        share = self._gate.share(habits(known, self._signals.trend.times))
        end = self._signals.trend.times[-1] if now is None else now - VISIT_SECONDS
        ongoing = np.array([len(seconds) > 0 and seconds[-1] > end for _, seconds in known], bool)
        share = np.where(ongoing, np.minimum(share, ONGOING_SHARE), share).astype(np.float32)
        return self._score(known, share)

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
        files.write(
            Path(folder),
            files.State(
                self.seed,
                self._log,
                self._signals,
                self._goes_on,
                self._comes_back,
                self._gate,
                self.summary_,
                self.item_ids_[self._signals.cold],
            ),
        )

    @classmethod
    def load(cls, folder: str | Path) -> Ranker:
        """Read what ``save`` wrote. Raises ``RankerFileInvalid`` when it is missing, broken or of another format."""
        state = files.read(Path(folder))
        ranker = cls(seed=state.seed)
        ranker._log, ranker._signals = state.log, state.signals
        ranker._goes_on, ranker._comes_back, ranker._gate = state.goes_on, state.comes_back, state.gate
        ranker.user_ids_ = state.log.user_ids
        ranker.item_ids_ = np.empty(state.signals.item_count, np.int64)
        ranker.item_ids_[state.signals.warm] = state.log.item_ids
        ranker.item_ids_[state.signals.cold] = state.cold_ids
        ranker.item_vectors_, ranker.summary_ = state.signals.vectors(), state.summary
        return ranker

    def _score(self, histories: Sequence[tuple[Codes, Times]], share: Floats) -> Floats:
        goes_on, comes_back = self._signals.both(histories)
        seen = np.zeros((len(histories), len(self.item_ids_)), bool)
        for row, (items, _) in enumerate(histories):
            seen[row, self._signals.warm[items]] = True
            if not len(items):
                share[row] = 1  # nobody known is here for the first time as of now
        first = expert_scores(goes_on, self._goes_on, seen)
        return mix(first, expert_scores(comes_back, self._comes_back, seen), share)

    def _require_fitted(self) -> None:
        if not hasattr(self, "item_ids_"):
            raise RankerNotFitted("A ranker answers after fit or load; this one has seen neither.")


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
