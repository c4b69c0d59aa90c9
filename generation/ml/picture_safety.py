"""Does a picture break a policy? Logistic regressions on a fixed network's features, one a policy, learned from decisions.

EfficientNet-lite0 sees a picture as 1,280 numbers; nothing of the network is trained here, so a few hundred decisions
are enough. A folder holds ``model.json`` and ``weights.npz``: numbers and no code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.files import atomic_path

FORMAT = 1
NETWORK, SIDE, WIDTH = "lite0", 224, 1280
STRENGTH = 0.003  # C of each regression, over features of unit variance
Features = NDArray[np.float32]  # (n, WIDTH)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PictureHead:
    """One policy: ``weights`` (WIDTH + 1,), the last is the bias; a score from ``threshold`` on breaks it."""

    weights: Floats
    threshold: float


@dataclass(frozen=True)
class PictureSafetyModel:
    """Policy → head; the others it knows nothing of."""

    heads: Mapping[str, PictureHead]
    facts: Mapping[str, Any]

    def scores(self, features: Features) -> dict[str, Floats]:
        """Policy → probabilities (n,) of "breaks it"."""
        return {policy: scored(head.weights, features) for policy, head in self.heads.items()}

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        kept: dict[str, Any] = {
            policy: head.weights.astype(np.float32) for policy, head in self.heads.items()
        }
        with atomic_path(folder / "weights.npz") as place, place.open("wb") as file:
            np.savez_compressed(file, **kept)
        told = {
            "format": FORMAT,
            "network": NETWORK,
            "thresholds": {policy: head.threshold for policy, head in self.heads.items()},
            "facts": dict(self.facts),
        }
        with atomic_path(folder / "model.json") as place:
            place.write_text(json.dumps(told, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> PictureSafetyModel:
        """Raises ``OSError``, ``KeyError`` or ``ValueError`` for a folder that holds no such model, ``BadZipFile`` for torn weights."""
        told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if told.get("format") != FORMAT or told.get("network") != NETWORK:
            raise ValueError(f"{folder.name} holds no picture classifier of format {FORMAT} on {NETWORK}.")
        with np.load(folder / "weights.npz", allow_pickle=False) as kept:
            heads = {
                policy: PictureHead(kept[policy].astype(np.float64), float(line))
                for policy, line in told["thresholds"].items()
            }
        if any(head.weights.shape != (WIDTH + 1,) for head in heads.values()):
            raise ValueError(f"{folder.name} holds weights of another shape.")
        return cls(heads, told["facts"])


def pictures_seen(pictures: Sequence[NDArray[np.uint8]]) -> Features:
    """Features (n, WIDTH) of pictures (h, w, 3) of any size. Raises ``AssetMissing`` where set-up brought no network."""
    if not pictures:
        return np.zeros((0, WIDTH), np.float32)
    from generation.ml.fidelity import features_of  # it brings torch

    return features_of(np.stack([_fitted(picture) for picture in pictures]), NETWORK, side=SIDE)


def _fitted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    small = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small, np.uint8)


def fitted_weights(features: Features, truth: NDArray[np.bool_], weight: Floats) -> Floats:
    """One regression (WIDTH + 1,) of rows with their weights; both answers must be among ``truth``.

    The rows are copied once and stay single floats: half the memory, and as exact as the features are.
    """
    from sklearn.linear_model import LogisticRegression

    mean = features.mean(axis=0, dtype=np.float64)
    rows = np.subtract(features, mean, dtype=np.float32, casting="same_kind")
    squares = np.einsum("nd,nd->d", rows, rows, dtype=np.float64)
    spread = np.maximum(np.sqrt(squares / len(rows)), 1e-6)
    rows /= spread.astype(np.float32)
    regression = LogisticRegression(C=STRENGTH, max_iter=500)
    regression.fit(rows, truth, sample_weight=weight)
    weights = regression.coef_[0].astype(np.float64) / spread
    return np.append(weights, float(regression.intercept_[0]) - mean @ weights)


def scored(weights: Floats, features: Features) -> Floats:
    logits = features.astype(np.float64) @ weights[:-1] + weights[-1]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))), np.float64)
