"""What a text means, as evidence: the sentence network's 384 numbers, and one regression over them.

From few texts it learns what holds for subjects it has not met, where runs of characters only know their own. The
network is slow (tens of milliseconds a text on one core), so training shows it a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.language.embedding import embed
from generation.language.evasion.readings import canonical

WINDOW = 64  # characters the network reads; who has a long text scores it passage by passage


@dataclass(frozen=True)
class Meaning:
    """``weights``: (385,), the last is the bias."""

    weights: NDArray[np.float64]

    @classmethod
    def fit(cls, vectors: NDArray[np.float32], truth: NDArray[np.int64], strength: float) -> Meaning:
        """Of (n, 384) unit rows and their labels."""
        from sklearn.linear_model import LogisticRegression

        mean, spread = vectors.mean(axis=0), np.maximum(vectors.std(axis=0), 1e-6)
        regression = LogisticRegression(C=strength, max_iter=500)
        regression.fit((vectors - mean) / spread, truth)
        weights = regression.coef_[0] / spread
        return cls(np.append(weights, regression.intercept_[0] - mean @ weights).astype(np.float64))

    def logits(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        told: NDArray[np.float64] = vectors @ self.weights[:-1] + self.weights[-1]
        return told


def embedded(texts: Sequence[str], *, on_disk: bool = False) -> NDArray[np.float32]:
    """(n, 384): how each text begins, in plain writing. Remembered on the disk only if asked."""
    beginnings = [canonical(text).text[:WINDOW].strip() or " " for text in texts]
    return embed(beginnings, kind="passage", on_disk=on_disk)
