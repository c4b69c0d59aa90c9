"""A ranker that keeps the contract and learns by counting who met what together: training's own rules are tested with it
in seconds; one slow test trains the real one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


class LightRanker:
    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, interactions: pd.DataFrame, items: pd.DataFrame | None = None) -> LightRanker:
        self.item_ids_ = np.union1d(interactions["item"], [] if items is None else items["item"]).astype(
            np.int64
        )
        users, user = np.unique(interactions["user"], return_inverse=True)
        met = np.zeros((len(users), len(self.item_ids_)), np.float32)
        met[user, np.searchsorted(self.item_ids_, interactions["item"])] = 1
        self.together = met.T @ met
        return self

    def score_histories(self, histories: Sequence[Any], now: float | None = None) -> Any:
        rows = [np.searchsorted(self.item_ids_, items) for items, _ in histories]
        return np.array([self.together[row].sum(axis=0) for row in rows])

    def similar_items(self, items: Any, k: int) -> Any:
        scores = self.together[np.searchsorted(self.item_ids_, items)].copy()
        scores[np.arange(len(items)), np.searchsorted(self.item_ids_, items)] = -1
        return self.item_ids_[np.argsort(-scores, axis=1, kind="stable")[:, :k]]

    def save(self, folder: Path) -> None:
        np.savez(Path(folder) / "light.npz", ids=self.item_ids_, together=self.together)

    @classmethod
    def load(cls, folder: Path) -> LightRanker:
        kept = np.load(Path(folder) / "light.npz")
        loaded = cls()
        loaded.item_ids_, loaded.together = kept["ids"], kept["together"]
        return loaded
