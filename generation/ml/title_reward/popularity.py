"""The place of a title among others of its category and time, where nothing was randomized: a prediction, not a cause.

Three views of the text are joined: TF-IDF of its characters and words (ridge), its meaning (ridge), and what happened lately
to titles that share its words (``Trend``). Boosted trees on these, the title's form and the hour put them together, so
that a view that says nothing is passed over. Everything a row is told comes from rows before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from generation.ml.title_reward.form import form_rows

Floats = NDArray[np.float64]
Embed = Callable[[Sequence[str]], Floats]

HALF_LIFE_DAYS = 7.0
_BLOCKS = 5  # parts of the past, in time, for predictions of rows the ridges had not seen


class Trend:
    """Mean outcome of earlier titles that share pairs of characters (or words), the nearer in time the more."""

    def __init__(self, *, half_life_days: float = HALF_LIFE_DAYS) -> None:
        self._rate = np.log(2) / half_life_days
        self._sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])  # weight, outcome, day

    def read(self, title: str, day: float) -> tuple[float, float]:
        """(weight, shrunk mean outcome less ½) of what is known of the title's parts before ``day``."""
        weight = outcome = 0.0
        for part in _parts(title):
            kept = self._sums.get(part)
            if kept is not None and kept[2] < day:
                fade = float(np.exp(-self._rate * (day - kept[2])))
                rarity = 1 / (1 + kept[0] * fade)  # a part that stands everywhere tells little
                weight += kept[0] * fade * rarity
                outcome += kept[1] * fade * rarity
        return weight, outcome / (weight + 1)

    def add(self, title: str, day: float, outcome: float) -> None:
        for part in _parts(title):
            kept = self._sums[part]
            fade = float(np.exp(-self._rate * (day - kept[2]))) if kept[0] else 0.0
            kept[:] = [kept[0] * fade + 1, kept[1] * fade + outcome - 0.5, day]


def _parts(title: str) -> set[str]:
    words = title.lower().split()
    if len(words) > 2:
        return set(words)
    return {title[at : at + 2] for at in range(len(title) - 1)}


@dataclass
class Popularity:
    """Fitted on titles with outcomes in [0, 1]; ``day`` is when each appeared, in days, in ascending order."""

    seed: int = 0
    embed: Embed | None = None
    most_terms: int = 60_000

    def fit(self, titles: Sequence[str], day: Floats, hour: Floats, outcome: Floats) -> Popularity:
        """Learn from rows in the order of time."""
        import lightgbm

        self._vectors = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(1, 4), min_df=2, sublinear_tf=True, max_features=self.most_terms
        )
        table = self._vectors.fit_transform(titles)
        meaning = self.embed(titles) if self.embed else None
        self._trend = Trend()
        trend = self._told(titles, day, outcome)
        views = [self._unseen(table, outcome, 2.0)]
        self._ridges = [Ridge(alpha=2.0).fit(table, outcome)]
        if meaning is not None:
            views.append(self._unseen(meaning, outcome, 0.5))
            self._ridges.append(Ridge(alpha=0.5).fit(meaning, outcome))
        rows = self._rows(views, trend, titles, hour)
        usable = ~np.isnan(views[0])
        self._trees: list[Any] = [
            lightgbm.LGBMRegressor(
                n_estimators=150, learning_rate=0.03, num_leaves=8, min_child_samples=40, subsample=0.7,
                subsample_freq=1, colsample_bytree=0.5, reg_lambda=5.0, random_state=self.seed + at, n_jobs=1, verbose=-1,
            ).fit(rows[usable], outcome[usable])
            for at in range(3)
        ]  # fmt: skip
        return self

    def predict(
        self, titles: Sequence[str], day: Floats, hour: Floats, outcome: Floats | None = None
    ) -> Floats:
        """(n,) expected outcomes. ``outcome`` of rows is heard only after they were predicted, day by day."""
        views = [np.asarray(self._ridges[0].predict(self._vectors.transform(titles)))]
        if self.embed is not None:
            views.append(np.asarray(self._ridges[1].predict(self.embed(titles))))
        rows = self._rows(views, self._told(titles, day, outcome), titles, hour)
        return np.asarray(np.mean([tree.predict(rows) for tree in self._trees], axis=0))

    def _told(self, titles: Sequence[str], day: Floats, outcome: Floats | None) -> Floats:
        """What the trend says of each row from the days before; then the rows of a day are added."""
        found = np.zeros((len(titles), 2))
        for rows in pd.Series(range(len(titles))).groupby(np.asarray(day)).indices.values():
            for at in rows:
                found[at] = self._trend.read(titles[at], float(day[at]))
            for at in rows if outcome is not None else ():
                self._trend.add(titles[at], float(day[at]), float(outcome[at]))
        return found

    def _unseen(self, table: Any, outcome: Floats, alpha: float) -> Floats:
        """Ridge predictions of each part of the past from all the others; rows are in the order of time."""
        part = np.arange(len(outcome)) * _BLOCKS // len(outcome)
        found = np.full(len(outcome), np.nan)
        for number in range(_BLOCKS):
            apart = part == number
            found[apart] = Ridge(alpha=alpha).fit(table[~apart], outcome[~apart]).predict(table[apart])
        return found

    @staticmethod
    def _rows(views: list[Floats], trend: Floats, titles: Sequence[str], hour: Floats) -> Floats:
        angle = 2 * np.pi * hour / 24
        clock = np.column_stack([np.sin(angle), np.cos(angle)])
        return np.column_stack([*views, trend, form_rows(titles), clock])
