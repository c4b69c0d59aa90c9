"""The videos of each arm with the rewards that the canary compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.stats.policy.canary import CanaryArm
from analytics.stats.policy.observations import PolicyDataset, tastes_of
from analytics.stats.policy.segments import SegmentViews, membership_of

Floats = NDArray[np.float64]

VIEWS_LEAST = 3.0  # effective views of the segment that a video needs to count


POLICY_ARMS, BASELINE_ARMS = ("canary", "production"), ("holdout", "none")


@dataclass(frozen=True)
class CanaryArms:
    """The open canary's videos, those made beside them as before; of each former cycle with the same production (candidate,
    production); and of each cycle (by policies, without one)."""

    candidate: CanaryArm
    production: CanaryArm
    earlier: list[tuple[CanaryArm, CanaryArm]]
    against_baseline: list[tuple[CanaryArm, CanaryArm]]


def canary_arms(
    dataset: PolicyDataset,
    videos: pd.DataFrame,
    segments: Mapping[str, Any],
    *,
    cycle: int,
    production: int | None,
) -> CanaryArms:
    """``videos`` indexed by video with ``cycle`` (in which it was made), ``arm``, ``version``, ``segment``, ``category``.

    ``production`` is the version that serves, ``None`` where none does: then what was made without a policy stands beside.

    A video counts by the viewers of the segment it was made for (``segment`` −1: all). Who belongs to which is judged by
    views of other cycles' videos only, so that liking a video does not put its viewer into its segment.
    """
    watched = set(dataset.video_ids.tolist())
    known = videos.loc[[video for video in videos.index if video in watched]]
    rewards: dict[int, list[tuple[float, float]]] = {}
    for _, made in known.groupby("cycle"):
        own = set(made.index)
        rewards |= {
            video: kept for video, kept in _by_segment(dataset, own, segments).items() if video in own
        }
    frame = _category_free(rewards, known)
    now = frame[frame["cycle"] == cycle]
    cycles = [rows for _, rows in frame.groupby("cycle")]
    former = [rows for number, rows in frame.groupby("cycle") if number < cycle]
    return CanaryArms(
        _arm(now, ("canary",)),
        _beside(now, production),
        [(_arm(rows, ("canary",)), _beside(rows, production)) for rows in former],
        [(_arm(rows, POLICY_ARMS), _arm(rows, BASELINE_ARMS)) for rows in cycles],
    )


def _beside(frame: pd.DataFrame, production: int | None) -> CanaryArm:
    """What stands beside a candidate: videos of the version that serves, or made without one."""
    if production is None:
        return _arm(frame, BASELINE_ARMS)
    return _arm(frame[frame["version"] == production], ("production",))


def _arm(frame: pd.DataFrame, names: tuple[str, ...]) -> CanaryArm:
    rows = frame[frame["arm"].isin(names)]
    return CanaryArm(rows["reward"].to_numpy(np.float64), rows["variance"].to_numpy(np.float64))


def _by_segment(
    dataset: PolicyDataset, judged: set[int], segments: Mapping[str, Any]
) -> dict[int, list[tuple[float, float]]]:
    """video → (mean, variance) over all viewers first, then by segment."""
    shares = np.array(segments.get("shares", [1.0]))
    members = np.ones((len(dataset.viewers), 1))
    if len(shares) > 1:
        members = _members(dataset, judged, segments, shares)
    columns = [np.ones(len(dataset.views.viewer)), *members[dataset.views.viewer].T]
    within = float(np.median(dataset.rewards.videos["variance"] * dataset.rewards.videos["effective"]))
    place, count = dataset.views.video, len(dataset.video_ids)
    parts = []
    for column in columns:
        w = dataset.rewards.weights * column
        total, square = np.bincount(place, w, count), np.bincount(place, w**2, count)
        with np.errstate(invalid="ignore", divide="ignore"):
            effective = np.minimum(total**2 / square, np.bincount(place, column, count))
            mean = np.bincount(place, w * dataset.rewards.scores, count) / total
        parts.append((mean, np.where(effective >= VIEWS_LEAST, within / effective, np.nan)))
    return {
        int(video): [(float(mean[i]), float(variance[i])) for mean, variance in parts]
        for i, video in enumerate(dataset.video_ids)
    }


def _members(dataset: PolicyDataset, judged: set[int], segments: Mapping[str, Any], shares: Floats) -> Floats:
    views = dataset.views
    others = ~np.isin(dataset.video_ids[views.video], list(judged))
    rest = SegmentViews(views.viewer[others], views.video[others], views.score[others], views.weight[others])
    tastes = tastes_of(segments, dataset.categories, dataset.features.shape[1])
    return membership_of(rest, dataset.features, tastes, shares, viewers=len(dataset.viewers))


def _category_free(rewards: Mapping[int, list[tuple[float, float]]], videos: pd.DataFrame) -> pd.DataFrame:
    """One row a video: arm, version, reward less its category's (shrunk) mean, variance."""
    rows = []
    names = ("arm", "version", "segment", "category", "cycle")
    for video, arm, version, segment, category, cycle in zip(videos.index, *(videos[name] for name in names)):
        kept = rewards[int(video)]
        mean, variance = kept[segment + 1] if segment + 1 < len(kept) else kept[0]
        if np.isfinite(variance):
            rows.append((arm, version, category, cycle, mean, variance))
    frame = pd.DataFrame(rows, columns=["arm", "version", "category", "cycle", "reward", "variance"])
    if frame.empty:
        return frame
    # the same for all arms, so no arm is favored
    whole = frame["reward"].mean()
    grouped = frame.groupby("category")["reward"]
    size, mean = grouped.transform("size"), grouped.transform("mean")
    frame["reward"] -= (mean - whole) * size / (size + 4.0)
    return frame
