"""Many small decision trees, added up to a chance: gradient boosting (Friedman 2001, doi:10.1214/aos/1013203451), read from JSON.

scikit-learn grows them (``benchmarks.topics --fit``); here they are only walked, so that no program travels with the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAF = -1  # in place of a feature
_ROWS = 512  # walked at once, so that what is looked at fits the processor's cache


@dataclass(frozen=True)
class Trees:
    """All trees side by side as (trees, nodes) arrays.

    From a node a row goes ``left`` where its ``feature`` is at most ``limit``, else ``right``; a leaf leads to itself and
    adds ``value``. ``bias`` is added once.
    """

    bias: float
    feature: NDArray[np.int64]
    limit: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]
    depth: int

    @classmethod
    def of(cls, bias: float, trees: list[list[list[float]]], columns: int) -> Trees:
        """From lists of nodes ``[feature, limit, left, right, value]``, the root first; a leaf's feature is −1.

        Raises ``ValueError`` where a node leads backwards, outside its tree, or looks at a column that is not there.
        """
        most = max(len(tree) for tree in trees)
        shape = (len(trees), most)
        feature, limit, value = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)
        left, right = np.tile(np.arange(most), (len(trees), 1)), np.tile(np.arange(most), (len(trees), 1))
        depth = 0
        for number, tree in enumerate(trees):
            depths = [0] * len(tree)
            for at, (column, border, lower, upper, own) in enumerate(tree):
                value[number, at] = own
                if column == _LEAF:
                    continue
                if not (0 <= column < columns and at < lower < len(tree) and at < upper < len(tree)):
                    raise ValueError(f"Node {at} of tree {number} leads nowhere: {tree[at]}.")
                feature[number, at], limit[number, at] = int(column), border
                left[number, at], right[number, at] = int(lower), int(upper)
                depths[int(lower)] = depths[int(upper)] = depths[at] + 1
            depth = max(depth, *depths)
        return cls(bias, feature, limit, left, right, value, depth)

    def chances(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """(rows,) in (0, 1) of a (rows, features) table."""
        parts = [self._logits(table[start : start + _ROWS]) for start in range(0, len(table), _ROWS)]
        chances: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.concatenate([np.zeros(0), *parts])))
        return chances

    def _logits(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        trees = np.arange(len(self.feature))
        rows = np.arange(len(table))[:, None]
        at = np.zeros((len(table), len(trees)), np.int64)
        for _ in range(self.depth):
            lower = table[rows, self.feature[trees, at]] <= self.limit[trees, at]
            at = np.where(lower, self.left[trees, at], self.right[trees, at])
        summed: NDArray[np.float64] = self.bias + self.value[trees, at].sum(axis=1)
        return summed


def grown(model: Any) -> dict[str, Any]:
    """What ``Trees.of`` reads, of a fitted binary ``sklearn.ensemble.HistGradientBoostingClassifier`` without missing values."""
    trees = []
    for (predictor,) in model._predictors:
        trees.append(
            [
                [_LEAF, 0, 0, 0, round(float(node["value"]), 5)]
                if node["is_leaf"]
                else [
                    int(node["feature_idx"]),
                    float(node["num_threshold"]),
                    int(node["left"]),
                    int(node["right"]),
                    0,
                ]
                for node in predictor.nodes
            ]
        )
    return {"bias": round(float(model._baseline_prediction.ravel()[0]), 5), "trees": trees}
