"""How likely a brief asks for harm, for news of the moment or about the asker's own life: a small classifier of its words and sense.

Multinomial logistic regression over character n-grams (tf-idf) and the sense of the whole (the bank's directions of
multilingual-e5-small), fitted by ``python -m benchmarks.briefs_allowed --fit`` to briefs that people wrote for it and to the names
of the bank's own topics, which are all harmless. Its weights lie in ``reasons.json``.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.bank import meanings

WEIGHTS = Path(__file__).with_name("reasons.json")
CLASSES = ("harmless", "harmful", "timebound", "personal")
LONGEST_GRAM = 4
SENSE = 1.0  # weight of the sense beside the n-grams, whose vector has length 1 too
_LONGEST = 200  # letters of a brief that are read


@dataclass(frozen=True)
class Classifier:
    """``grams`` holds idf and a weight a class by n-gram; ``sense`` (DIMENSIONS, classes) and ``bias`` (classes,)."""

    grams: dict[str, NDArray[np.float64]]
    sense: NDArray[np.float64]
    bias: NDArray[np.float64]


def grams(text: str) -> list[str]:
    """Every run of one to four characters inside a word, the word's two ends marked by a space."""
    found = []
    for word in text[:_LONGEST].lower().split():
        padded = f" {word} "
        for size in range(1, LONGEST_GRAM + 1):
            found += [padded[i : i + size] for i in range(max(len(padded) - size + 1, 1))]
    return found


@lru_cache(maxsize=1)
def fitted() -> Classifier:
    """The classifier of the file."""
    raw: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return Classifier(
        {gram: np.array(row) for gram, row in raw["grams"].items()},
        np.array(raw["sense"]),
        np.array(raw["bias"]),
    )


def chances(text: str) -> dict[str, float]:
    """The chance of each class; they sum to 1."""
    model = fitted()
    counts = Counter(gram for gram in grams(text) if gram in model.grams)
    scores = model.bias + SENSE * (meanings.row_of(text[:_LONGEST]) @ model.sense)
    values = {gram: (1 + math.log(count)) * model.grams[gram][0] for gram, count in counts.items()}
    size = math.sqrt(sum(value * value for value in values.values()))
    for gram, value in values.items():
        scores = scores + value / size * model.grams[gram][1:]
    exponents = np.exp(scores - scores.max())
    return dict(zip(CLASSES, (exponents / exponents.sum()).tolist(), strict=True))
