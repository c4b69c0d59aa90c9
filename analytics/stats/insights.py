"""Which creative choices go with better rewards, by how much, and how sure: told only where it holds up.

For each option of each recipe field the videos that have it are compared with those that do not, after what else differs is
taken out of both (Frisch and Waugh 1933): category, language, length and the time of watching. Errors are robust to unequal
spread (HC3, MacKinnon and White 1985). Of all comparisons together the false discovery rate is held at ``fdr`` by Benjamini
and Hochberg (1995, https://doi.org/10.1111/j.2517-6161.1995.tb02031.x). Where the choice was drawn by a policy with a logged
propensity, the evidence is randomised; else it is observational, and a better effect may have another cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from analytics.errors import InsightInputInvalid

Floats = NDArray[np.float64]

VIDEOS_LEAST = 8  # with the option, and without it; fewer say "not enough data yet"
RANDOMIZED_SHARE = (
    0.8  # of the option's videos that a policy drew, from which the evidence counts as randomised
)
FDR = 0.10
LEVEL = 0.90  # of the intervals


@dataclass(frozen=True)
class FeatureEffect:
    """One option against all others of its field. ``effect`` is a difference in reward (0–1) with its interval.

    ``sure`` says that it survives the false discovery rate; ``enough`` is false, and the numbers NaN, where too few videos
    have the option.
    """

    field: str
    option: str
    effect: float
    low: float
    high: float
    p_value: float
    videos: int
    sure: bool
    enough: bool
    evidence: Literal["randomized", "observational"]


def feature_effects(videos: pd.DataFrame, fields: Sequence[str], *, fdr: float = FDR) -> list[FeatureEffect]:
    """Effects of every option of ``fields``, surest first.

    ``videos``: one row a video with ``reward`` (its unshrunk mean), ``variance`` > 0 of that mean, ``category``, ``language``,
    ``seconds`` > 0, ``cycle`` and ``propensity`` (NaN: no policy drew it), and a column a field with its option (None unknown).
    Raises ``InsightInputInvalid`` when a column is missing.
    """
    wanted = ("reward", "variance", "category", "language", "seconds", "cycle", "propensity", *fields)
    missing = [name for name in wanted if name not in videos]
    if missing:
        raise InsightInputInvalid(f"Effects need the column {missing[0]!r}; it is missing.")
    found = [
        _compared(videos, field, option)
        for field in fields
        for option in sorted(videos[field].dropna().unique(), key=str)
    ]
    sure = _discoveries(np.array([one.p_value for one in found]), fdr)
    told = [_with_sure(one, bool(flag)) for one, flag in zip(found, sure)]
    return sorted(told, key=lambda one: (not one.enough, one.p_value))


def _compared(videos: pd.DataFrame, field: str, option: object) -> FeatureEffect:
    known = videos[videos[field].notna()]
    has = (known[field] == option).to_numpy(np.float64)
    count = int(has.sum())
    drawn = known.loc[has > 0, "propensity"].notna().mean() if count else 0.0
    evidence: Literal["randomized", "observational"] = (
        "randomized" if drawn >= RANDOMIZED_SHARE else "observational"
    )
    controls = _controls(known)
    spare = len(known) - controls.shape[1] - 1
    if min(count, len(known) - count) < VIDEOS_LEAST or spare < VIDEOS_LEAST:
        nan = float("nan")
        return FeatureEffect(field, str(option), nan, nan, nan, nan, count, False, False, evidence)
    effect, error = _partial(has, known, controls)
    half = float(stdtrit(spare, 0.5 + LEVEL / 2)) * error
    p_value = float(2 * stdtr(spare, -abs(effect) / error)) if error > 0 else 1.0
    return FeatureEffect(
        field, str(option), effect, effect - half, effect + half, p_value, count, False, True, evidence
    )


def _controls(videos: pd.DataFrame) -> Floats:
    """Columns (n, k) for what else differs; categories of few videos are one."""
    category = videos["category"].where(videos.groupby("category")["category"].transform("size") >= 5, "")
    parts = [pd.get_dummies(category), pd.get_dummies(videos["language"]), pd.get_dummies(videos["cycle"])]
    columns = [part.to_numpy(np.float64)[:, 1:] for part in parts]
    return np.column_stack([np.ones(len(videos)), *columns, np.log(videos["seconds"].to_numpy(np.float64))])


def _partial(has: Floats, videos: pd.DataFrame, controls: Floats) -> tuple[float, float]:
    """The option's coefficient and its HC3 error, each video weighted by how much its reward is known."""
    y, variance = videos["reward"].to_numpy(np.float64), videos["variance"].to_numpy(np.float64)
    between = max(float(np.var(y) - variance.mean()), 0.1 * float(np.var(y)))
    w = np.sqrt(1.0 / (variance + between))
    x = np.column_stack([has, controls]) * w[:, None]
    inverse = np.linalg.pinv(x.T @ x)
    beta = inverse @ (x.T @ (y * w))
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    rest = (y * w - x @ beta) / np.maximum(1 - leverage, 0.05)
    side = inverse[0] @ x.T
    return float(beta[0]), float(np.sqrt(((side * rest) ** 2).sum()))


def _discoveries(p_values: Floats, fdr: float) -> NDArray[np.bool_]:
    """Benjamini–Hochberg over the p-values that are numbers."""
    sure = np.zeros(len(p_values), np.bool_)
    known = np.flatnonzero(np.isfinite(p_values))
    order = known[np.argsort(p_values[known])]
    passed = np.flatnonzero(p_values[order] <= fdr * (1 + np.arange(len(order))) / max(len(order), 1))
    if len(passed):
        sure[order[: passed[-1] + 1]] = True
    return sure


def _with_sure(one: FeatureEffect, sure: bool) -> FeatureEffect:
    return FeatureEffect(
        one.field,
        one.option,
        one.effect,
        one.low,
        one.high,
        one.p_value,
        one.videos,
        sure,
        one.enough,
        one.evidence,
    )
