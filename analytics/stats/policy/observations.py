"""From views and videos to what the policy learns from: segments of the audience, and rewards by video, segment and epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.stats.policy.model import Observations
from analytics.stats.policy.segments import AudienceSegments, SegmentViews, features_of, segments_found
from analytics.stats.policy.space import RecipeSpace
from analytics.stats.rewards import RewardTable, reward

Floats = NDArray[np.float64]

HALF_LIFE_EPOCHS = 4.0  # of a view's say in which segment its viewer belongs to
VIDEOS_LEAST, VIEWS_LEAST = 20, 200  # watched: from fewer nothing is learned
CELL_LEAST = 0.5  # effective views that a cell needs


@dataclass(frozen=True)
class PolicyDataset:
    """What one cycle learns from. ``rows`` are its observations; ``videos`` the frame given, coded.

    ``membership`` (viewers, K) belongs to ``viewers`` (viewers,), the ids in order.
    """

    rows: Observations
    rewards: RewardTable
    segments: AudienceSegments
    viewers: NDArray[np.int64]
    categories: tuple[str, ...]
    languages: tuple[str, ...]
    video_ids: NDArray[np.int64]
    video_epoch: NDArray[np.int64]  # (videos,) in which each was first watched
    features: Floats  # (videos, features) as ``features_of`` makes them
    views: SegmentViews
    epoch: NDArray[np.int64]  # of each view


def segments_document(dataset: PolicyDataset) -> dict[str, Any]:
    """What a policy keeps of the segments it was learned with, to know its viewers again."""
    return {
        "categories": list(dataset.categories),
        "tastes": np.round(dataset.segments.tastes, 6).tolist(),
        "shares": dataset.segments.shares.tolist(),
    }


def tastes_of(document: Mapping[str, Any], categories: Sequence[str], features: int) -> Floats:
    """The tastes (K, features) of a ``segments_document`` on a dataset whose categories may have become more."""
    tastes, known = np.array(document["tastes"]), document["categories"]
    options = tastes.shape[1] - len(known)
    found = np.zeros((len(tastes), features))
    found[:, :options] = tastes[:, :options]
    for old, name in enumerate(known):
        if name in categories:
            found[:, options + categories.index(name)] = tastes[:, options + old]
    return found


def dataset_of(
    views: pd.DataFrame,
    videos: pd.DataFrame,
    *,
    space: RecipeSpace,
    languages: Sequence[str],
    seed: int,
    before: Mapping[str, Any] | None = None,
) -> PolicyDataset:
    """Score the views, find the segments, and sum scores up by video, segment and epoch.

    ``views`` as ``rewards.reward`` takes them, in order of time, with ``epoch`` (the cycle it was watched in, from 1);
    ``videos`` indexed by video, with ``recipe`` (a mapping), ``category``, ``language``. ``before``: the ``segments_document``
    of what serves, whose numbers like segments keep.
    """
    table = reward(views)
    ids = table.videos.index.to_numpy(np.int64)
    known = videos.loc[ids]
    categories = tuple(sorted(set(known["category"]) - {""}))
    codes = np.array([space.encode(recipe) for recipe in known["recipe"]], dtype=np.int64).reshape(
        len(ids), -1
    )
    category = np.array([categories.index(name) if name else -1 for name in known["category"]], np.int64)
    language = np.array([languages.index(name) for name in known["language"]], np.int64)
    viewers, viewer = np.unique(views["viewer"].to_numpy(np.int64), return_inverse=True)
    video = np.searchsorted(ids, views["video"].to_numpy(np.int64))
    epoch = views["epoch"].to_numpy(np.int64)
    age = epoch.max() - epoch
    weight = 0.5 ** (age / HALF_LIFE_EPOCHS)
    features = features_of(codes, category, space.sizes, len(categories))
    watched = SegmentViews(viewer, video, table.scores, weight)
    segments = segments_found(watched, features, viewers=len(viewers), seed=seed)
    if before is not None:
        segments = segments.numbered_as(tastes_of(before, categories, features.shape[1]))
    cells = _cells(table, segments.membership[viewer], video, epoch)
    at = cells["video"].to_numpy(np.int64)
    rows = Observations(
        codes[at], category[at], language[at], cells["segment"].to_numpy(np.int64),
        cells["epoch"].to_numpy(np.int64), at, cells["y"].to_numpy(), cells["noise"].to_numpy(),
    )  # fmt: skip
    first = np.full(len(ids), epoch.max())
    np.minimum.at(first, video, epoch)
    return PolicyDataset(
        rows, table, segments, viewers, categories, tuple(languages), ids, first, features, watched, epoch
    )


def _cells(
    table: RewardTable, membership: Floats, video: NDArray[np.int64], epoch: NDArray[np.int64]
) -> pd.DataFrame:
    """Weighted mean score ``y`` and its ``noise`` variance for each video, segment and epoch that has views."""
    within = table.videos["variance"].to_numpy() * table.videos["effective"].to_numpy()
    spread = float(np.median(within))
    key, place = np.unique(np.stack([video, epoch], axis=1), axis=0, return_inverse=True)
    place = place.ravel()
    parts = []
    for segment in range(membership.shape[1]):
        w = table.weights * membership[:, segment]
        total = np.bincount(place, w, len(key))
        square = np.bincount(place, w**2, len(key))
        effective = np.divide(total**2, square, out=np.zeros_like(total), where=square > 0)
        # a view of an unsure viewer says less of a segment than its weight alone
        effective = np.minimum(effective, np.bincount(place, membership[:, segment], len(key)))
        mean = np.divide(
            np.bincount(place, w * table.scores, len(key)), total, where=total > 0, out=np.zeros_like(total)
        )
        kept = effective >= CELL_LEAST
        parts.append(
            pd.DataFrame({
                "video": key[kept, 0], "epoch": key[kept, 1], "segment": segment,
                "y": mean[kept], "noise": spread / effective[kept],
            })
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)
