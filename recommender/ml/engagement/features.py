"""What is known of a viewer and a candidate before it is shown, as columns, and the blend used until data has spoken.

| feature | unit and range | missing (NaN) means |
|---|---|---|
| sequence, items, content, trending | score of that candidate source, 0–1 within the request; 0: not proposed | the source is off |
| followed | 1 if the viewer follows the creator, else 0 | anonymous and never followed |
| taste | expected reaction by the session's taste, −1–1 (``cold_start.py``) | no reaction yet |
| hope | chance of a better than neutral reaction: quality and taste, each by how much is known, times language, 0–1 | no reaction yet |
| similarity | largest cosine to what was recently liked, −1–1 | nothing liked |
| creator_affinity | mean reaction to this creator's videos, −1–1 | none seen |
| quality | mean reward of the video, shrunken to the site's mean, 0–1 | never shown |
| popularity | decayed reactions relative to the most popular now, 0–1 | never shown |
| age_hours | since publishing, ≥ 0 | – |
| duration_seconds | > 0 | – |
| same_language | 1 if the video speaks a language of the viewer | unknown |
| history | reactions of this viewer so far, count | – |
| hour | hour of the day at the viewer, 0–24 | unknown |
| position | slot of the page from 0: known when learning, always 0 when predicting | – |

Position is a feature while learning so that being on top is not mistaken for being good, and is held at the first slot
when predicting (Zhao et al. 2019, "Recommending what video to watch next", https://doi.org/10.1145/3298689.3346997).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from recommender.errors import RankingInputInvalid

Floats = NDArray[np.float64]

SOURCES = ("sequence", "items", "content", "trending", "followed")
FEATURES = (
    *SOURCES,
    "taste",
    "hope",
    "similarity",
    "creator_affinity",
    "quality",
    "popularity",
    "age_hours",
    "duration_seconds",
    "same_language",
    "history",
    "hour",
    "position",
)
HEADS = ("watch", "like", "share", "skip")

# The prior blend. A source that the offline comparison ranks higher speaks louder; what the viewer just did speaks
# louder than what everybody does. Each is a weight of a mean in [0, 1], so a missing part leaves the others' balance.
PRIOR_WEIGHTS = {
    "sequence": 1.0,
    "taste": 0.8,
    "items": 0.8,
    "quality": 0.8,
    "content": 0.6,
    "similarity": 0.5,
    "creator_affinity": 0.5,
    "followed": 0.4,
    "trending": 0.4,
    "popularity": 0.2,
    "same_language": 0.5,
}
SIGNED = ("taste", "similarity", "creator_affinity")  # −1–1, taken to 0–1 for the mean
PRIOR_RATES = {
    "watch": 0.5,
    "like": 0.05,
    "share": 0.01,
    "skip": 0.35,
}  # of an average video, before any data
PRIOR_SLOPES = {
    "watch": 4.0,
    "like": 4.0,
    "share": 4.0,
    "skip": -4.0,
}  # log-odds from the worst to the best mean


def matrix(features: Mapping[str, ArrayLike], *, serving: bool) -> Floats:
    """Columns in the order of ``FEATURES`` (n, len(FEATURES)); one that is absent is missing everywhere.

    With ``serving`` the position is 0 for all.
    """
    given = {name: np.asarray(features[name], np.float64) for name in FEATURES if name in features}
    if not given:
        raise RankingInputInvalid(f"No known feature came; give some of {', '.join(FEATURES)}.")
    n = len(next(iter(given.values())))
    table = np.full((n, len(FEATURES)), np.nan)
    for name, values in given.items():
        if values.shape != (n,):
            raise RankingInputInvalid(
                f"Feature {name} has shape {values.shape}, the others have {n} rows.", field=name
            )
        table[:, FEATURES.index(name)] = values
    table[np.isinf(table)] = np.nan
    if serving:
        table[:, FEATURES.index("position")] = 0.0
    return table


def prior_strength(table: Floats) -> Floats:
    """Weighted mean (n,) in [0, 1] of what speaks for each candidate; ½ where nothing is known."""
    values = table[:, _PLACES]
    known = ~np.isnan(values)
    scaled = np.clip(values * _SCALE + _SHIFT, 0.0, 1.0)
    top = np.where(known, scaled, 0.0) @ _WEIGHTS
    bottom = known @ _WEIGHTS
    return np.asarray(np.divide(top, bottom, out=np.full(len(table), 0.5), where=bottom > 0))


_PLACES = np.array([FEATURES.index(name) for name in PRIOR_WEIGHTS])
_WEIGHTS = np.array(list(PRIOR_WEIGHTS.values()))
_SCALE = np.array([0.5 if name in SIGNED else 1.0 for name in PRIOR_WEIGHTS])
_SHIFT = np.array([0.5 if name in SIGNED else 0.0 for name in PRIOR_WEIGHTS])


def prior_of(strength: Floats, head: str) -> Floats:
    """The prior blend's probability (n,) of one head, from ``prior_strength`` (n,)."""
    return np.asarray(expit(logit(PRIOR_RATES[head]) + PRIOR_SLOPES[head] * (strength - 0.5)))


def design(table: Floats) -> Floats:
    """The table as columns a linear rule can use (n, m): logarithms, the clock as a circle, and the prior's own mean."""
    columns = dict(zip(FEATURES, table.T, strict=True))
    angle = columns.pop("hour") / 24 * 2 * np.pi
    for name in ("age_hours", "duration_seconds", "history", "position"):
        columns[name] = np.log1p(np.maximum(columns[name], 0.0))
    return np.column_stack([*columns.values(), np.sin(angle), np.cos(angle), prior_strength(table)])
