"""Scores into probabilities that mean what they say, and the measure of how far they are from it.

Platt's sigmoid for few rows, isotonic regression for many: under about a thousand rows the staircase overfits (Niculescu-
Mizil and Caruana 2005, "Predicting good probabilities with supervised learning", https://doi.org/10.1145/1102351.1102430).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression
from scipy.special import expit, logit

from recommender.errors import RankingInputInvalid, RankingNotFitted

Floats = NDArray[np.float64]

VERSION = 1
ISOTONIC_ROWS = 1000  # from here on the staircase is better than the sigmoid
STAIRS = 200  # the staircase is kept at no more points than this
EDGE = 1e-6


@dataclass
class Calibrator:
    """A non-decreasing map of scores in [0, 1] to probabilities; ``fit`` on rows the score has not learned from.

    After ``fit``: ``used_`` is ``isotonic``, ``platt``, or ``constant`` where only one label occurred or no row came.
    """

    method: Literal["auto", "isotonic", "platt"] = "auto"

    def fit(self, scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Calibrator:
        """Learn from scores (n,) in [0, 1] and labels (n,) in [0, 1], each row counting as its weight ≥ 0."""
        p, y, w = _rows(scores, labels, weights)
        self.rows_ = len(p)
        # without both labels nothing can be learned but their rate, pulled to ½ by Laplace's two pseudo-rows
        self.rate_ = float((np.sum(w * y) + 1) / (np.sum(w) + 2))
        self.slope_, self.offset_ = 1.0, 0.0
        self.points_, self.values_ = np.zeros(1), np.full(1, self.rate_)
        if not len(p) or y.min() == y.max() or w.sum() == 0:
            self.used_ = "constant"
        elif self.method == "isotonic" or (self.method == "auto" and len(p) >= ISOTONIC_ROWS):
            self.used_ = "isotonic"
            self.points_, self.values_ = _staircase(p, y, w)
        else:
            self.used_ = "platt"
            self.slope_, self.offset_ = _sigmoid(p, y, w)
        return self

    def transform(self, scores: ArrayLike) -> Floats:
        """Probabilities (n,) in [0, 1] of scores (n,)."""
        if not hasattr(self, "used_"):
            raise RankingNotFitted("The calibrator has learned nothing yet; call fit or load first.")
        p = np.asarray(scores, dtype=np.float64)
        if self.used_ == "platt":
            return np.asarray(expit(self.slope_ * logit(np.clip(p, EDGE, 1 - EDGE)) + self.offset_))
        return np.asarray(np.interp(p, self.points_, self.values_))

    def document(self) -> dict[str, Any]:
        """Everything learned, as plain JSON values."""
        return {
            "version": VERSION,
            "method": self.method,
            "used": self.used_,
            "rows": self.rows_,
            "rate": self.rate_,
            "slope": self.slope_,
            "offset": self.offset_,
            "points": self.points_.tolist(),
            "values": self.values_.tolist(),
        }

    @classmethod
    def of(cls, document: dict[str, Any]) -> Calibrator:
        """The calibrator that wrote ``document``."""
        if document.get("version") != VERSION:
            raise RankingInputInvalid(
                f"A calibration has version {document.get('version')!r}, this code reads {VERSION}; fit it again."
            )
        loaded = cls(document["method"])
        loaded.used_, loaded.rows_, loaded.rate_ = document["used"], document["rows"], document["rate"]
        loaded.slope_, loaded.offset_ = document["slope"], document["offset"]
        loaded.points_, loaded.values_ = np.array(document["points"]), np.array(document["values"])
        return loaded

    def save(self, path: Path) -> None:
        """One JSON file."""
        path.write_text(json.dumps(self.document()), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Calibrator:
        """What ``save`` wrote."""
        return cls.of(json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Bin:
    """One row of a reliability table: predictions in ``low``–``high``, their mean, and what really happened."""

    low: float
    high: float
    rows: int
    predicted: float
    observed: float


def reliability_table(
    probabilities: ArrayLike, labels: ArrayLike, *, bins: int = 15, equal_mass: bool = True
) -> list[Bin]:
    """Non-empty bins in rising order: of about equal rows, or of equal width in [0, 1].

    Equal mass is the default because rates of likes crowd near 0, where bins of equal width would be one bin.
    """
    p, y, _ = _rows(probabilities, labels, None)
    if equal_mass:
        # equal predictions belong into one bin, so the cuts are values
        edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1])) if len(p) else np.zeros(0)
    else:
        edges = np.linspace(0, 1, bins + 1)[1:-1]
    place = np.searchsorted(edges, p, side="left")
    table = []
    for b in np.unique(place):
        rows = place == b
        table.append(
            Bin(
                float(p[rows].min()),
                float(p[rows].max()),
                int(rows.sum()),
                float(p[rows].mean()),
                float(y[rows].mean()),
            )
        )
    return table


def expected_calibration_error(
    probabilities: ArrayLike, labels: ArrayLike, *, bins: int = 15, equal_mass: bool = True
) -> float:
    """Mean distance in [0, 1] of predicted and observed rate over the bins, each weighing as its rows; 0 for no rows.

    Naeini, Cooper and Hauskrecht 2015, https://doi.org/10.1609/aaai.v29i1.9602 (there with bins of equal width).
    """
    table = reliability_table(probabilities, labels, bins=bins, equal_mass=equal_mass)
    total = sum(row.rows for row in table)
    return sum(row.rows * abs(row.predicted - row.observed) for row in table) / total if total else 0.0


def _rows(scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    p, y = np.atleast_1d(np.asarray(scores, np.float64)), np.atleast_1d(np.asarray(labels, np.float64))
    w = np.ones(len(p)) if weights is None else np.atleast_1d(np.asarray(weights, np.float64))
    if not p.shape == y.shape == w.shape:
        raise RankingInputInvalid(
            f"Scores, labels and weights need one length. Got {len(p)}, {len(y)} and {len(w)}."
        )
    if len(p) and not (_within(p) and _within(y) and np.isfinite(w).all() and w.min() >= 0):
        raise RankingInputInvalid(
            "Scores and labels must lie in [0, 1], weights must be finite and at least 0."
        )
    return p, y, w


def _within(values: Floats) -> bool:
    return bool(((values >= 0) & (values <= 1)).all())


def _staircase(p: Floats, y: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Isotonic regression by pooling adjacent violators, kept as the points (m,) and values (m,) to interpolate."""
    points, place = np.unique(p, return_inverse=True)
    mass = np.bincount(place, w)
    mean = np.divide(np.bincount(place, w * y), mass, out=np.zeros(len(points)), where=mass > 0)
    values = np.asarray(isotonic_regression(mean, weights=np.maximum(mass, 1e-12)).x)
    # only the two ends of each step are needed
    keep = np.r_[True, np.diff(values) > 0] | np.r_[np.diff(values) > 0, True]
    points, values = points[keep], values[keep]
    if len(points) > STAIRS:
        few = np.unique(np.linspace(0, len(points) - 1, STAIRS).round().astype(np.int64))
        points, values = points[few], values[few]
    return points, np.clip(values, 0.0, 1.0)


def _sigmoid(p: Floats, y: Floats, w: Floats) -> tuple[float, float]:
    """Slope ≥ 0 and offset of ``expit(slope·logit(p) + offset)`` by Newton's method on Platt's smoothed targets."""
    x = logit(np.clip(p, EDGE, 1 - EDGE))
    ones, zeros = float(np.sum(w * y)), float(np.sum(w * (1 - y)))
    target = y * (ones + 1) / (ones + 2) + (1 - y) / (zeros + 2)
    beta = np.array([1.0, 0.0])
    design = np.column_stack([x, np.ones(len(x))])
    ridge = np.diag([1e-3, 1e-6])  # keeps the slope near 1 where all scores are equal
    for _ in range(50):
        q = expit(design @ beta)
        slope = design.T @ (w * (q - target)) + ridge @ (beta - [1.0, 0.0])
        curve = design.T @ (design * (w * q * (1 - q))[:, None]) + ridge
        step = np.linalg.solve(curve, slope)
        beta = beta - step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    if beta[0] < 0:
        # a score that ranks upside down carries no order worth keeping: the map must not fall
        return 0.0, float(logit(np.clip(np.average(target, weights=w), EDGE, 1 - EDGE)))
    return float(beta[0]), float(beta[1])
