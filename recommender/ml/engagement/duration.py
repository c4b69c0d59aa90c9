"""How well a video held its viewer, whatever its length: the quantile of watch time among videos of like duration.

Long videos collect more seconds and short ones higher ratios, so neither is a fair label. Following D2Q (Zhan et al., KDD
2022, "Deconfounding Duration Bias in Watch-time Prediction for Video Recommendation", https://arxiv.org/abs/2206.06003)
viewings are put into buckets of equal size by duration and each watch time is replaced by its quantile in its bucket.
Three things differ, for sites smaller than theirs:

* Inside a bucket we rank ``watch ÷ duration``: the same order where all its videos have one length, and where they do
  not, watching to the end stays one point of the scale.
* A quantile is interpolated between the two nearest buckets, so a second more of duration never makes a jump, and each
  bucket borrows from its neighbors and from a flat prior in proportion to how few rows it has.
* A viewing cut off by something else than the viewer (page closed, connection lost) is *censored*: it says "at least
  this long". The bucket's distribution is the Kaplan–Meier estimate (1958), and such a viewing scores the mean quantile
  of what it could have become. A skip is the viewer's own decision and counts as it stands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from recommender.errors import RankingInputInvalid, RankingNotFitted

Floats = NDArray[np.float64]

VERSION = 1
PRIOR_ROWS = 20.0  # weight, in viewings, of the flat prior: score = watch ratio up to one whole viewing
NEIGHBOR_ROWS = 100.0  # weight, in viewings, of what the other buckets say
RATIO_MAX = 4.0  # four times through: more loops say no more


@dataclass
class DurationCorrection:
    """Learned from viewings: ``fit`` a frame, ``transform`` seconds into scores in [0, 1].

    After ``fit``: ``centers_`` (K,) log-seconds, ``grid_`` (G,) watch ratios, ``quantiles_`` (K, G) non-decreasing
    along the grid, ``rows_`` the viewings it learned from.
    """

    buckets: int = 24
    rows_per_bucket: int = 60

    def fit(self, frame: pd.DataFrame) -> DurationCorrection:
        """Learn from columns ``watch_seconds`` ≥ 0, ``duration_seconds`` > 0 and, if there, ``censored`` (bool).

        An empty frame is allowed: the score is then the watch ratio, at most 1.
        """
        watch, duration = _seconds(frame.get("watch_seconds", ()), frame.get("duration_seconds", ()))
        censored = np.asarray(frame.get("censored", np.zeros(len(watch), np.bool_)), dtype=np.bool_)
        ratio = np.minimum(watch / duration, RATIO_MAX)
        self.rows_ = len(ratio)
        self.grid_ = _grid(ratio)
        flat = np.minimum(self.grid_, 1.0)
        count = max(1, min(self.buckets, len(ratio) // self.rows_per_bucket))
        order = np.argsort(duration, kind="stable")
        parts = [part for part in _split_between_lengths(duration[order], count) if part.stop > part.start]
        if not parts:
            self.centers_, self.quantiles_ = np.zeros(1), flat[None, :]
            return self
        chosen = [order[part] for part in parts]
        self.centers_ = np.array([np.log(duration[rows]).mean() for rows in chosen])
        raw = np.array([_mid_distribution(ratio[rows], censored[rows], self.grid_) for rows in chosen])
        self.quantiles_ = _smoothed(raw, np.array([len(rows) for rows in chosen]), flat)
        return self

    def transform(
        self, watch_seconds: ArrayLike, duration_seconds: ArrayLike, censored: ArrayLike | None = None
    ) -> Floats:
        """Scores (n,) in [0, 1], non-decreasing in watch time; 0.5 is the median viewing of such a length."""
        if not hasattr(self, "quantiles_"):
            raise RankingNotFitted("The duration correction has learned nothing yet; call fit or load first.")
        watch, duration = _seconds(watch_seconds, duration_seconds)
        ratio = np.minimum(watch / duration, RATIO_MAX)
        low, high, part = _between(self.centers_, np.log(duration))
        left, right, step = _between(self.grid_, ratio)
        q = self.quantiles_
        shorter = q[low, left] * (1 - step) + q[low, right] * step
        longer = q[high, left] * (1 - step) + q[high, right] * step
        score = shorter * (1 - part) + longer * part
        if censored is not None:
            # the quantile of a draw known to be at least this long is uniform from here up
            score = np.where(np.asarray(censored, dtype=np.bool_), (1 + score) / 2, score)
        return np.clip(score, 0.0, 1.0)

    @property
    def explanation(self) -> str:
        """One sentence on what the scores rest on."""
        if not self.rows_:
            return "No viewing is known yet: the score is the watch ratio, at most 1."
        return f"Quantiles of {self.rows_} viewings in {len(self.centers_)} duration buckets."

    def save(self, path: Path) -> None:
        """One JSON file."""
        document = {
            "version": VERSION,
            "buckets": self.buckets,
            "rows_per_bucket": self.rows_per_bucket,
            "rows": self.rows_,
            "centers": self.centers_.tolist(),
            "grid": self.grid_.tolist(),
            "quantiles": self.quantiles_.tolist(),
        }
        path.write_text(json.dumps(document), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> DurationCorrection:
        """What ``save`` wrote."""
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("version") != VERSION:
            raise RankingInputInvalid(
                f"{path.name} has version {document.get('version')!r}, this code reads {VERSION}; fit it again."
            )
        loaded = cls(document["buckets"], document["rows_per_bucket"])
        loaded.rows_ = document["rows"]
        loaded.centers_ = np.array(document["centers"], dtype=np.float64)
        loaded.grid_ = np.array(document["grid"], dtype=np.float64)
        loaded.quantiles_ = np.array(document["quantiles"], dtype=np.float64)
        return loaded


def _seconds(watch: ArrayLike, duration: ArrayLike) -> tuple[Floats, Floats]:
    a, b = np.atleast_1d(np.asarray(watch, np.float64)), np.atleast_1d(np.asarray(duration, np.float64))
    if a.shape != b.shape:
        raise RankingInputInvalid(f"{len(a)} watch times came with {len(b)} durations; give one for each.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()) or (a < 0).any() or (b <= 0).any():
        raise RankingInputInvalid(
            "Watch seconds must be finite and at least 0, duration seconds finite and above 0."
        )
    return a, b


def _grid(ratio: Floats) -> Floats:
    """Watch ratios (G,) from 0 to the maximum where the distribution is kept: evenly, and denser where viewings are."""
    fixed = [np.linspace(0, 1, 51), np.linspace(1, RATIO_MAX, 31)]
    dense = [np.quantile(ratio, np.linspace(0, 1, 151))] if len(ratio) else []
    # both sides of the end: so many viewings stop exactly there that interpolation must not smear them downward
    return np.unique(np.round(np.concatenate([*fixed, *dense, [0.999, 1.001]]), 6))


def _split_between_lengths(durations: Floats, count: int) -> list[slice]:
    """Sorted durations in about equal parts, never cutting through viewings of one length."""
    n = len(durations)
    wanted = (np.arange(1, count) * n) // count
    cuts = (
        np.unique(np.searchsorted(durations, durations[wanted], side="left")) if n else np.zeros(0, np.int64)
    )
    edges = [0, *[int(cut) for cut in cuts if cut > 0], n]
    return [slice(a, b) for a, b in pairwise(edges)]


def _mid_distribution(ratio: Floats, censored: NDArray[np.bool_], grid: Floats) -> Floats:
    """(F(x−) + F(x))/2 at the grid points (G,), F by Kaplan–Meier; ties share the middle, so the mean score is ½."""
    values, place = np.unique(ratio, return_inverse=True)
    ended = np.bincount(place, ~censored, len(values))
    left = np.bincount(place, minlength=len(values))
    at_risk = left[::-1].cumsum()[::-1]
    survival = np.concatenate([[1.0], np.cumprod(1.0 - ended / at_risk)])  # S after each value
    before = survival[np.searchsorted(values, grid, side="left")]
    after = survival[np.searchsorted(values, grid, side="right")]
    return np.asarray(1.0 - (before + after) / 2)


def _smoothed(raw: Floats, rows: NDArray[np.int64], flat: Floats) -> Floats:
    """Each bucket's distribution (K, G) with its neighbors' and the flat prior's mixed in; mixtures stay monotone."""
    k = len(raw)
    distance = np.abs(np.arange(k)[:, None] - np.arange(k)[None, :])
    weight = np.where(distance > 0, 0.25**distance * rows[None, :], 0.0)
    total = weight.sum(axis=1, keepdims=True)
    neighbors = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0) @ raw
    # a bucket with thousands of rows needs no help; with none of its own it is what its neighbors are
    borrowed = np.where(total > 0, NEIGHBOR_ROWS / (1 + rows[:, None] / NEIGHBOR_ROWS), 0.0)
    mixed = rows[:, None] * raw + borrowed * neighbors + PRIOR_ROWS * flat
    return np.asarray(mixed / (rows[:, None] + borrowed + PRIOR_ROWS))


def _between(points: Floats, values: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Indices of the points below and above each value and how far it lies between them, ends held."""
    high = np.clip(np.searchsorted(points, values), 0, len(points) - 1)
    low = np.maximum(high - 1, 0)
    gap = points[high] - points[low]
    part = np.divide(values - points[low], gap, out=np.zeros_like(values), where=gap > 0)
    return low, high, np.clip(part, 0.0, 1.0)
