"""Audience segments: viewers whose tastes differ, found from what they did, never from who they are.

A viewer's scores, less the video's and the viewer's own mean, are regressed on the recipe's options and the category. The
regressions are a mixture (Quandt 1972; DeSarbo and Cron 1988, "A maximum likelihood methodology for clusterwise linear
regression", https://doi.org/10.1007/BF01897167): each segment has weights of its own, each viewer a probability for each
segment. A further segment is kept only where it foretells views that it was not fitted on, so noise finds one segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEGMENTS_MOST = 4
RIDGE = 30.0  # views' worth of pull to zero
STEPS = 20
STARTS = 3
SURE = 2.6  # standard errors by which held-out views must be foretold better
VIEWERS_LEAST = 40
SHARE_LEAST = 0.08  # a segment smaller than this is not kept
VIDEO_PULL = 10.0  # views' worth of pull of a video's mean to the whole's


@dataclass(frozen=True)
class SegmentViews:
    """Views in order of time: ``viewer`` (n,) and ``video`` (n,) from 0, ``score`` (n,), ``weight`` (n,) in (0, 1]."""

    viewer: Ints
    video: Ints
    score: Floats
    weight: Floats


@dataclass(frozen=True)
class AudienceSegments:
    """``membership`` (viewers, K) sums to 1 a row; ``tastes`` (K, features); ``shares`` (K,)."""

    membership: Floats
    tastes: Floats
    shares: Floats
    gain: float  # held-out log-likelihood a view over one segment
    error: float  # its standard error

    @property
    def count(self) -> int:
        return len(self.shares)

    def numbered_as(self, tastes: Floats) -> AudienceSegments:
        """The same segments, each with the number of the one most like it among ``tastes`` (K', features); new ones last.

        A video made for segment 1 of one policy must not be judged by the viewers that another one calls segment 0.
        """
        if self.count < 2 or len(tastes) < 2:
            return self
        unit = [
            t / np.maximum(np.linalg.norm(t, axis=1, keepdims=True), 1e-12) for t in (tastes, self.tastes)
        ]
        before, now = linear_sum_assignment(-unit[0] @ unit[1].T)
        order = [*now[np.argsort(before)], *sorted(set(range(self.count)) - set(now.tolist()))]
        return AudienceSegments(
            self.membership[:, order], self.tastes[order], self.shares[order], self.gain, self.error
        )


def features_of(codes: Ints, category: Ints, sizes: tuple[int, ...], categories: int) -> Floats:
    """One-hot options and categories of each video (videos, features), centered by column."""
    columns = []
    for f, size in enumerate((*sizes, categories)):
        values = codes[:, f] if f < len(sizes) else category
        one = np.zeros((len(codes), size))
        known = values >= 0
        one[np.flatnonzero(known), values[known]] = 1.0
        columns.append(one)
    x = np.concatenate(columns, axis=1)
    return np.asarray(x - x.mean(axis=0))


def segments_found(views: SegmentViews, x: Floats, *, viewers: int, seed: int) -> AudienceSegments:
    """As many segments as held-out views support, one at least; ``x`` (videos, features) as ``features_of`` makes it."""
    y = _residuals(views, len(x), viewers)
    whole = AudienceSegments(np.ones((viewers, 1)), np.zeros((1, x.shape[1])), np.ones(1), 0.0, 0.0)
    if len(np.unique(views.viewer)) < VIEWERS_LEAST or len(views.score) < 4 * viewers // 2:
        return whole
    order = np.arange(len(y))
    rank = _rank_within(views.viewer)
    train, test = order[rank % 2 == 0], order[rank % 2 == 1]
    best, best_gain, best_error = 1, 0.0, 0.0
    for count in range(2, SEGMENTS_MOST + 1):
        gains = _held_out(views, x, y, train, test, count=count, viewers=viewers, seed=seed)
        mean, error = float(gains.mean()), float(gains.std() / np.sqrt(max(len(gains), 1)))
        if mean - SURE * error <= 0 or (best > 1 and mean - best_gain <= max(error, best_error)):
            break
        best, best_gain, best_error = count, mean, error
    if best == 1:
        return whole
    membership, tastes = _fitted(views, x, y, order, count=best, viewers=viewers, seed=seed)
    shares = membership.mean(axis=0)
    keep = shares >= SHARE_LEAST
    if keep.sum() < 2:
        return whole
    membership = membership[:, keep] / membership[:, keep].sum(axis=1, keepdims=True)
    return AudienceSegments(membership, tastes[keep], membership.mean(axis=0), best_gain, best_error)


def membership_of(views: SegmentViews, x: Floats, tastes: Floats, shares: Floats, *, viewers: int) -> Floats:
    """(viewers, K): how likely each viewer belongs to segments whose ``tastes`` (K, features) are known."""
    logs = np.tile(np.log(np.maximum(shares, 1e-6)), (viewers, 1))
    if len(views.score) and len(shares) > 1:
        y = _residuals(views, len(x), viewers)
        variance = max(float(np.average(y**2, weights=views.weight)), 1e-6)
        error = (y[:, None] - x[views.video] @ tastes.T) ** 2
        np.add.at(logs, views.viewer, -0.5 * views.weight[:, None] * error / variance)
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _residuals(views: SegmentViews, videos: int, viewers: int) -> Floats:
    """Scores less the videos' and the viewers' means, both shrunk."""
    base = float(np.average(views.score, weights=views.weight))
    rest = views.score - base
    count = np.bincount(views.video, views.weight, videos)
    rest = rest - (np.bincount(views.video, views.weight * rest, videos) / (count + VIDEO_PULL))[views.video]
    count = np.bincount(views.viewer, views.weight, viewers)
    return np.asarray(
        rest - (np.bincount(views.viewer, views.weight * rest, viewers) / (count + VIDEO_PULL))[views.viewer]
    )


def _rank_within(group: Ints) -> Ints:
    """The running number of each row within its group."""
    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, sorted_group)
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - first
    return rank


def _fitted(
    views: SegmentViews, x: Floats, y: Floats, rows: Ints, *, count: int, viewers: int, seed: int
) -> tuple[Floats, Floats]:
    """The likeliest of several starts: membership (viewers, K) and tastes (K, features)."""
    rng = np.random.default_rng([seed, count, 77])
    video, viewer, weight, z = views.video[rows], views.viewer[rows], views.weight[rows], y[rows]
    # a view's statistics are those of its video, so products are summed by (viewer, video) through the video's features
    vectors = np.zeros((viewers, x.shape[1]))
    np.add.at(vectors, viewer, (weight * z)[:, None] * x[video])
    best: tuple[float, Floats, Floats] | None = None
    for start in range(STARTS):
        membership = _start(vectors, count, rng if start else np.random.default_rng(seed), start)
        variance = float(np.average(z**2, weights=weight))
        tastes, likelihood = np.zeros((count, x.shape[1])), -np.inf
        for _ in range(STEPS):
            tastes = np.stack(
                [_ridge(x, video, weight * membership[viewer, k], z, len(x)) for k in range(count)]
            )
            error = (z[:, None] - x[video] @ tastes.T) ** 2
            logs = np.zeros((viewers, count))
            np.add.at(logs, viewer, -0.5 * weight[:, None] * error / variance)
            logs += np.log(np.maximum(membership.mean(axis=0), 1e-6))
            top = logs.max(axis=1, keepdims=True)
            raised = np.exp(logs - top)
            membership = raised / raised.sum(axis=1, keepdims=True)
            likelihood = float((top[:, 0] + np.log(raised.sum(axis=1))).sum())
            variance = float(np.average((error * membership[viewer]).sum(axis=1), weights=weight))
        if best is None or likelihood > best[0]:
            best = (likelihood, membership, tastes)
    assert best is not None
    return best[1], best[2]


def _start(vectors: Floats, count: int, rng: np.random.Generator, start: int) -> Floats:
    """First memberships: along the strongest directions of the viewers' vectors, later starts at random mixtures of them."""
    centered = vectors - vectors.mean(axis=0)
    u, s, _ = np.linalg.svd(centered, full_matrices=False)
    kept = u[:, : max(count - 1, 1) + start] * s[: max(count - 1, 1) + start]
    if count == 2 and start == 0:
        chosen = (kept[:, 0] > 0).astype(np.int64)
    else:
        middles = kept[rng.choice(len(kept), size=count, replace=False)]
        for _ in range(8):
            chosen = ((kept[:, None, :] - middles[None]) ** 2).sum(axis=2).argmin(axis=1)
            middles = np.stack(
                [
                    kept[chosen == k].mean(axis=0) if (chosen == k).any() else kept[rng.integers(len(kept))]
                    for k in range(count)
                ]
            )
    soft = np.full((len(vectors), count), 0.2 / count)
    soft[np.arange(len(vectors)), chosen] += 0.8
    return soft


def _ridge(x: Floats, video: Ints, weight: Floats, z: Floats, videos: int) -> Floats:
    total = np.bincount(video, weight, videos)
    target = np.bincount(video, weight * z, videos)
    gram = (x * total[:, None]).T @ x
    gram[np.diag_indices(len(gram))] += RIDGE
    return np.asarray(np.linalg.solve(gram, x.T @ target))


def _held_out(
    views: SegmentViews, x: Floats, y: Floats, train: Ints, test: Ints, *, count: int, viewers: int, seed: int
) -> Floats:
    """Log-likelihood gained over one segment on each held-out viewer's views, membership known from the other views."""
    membership, tastes = _fitted(views, x, y, train, count=count, viewers=viewers, seed=seed)
    viewer, video = views.viewer[test], views.video[test]
    variance = float(np.average(y[train] ** 2, weights=views.weight[train]))
    expected = (membership[viewer] * (x[video] @ tastes.T)).sum(axis=1)
    single = x[video] @ _ridge(x, views.video[train], views.weight[train], y[train], len(x))
    gain = ((y[test] - single) ** 2 - (y[test] - expected) ** 2) / (2 * variance) * views.weight[test]
    by_viewer = np.bincount(viewer, gain, viewers)
    return np.asarray(by_viewer[np.bincount(viewer, minlength=viewers) > 0])
