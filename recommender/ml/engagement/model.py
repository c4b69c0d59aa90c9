"""The learned ranker: what a viewer would do with each candidate, and one score from it.

Four heads with one loss, the cross-entropy of a label in [0, 1]: the corrected watch quantile (``duration.py``), like,
share, skip. For each head the prior blend, a logistic regression, and the regression with boosted trees on top (LightGBM; Ke
et al. 2017, https://papers.nips.cc/paper/6907) compete on the latest rows (``engagement_heads.py``). The winner is fitted
again on all rows, and calibrated on the held-out ones where that lowers their loss. With too few rows the prior blend
stays, and ``explanation`` says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from recommender.errors import RankingInputInvalid
from recommender.ml.engagement.calibration import Calibrator
from recommender.ml.engagement.features import FEATURES, HEADS, SOURCES, design, matrix
from recommender.ml.engagement.heads import Head, booster, fit_head
from recommender.ml.engagement.logistic import LogisticRegression

Floats = NDArray[np.float64]

VERSION = 1


@dataclass(frozen=True)
class Weights:
    """What the score wants: a point of watch quantile weighs 1, the others are worth that many points.

    The defaults call a sure like as good as a whole viewing, a sure share half as much again, and a sure skip half as bad.
    """

    watch: float = 1.0
    like: float = 1.0
    share: float = 1.5
    skip: float = 0.5  # taken off


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True)
class Predictions:
    """Per candidate (n,): the expected watch quantile and the probabilities of like, share and skip, all in [0, 1]."""

    watch: Floats
    like: Floats
    share: Floats
    skip: Floats

    def combined(self, weights: Weights = DEFAULT_WEIGHTS) -> Floats:
        """One score (n,) in [0, 1]: the weighted sum, taken linearly from its least and largest possible value."""
        total = weights.watch + weights.like + weights.share + weights.skip
        if min(weights.watch, weights.like, weights.share, weights.skip) < 0 or total <= 0:
            raise RankingInputInvalid("Weights must be at least 0 and not all 0.", field="weights")
        liked = weights.watch * self.watch + weights.like * self.like + weights.share * self.share
        return np.asarray((liked + weights.skip * (1 - self.skip)) / total)


class EngagementModel:
    """``fit`` a frame of shown slots, ``predict`` for candidates; usable unfitted, then it is the prior blend."""

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.rows_ = 0
        self.heads_ = {name: Head() for name in HEADS}

    def fit(self, frame: pd.DataFrame) -> EngagementModel:
        """Learn from one row a shown slot: columns of ``FEATURES``, labels ``watch, like, share, skip`` in [0, 1].

        A label may be NaN (unknown for that row) or its column absent. ``timestamp`` orders rows in time (otherwise they
        are taken as ordered); ``weight`` ≥ 0 says how much a row counts.
        """
        if "timestamp" in frame:
            frame = frame.sort_values("timestamp", kind="stable")
        table = matrix({name: frame[name] for name in FEATURES if name in frame}, serving=False)
        weights = np.asarray(frame.get("weight", np.ones(len(frame))), dtype=np.float64)
        self.rows_ = len(frame)
        self.heads_ = {}
        for name in HEADS:
            labels = np.asarray(frame.get(name, np.full(len(frame), np.nan)), dtype=np.float64)
            known = ~np.isnan(labels)
            if known.any() and not (labels[known].min() >= 0 and labels[known].max() <= 1):
                raise RankingInputInvalid(f"The label {name} must lie in [0, 1].", field=name)
            # these matrices are too small to share: waiting for a second thread costs more than it brings
            with threadpool_limits(1):
                self.heads_[name] = fit_head(name, table[known], labels[known], weights[known], self.seed)
        return self

    def predict(self, features: Mapping[str, ArrayLike]) -> Predictions:
        """What the viewer would do with each candidate, from arrays (n,) by feature name, as if shown on top."""
        return self._predict(matrix(features, serving=True))

    def _predict(self, table: Floats) -> Predictions:
        columns = design(table)
        return Predictions(**{name: head.predict(name, table, columns) for name, head in self.heads_.items()})

    def leading_source(
        self, features: Mapping[str, ArrayLike], weights: Weights = DEFAULT_WEIGHTS
    ) -> list[str]:
        """For each candidate the source whose word raised its score most; empty where none raised it.

        Measured by taking each source's word away (its score set to 0) and predicting again, so it is what the rule really
        did. Meant for the few candidates that are shown.
        """
        table = matrix(features, serving=True)
        places = [FEATURES.index(name) for name in SOURCES]
        variants = [table]
        for place in places:
            changed = table.copy()
            changed[:, place] = np.where(np.isnan(table[:, place]), np.nan, 0.0)
            variants.append(changed)
        scores = self._predict(np.vstack(variants)).combined(weights).reshape(len(variants), len(table))
        lost = scores[:1] - scores[1:]  # (sources, n)
        best = lost.argmax(axis=0)
        return [SOURCES[s] if lost[s, i] > 1e-9 else "" for i, s in enumerate(best)]

    @property
    def explanation(self) -> str:
        """One sentence on what the predictions rest on."""
        kinds = {name: head.kind for name, head in self.heads_.items()}
        if not self.rows_:
            return "Nothing has been learned yet: the documented prior blend of the sources decides."
        parts = ", ".join(f"{name} by {kind}" for name, kind in kinds.items())
        return f"Learned from {self.rows_} shown slots: {parts}."

    @property
    def report(self) -> dict[str, dict[str, Any]]:
        """Per head: rows, mean label, the chosen kind, held-out log loss of each kind, calibration error before and after."""
        return {name: dict(head.report, kind=head.kind) for name, head in self.heads_.items()}

    def save(self, folder: Path) -> None:
        """``engagement.json`` and one LightGBM text file for each head that is trees."""
        folder.mkdir(parents=True, exist_ok=True)
        document: dict[str, Any] = {
            "version": VERSION,
            "seed": self.seed,
            "rows": self.rows_,
            "features": FEATURES,
            "heads": {},
        }
        for name, head in self.heads_.items():
            document["heads"][name] = {
                "kind": head.kind,
                "linear": head.linear.document() if head.linear else None,
                "calibrator": head.calibrator.document() if head.calibrator else None,
                "report": head.report,
            }
            if head.trees is not None:
                head.trees.save_model(str(folder / f"engagement-{name}.txt"))
        (folder / "engagement.json").write_text(json.dumps(document), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> EngagementModel:
        """What ``save`` wrote."""
        document = json.loads((folder / "engagement.json").read_text(encoding="utf-8"))
        if document.get("version") != VERSION or tuple(document["features"]) != FEATURES:
            raise RankingInputInvalid(
                f"The engagement model in {folder.name} was saved by another version of this code; train it again."
            )
        loaded = cls(seed=document["seed"])
        loaded.rows_ = document["rows"]
        for name, saved in document["heads"].items():
            loaded.heads_[name] = Head(
                kind=saved["kind"],
                linear=LogisticRegression.of(saved["linear"]) if saved["linear"] else None,
                trees=booster(folder / f"engagement-{name}.txt") if saved["kind"] == "trees" else None,
                calibrator=Calibrator.of(saved["calibrator"]) if saved["calibrator"] else None,
                report=saved["report"],
            )
        return loaded
