"""One outcome's rule: the kinds that compete for it, how they are compared, and how the winner is fitted.

Kinds, simplest first: the prior blend; a logistic regression; that regression with boosted trees on what it leaves
unexplained. All are compared by log loss on the latest fifth of the rows, which none of them learned from. LightGBM is
imported where there are trees to grow or to read: it brings scikit-learn, a second of a server's start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from recommender.ml.engagement.calibration import Calibrator, expected_calibration_error
from recommender.ml.engagement.features import FEATURES, design, prior_of
from recommender.ml.engagement.logistic import LogisticRegression

if TYPE_CHECKING:
    import lightgbm

Floats = NDArray[np.float64]

HELD_OUT = 0.2  # share of rows, the latest
LINEAR_ROWS, LINEAR_LABELS = 200, 10  # under these the prior blend stays; labels count the rarer outcome
TREE_ROWS, TREE_LABELS = 2000, 100
TREES_MAX, PATIENCE = 100, 15
MARGIN = 0.001  # a kind must win by this share of the log loss to replace a simpler one
TREE_PARAMETERS: dict[str, Any] = {
    "objective": "cross_entropy",
    "num_leaves": 15,
    "learning_rate": 0.08,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def booster(file: Path) -> lightgbm.Booster:
    """Trees as ``save_model`` wrote them."""
    import lightgbm

    return lightgbm.Booster(model_file=str(file))


@dataclass
class Head:
    """One outcome's rule; ``kind`` is prior, linear or trees."""

    kind: str = "prior"
    linear: LogisticRegression | None = None
    trees: lightgbm.Booster | None = None
    calibrator: Calibrator | None = None
    report: dict[str, Any] = field(default_factory=dict)

    def raw(self, name: str, table: Floats, columns: Floats) -> Floats:
        """Uncalibrated (n,) from the table and its ``design``."""
        if self.linear is None:
            return prior_of(columns[:, -1], name)  # the design ends with the prior's strength
        odds = self.linear.log_odds(columns)
        if self.trees is not None:
            odds = odds + np.asarray(
                self.trees.predict(table, raw_score=True, num_threads=1), dtype=np.float64
            )
        return np.asarray(expit(odds))

    def predict(self, name: str, table: Floats, columns: Floats) -> Floats:
        """Probability or expected label (n,) in [0, 1]."""
        raw = self.raw(name, table, columns)
        return self.calibrator.transform(raw) if self.calibrator else raw


def fit_head(name: str, table: Floats, labels: Floats, weights: Floats, seed: int) -> Head:
    """The kind that predicts the latest rows best, fitted again on all of them."""
    rare = float(min(labels.sum(), (1 - labels).sum()))
    report: dict[str, Any] = {"rows": len(labels), "mean": float(labels.mean()) if len(labels) else None}
    if len(labels) < LINEAR_ROWS or rare < LINEAR_LABELS:
        return Head(report=report)
    cut = int(len(labels) * (1 - HELD_OUT))
    early = Rows(table[:cut], labels[:cut], weights[:cut])
    late = Rows(table[cut:], labels[cut:], weights[cut:])
    heads = {"prior": Head(), "linear": early.linear()}
    rounds = 0
    if len(labels) >= TREE_ROWS and rare >= TREE_LABELS:
        # the stopping round is found inside the early rows: the late ones only compare
        inner = int(cut * (1 - HELD_OUT))
        probe = early.part(slice(None, inner)).trees(TREES_MAX, seed, early.part(slice(inner, None)))
        rounds = probe.trees.best_iteration if probe.trees is not None else 0
    if rounds:
        heads["trees"] = early.trees(rounds, seed)
    raw = {kind: head.raw(name, late.table, design(late.table)) for kind, head in heads.items()}
    bent = {kind: _calibrated_in_turn(p, late) for kind, p in raw.items()}
    losses = {kind: (_log_loss(raw[kind], late), _log_loss(bent[kind], late)) for kind in heads}
    kind = "prior"
    for other in list(heads)[1:]:
        if min(losses[other]) < min(losses[kind]) * (1 - MARGIN):
            kind = other
    bend = losses[kind][1] < losses[kind][0]
    report["log_loss"] = {other: min(pair) for other, pair in losses.items()}
    report["calibration_error"] = {
        "before": expected_calibration_error(raw[kind], late.labels, bins=10),
        "after": expected_calibration_error((bent if bend else raw)[kind], late.labels, bins=10),
    }
    report["trees"] = rounds if kind == "trees" else 0
    everything = Rows(table, labels, weights)
    chosen = Head()
    if kind != "prior":
        chosen = everything.linear() if kind == "linear" else everything.trees(rounds, seed)
    chosen.report = report
    chosen.calibrator = Calibrator().fit(raw[kind], late.labels, late.weights) if bend else None
    return chosen


@dataclass(frozen=True)
class Rows:
    """Features (n, f), labels (n,) and weights (n,) that learn or compare together."""

    table: Floats
    labels: Floats
    weights: Floats

    def part(self, rows: slice) -> Rows:
        return Rows(self.table[rows], self.labels[rows], self.weights[rows])

    def linear(self) -> Head:
        return Head("linear", linear=LogisticRegression().fit(design(self.table), self.labels, self.weights))

    def trees(self, rounds: int, seed: int, watched: Rows | None = None) -> Head:
        """The regression and trees on top; with ``watched`` rows they stop when those no longer gain."""
        import lightgbm

        head = self.linear()
        assert head.linear is not None
        learned = self._dataset(head.linear)
        held = [watched._dataset(head.linear, learned)] if watched else []
        stop: list[Callable[..., Any]] = [lightgbm.early_stopping(PATIENCE, verbose=False)] if watched else []
        head.kind = "trees"
        head.trees = lightgbm.train(
            {**TREE_PARAMETERS, "seed": seed}, learned, rounds, valid_sets=held, callbacks=stop
        )
        return head

    def _dataset(self, linear: LogisticRegression, like: lightgbm.Dataset | None = None) -> lightgbm.Dataset:
        import lightgbm

        return lightgbm.Dataset(
            self.table,
            self.labels,
            weight=self.weights,
            init_score=linear.log_odds(design(self.table)),
            feature_name=list(FEATURES),
            reference=like,
        )


def _calibrated_in_turn(p: Floats, rows: Rows) -> Floats:
    """Each half of the rows calibrated by what the other half taught, so that no label speaks for itself."""
    bent = np.empty(len(p))
    for side in (0, 1):
        here = np.arange(len(p)) % 2 == side
        learned = Calibrator().fit(p[~here], rows.labels[~here], rows.weights[~here])
        bent[here] = learned.transform(p[here])
    return bent


def _log_loss(p: Floats, rows: Rows) -> float:
    p, y = np.clip(p, 1e-6, 1 - 1e-6), rows.labels
    loss = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return float(np.average(loss, weights=rows.weights if rows.weights.sum() > 0 else None))
