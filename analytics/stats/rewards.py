"""The reward: how well a video held its audience, in [0, 1], fair to length, slot, audience and sample size.

A view's score is the share of views that it beats after five corrections, each for a reason that is not the video's doing:

1. *Length*: watch time becomes its quantile among views of videos of like length (``DurationCorrection``); what is left of a
   link between score and length is taken out at the end.
2. *Signals*: quantile, completion, replay, comment, share, follow and skip are weighted by what foretells likes and "not
   interested" of the same view, fitted jointly on both, pulled to weights of plain sense where such feedback is rare. A like
   or a refusal then adds its own.
3. *Slot*: later slots are watched less; the effect is estimated within videos.
4. *Viewer*: some watch everything; a viewer's own mean, shrunk, is taken out.
5. *Exposure*: views count inversely to the logged probability of their slot, capped, so that a video which was only shown to
   its fans is not taken for one that everybody likes.

A video's reward is the weighted mean of its views' scores, shrunk to the mean of all by empirical Bayes (Morris 1983,
https://doi.org/10.1080/01621459.1983.10477920), with a 95 % interval.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, ndtri

from analytics.errors import RewardInputInvalid
from recommender.ml.engagement.duration import DurationCorrection

Floats = NDArray[np.float64]

SIGNALS = ("quantile", "high_quantile", "completed", "replayed", "commented", "shared", "followed", "skipped")
SENSE = np.array([3.0, 2.0, 0.4, 0.6, 0.8, 1.5, 1.5, -0.6])  # weights (log odds) before any feedback is known
TRUST = np.array([1.0, 1.0, 0.5, 0.5, 0.5, 0.7, 0.7, 0.5])  # how far feedback may move them, one deviation
LIKED, REFUSED = 2.0, -4.0  # what a like, and a "not interested" or report, add to a view's log odds
WEIGHT_MOST = 10.0  # cap of the inverse propensity, in multiples of its median
POSITIONS = 20
SLOT_PULL, VIEWER_PULL = 200.0, 8.0  # views' worth of pull to no effect
LENGTH_BUCKETS, LENGTH_PULL = 12, 80.0
COLUMNS = ("viewer", "video", "watch_seconds", "duration_seconds")
OPTIONAL = ("position", "propensity", "completed", "loops", "liked", "commented", "shared", "followed", "skipped", "refused")  # fmt: skip


@dataclass(frozen=True)
class RewardTable:
    """``scores`` (n,) of the views given, in their order, with their ``weights`` (n,); ``videos`` a row a video.

    ``videos``: index video; ``reward`` in [0, 1] shrunk, ``low`` and ``high`` (95 %), ``mean`` unshrunk, ``variance`` of that
    mean, ``views`` and ``effective`` (views' worth of information after weighting).
    """

    scores: Floats
    weights: Floats
    videos: pd.DataFrame
    signal_weights: dict[str, float] = field(default_factory=dict)


def reward(views: pd.DataFrame) -> RewardTable:
    """Rewards of all videos in ``views``, a row a view.

    Columns: ``viewer``, ``video``, ``watch_seconds`` ≥ 0, ``duration_seconds`` > 0; if there, ``position`` (slot from 0, NaN
    unknown), ``propensity`` in (0, 1] (NaN: not drawn, counts as 1), ``loops`` ≥ 0 and the booleans ``completed``, ``liked``,
    ``commented``, ``shared``, ``followed``, ``skipped``, ``refused`` (not interested or reported). Missing ones never happened.
    Raises ``RewardInputInvalid`` for an empty frame, a missing column, or a propensity outside (0, 1].
    """
    from scipy.stats import rankdata  # a second of a start: only who reckons rewards loads it

    given = _checked(views)
    signals = _signals(given)
    weights = _signal_weights(signals, given["liked"].to_numpy(bool), given["refused"].to_numpy(bool))
    odds = signals @ weights + LIKED * given["liked"].to_numpy() + REFUSED * given["refused"].to_numpy()
    score = (rankdata(odds) - 0.5) / len(odds)
    score = score - _slot_effect(given, score)
    exposure = _exposure_weights(given["propensity"].to_numpy(np.float64))
    score = score - _viewer_effect(given, score)
    score = np.clip(_length_neutral(score, given["duration_seconds"].to_numpy(np.float64)), 0.0, 1.0)
    return RewardTable(
        score, exposure, videos_rewarded(given["video"], score, exposure),
        dict(zip(SIGNALS, np.round(weights, 4).tolist())),
    )  # fmt: skip


def _checked(views: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in COLUMNS if name not in views]
    if missing or views.empty:
        raise RewardInputInvalid(
            f"A reward needs views with {', '.join(COLUMNS)}; "
            + (f"{missing[0]} is missing." if missing else "there is none yet. Wait for viewers.")
        )
    given = views.reset_index(drop=True).copy()
    for name in OPTIONAL:
        if name not in given:
            given[name] = np.nan if name in ("position", "propensity") else 0
    flags = [name for name in OPTIONAL if name not in ("position", "propensity")]
    given[flags] = given[flags].astype(np.float64)
    propensity = given["propensity"].astype(np.float64).fillna(1.0)
    if (propensity <= 0).any() or (propensity > 1).any():
        raise RewardInputInvalid("A propensity must lie in (0, 1].", field="propensity")
    given["propensity"] = propensity
    return given


def _signals(given: pd.DataFrame) -> Floats:
    """(n, signals); completion and skip less what is usual at the length, so that no length is favored."""
    correction = DurationCorrection().fit(given[["watch_seconds", "duration_seconds"]])
    quantile = correction.transform(given["watch_seconds"], given["duration_seconds"])
    duration = given["duration_seconds"].to_numpy(np.float64)
    columns = [quantile - 0.5, np.maximum(quantile - 0.7, 0.0)]
    for name in SIGNALS[2:]:
        raw = given["loops"] if name == "replayed" else given[name]
        flag = np.minimum(raw.to_numpy(np.float64), 1.0)
        columns.append(flag - _usual(flag, duration))
    return np.stack(columns, axis=1)


def _signal_weights(x: Floats, liked: NDArray[np.bool_], refused: NDArray[np.bool_]) -> Floats:
    """Weights (signals,) under which the log odds rise with likes and fall with refusals: MAP around ``SENSE``."""

    def loss(parameters: Floats) -> tuple[float, Floats]:
        w, for_like, for_refusal = parameters[:-2], parameters[-2], parameters[-1]
        score = x @ w
        up, down = score + for_like, -score + for_refusal
        value = -np.where(liked, log_expit(up), log_expit(-up)).sum()
        value -= np.where(refused, log_expit(down), log_expit(-down)).sum()
        e_up, e_down = expit(up) - liked, expit(down) - refused
        pull = (w - SENSE) / TRUST**2
        gradient = np.concatenate([x.T @ (e_up - e_down) + pull, [e_up.sum(), e_down.sum()]])
        return float(value + 0.5 * (pull * (w - SENSE)).sum()), gradient

    start = np.concatenate([SENSE, [-5.0, -7.0]])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return np.asarray(found.x[:-2], np.float64)


def _usual(values: Floats, duration: Floats) -> Floats:
    """The mean of ``values`` at each row's length: bucket means over log duration, shrunk and interpolated."""
    logs = np.log(duration)
    if len(logs) < 2 * LENGTH_BUCKETS or np.ptp(logs) < 1e-9:
        return np.full(len(values), float(values.mean()))
    edges = np.unique(np.quantile(logs, np.linspace(0, 1, LENGTH_BUCKETS + 1)))
    bucket = np.clip(np.searchsorted(edges, logs, side="right") - 1, 0, max(len(edges) - 2, 0))
    count = np.bincount(bucket)
    mean = (np.bincount(bucket, values) + LENGTH_PULL * values.mean()) / (count + LENGTH_PULL)
    center = np.bincount(bucket, logs) / np.maximum(count, 1)
    seen = count > 0
    return np.asarray(np.interp(logs, center[seen], mean[seen]))


def _length_neutral(score: Floats, duration: Floats) -> Floats:
    return np.asarray(score - _usual(score, duration) + score.mean())


def _slot_effect(given: pd.DataFrame, score: Floats) -> Floats:
    """How much the slot alone moves a score: means by slot of what is left after each video's own mean."""
    position = given["position"].to_numpy(np.float64)
    known = np.isfinite(position)
    if not known.any():
        return np.zeros(len(score))
    slot = np.where(known, np.minimum(np.nan_to_num(position), POSITIONS - 1), 0).astype(np.int64)
    _, video = np.unique(given["video"].to_numpy(), return_inverse=True)
    effect = np.zeros(POSITIONS)
    for _ in range(3):  # videos' means without the slots, slots' means without the videos
        rest = score - np.where(known, effect[slot], 0.0)
        own = np.bincount(video, rest) / np.bincount(video)
        left = (score - own[video])[known]
        effect = np.bincount(slot[known], left, POSITIONS) / (
            np.bincount(slot[known], minlength=POSITIONS) + SLOT_PULL
        )
    shown = effect[slot[known]].mean()
    return np.where(known, effect[slot] - shown, 0.0)


def _viewer_effect(given: pd.DataFrame, score: Floats) -> Floats:
    _, viewer = np.unique(given["viewer"].to_numpy(), return_inverse=True)
    _, video = np.unique(given["video"].to_numpy(), return_inverse=True)
    own = np.bincount(video, score) / np.bincount(video)
    rest = score - own[video]
    return np.asarray((np.bincount(viewer, rest) / (np.bincount(viewer) + VIEWER_PULL))[viewer])


def _exposure_weights(propensity: Floats) -> Floats:
    """Inverse propensities, capped, of mean 1: few views must not speak for all."""
    inverse = 1.0 / propensity
    capped = np.minimum(inverse, WEIGHT_MOST * np.median(inverse))
    return np.asarray(capped / capped.mean())


def videos_rewarded(video: pd.Series, score: Floats, weights: Floats) -> pd.DataFrame:
    """Weighted means by video, shrunk by empirical Bayes, with 95 % intervals; see ``RewardTable.videos``."""
    ids, place = np.unique(video.to_numpy(), return_inverse=True)
    total, square = np.bincount(place, weights), np.bincount(place, weights**2)
    mean = np.bincount(place, weights * score) / total
    within = float((weights * (score - mean[place]) ** 2).sum() / max(weights.sum() - len(ids), 1.0))
    effective = total**2 / square
    variance = max(within, 1e-6) / effective
    center, between = _between(mean, variance)
    kept = between / (between + variance)
    shrunk = center + kept * (mean - center)
    half = ndtri(0.975) * np.sqrt(kept * variance)
    return pd.DataFrame(
        {
            "reward": np.clip(shrunk, 0, 1),
            "low": np.clip(shrunk - half, 0, 1),
            "high": np.clip(shrunk + half, 0, 1),
            "mean": mean,
            "variance": variance,
            "views": np.bincount(place),
            "effective": effective,
        },
        index=pd.Index(ids, name="video"),
    )


def _between(mean: Floats, variance: Floats) -> tuple[float, float]:
    """Center and variance of the videos' true means (DerSimonian and Laird 1986)."""
    w = 1.0 / variance
    center = float((w * mean).sum() / w.sum())
    q = float((w * (mean - center) ** 2).sum())
    spare = float(w.sum() - (w**2).sum() / w.sum())
    between = max(0.0, (q - (len(mean) - 1)) / spare) if spare > 0 else 0.0
    w = 1.0 / (variance + between)
    return float((w * mean).sum() / w.sum()), between
