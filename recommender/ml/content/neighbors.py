"""Items nobody has met yet: they borrow the scores of the items that are described most like them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from generation.language.hanzi import HANZI
from recommender.ml.interactions import Codes, Floats, whole_numbers

NEIGHBORS = 20
WORD = re.compile(r"[^\W_]+")
COLUMNS = (
    "text",
    "category",
    "creator",
    "created_year",
    "language",
)  # of the item frame, those that are there


@dataclass(frozen=True)
class ContentMap:
    """Weights of the warm items in place of each cold one: rows sum to 1, or to 0 where nothing is alike."""

    weights: sp.csr_matrix  # (cold, warm)

    def borrow(self, scores: Floats) -> Floats:
        """Scores (n, cold) from scores (n, warm) with rows of mean 0."""
        return np.asarray((self.weights @ scores.T).T, np.float32)


def fit_content(items: pd.DataFrame, warm: Codes, cold: Codes) -> ContentMap:
    """Nearest warm items of each cold one by cosine of TF-IDF; ``warm`` and ``cold`` are ids in the frame or not."""
    vectors = text_vectors(items)
    row_of = pd.Series(np.arange(len(items)), index=whole_numbers(items["item"], "item"))
    row_of = row_of[~row_of.index.duplicated()]
    blank = sp.csr_matrix((1, vectors.shape[1]), dtype=np.float32)
    table = sp.vstack([vectors, blank]).tocsr()
    warm_rows = row_of.reindex(warm).fillna(len(items)).to_numpy(np.int64)
    cold_rows = row_of.reindex(cold).fillna(len(items)).to_numpy(np.int64)
    warm_table = table[warm_rows].T.tocsr()
    rows, columns, weights = [], [], []
    for first in range(0, len(cold), 512):
        alike = (table[cold_rows[first : first + 512]] @ warm_table).toarray()  # (512, warm)
        width = min(NEIGHBORS, alike.shape[1])
        best = np.argpartition(-alike, width - 1, axis=1)[:, :width]
        value = np.take_along_axis(alike, best, 1) ** 2
        total = value.sum(1, keepdims=True)
        value = np.divide(value, total, out=np.zeros_like(value), where=total > 0)
        rows.append(np.repeat(np.arange(first, first + len(alike)), width))
        columns.append(best.ravel())
        weights.append(value.ravel())
    joined = [np.concatenate(part) if part else np.empty(0) for part in (weights, rows, columns)]
    return ContentMap(
        sp.csr_matrix((joined[0].astype(np.float32), (joined[1], joined[2])), (len(cold), len(warm)))
    )


def text_vectors(items: pd.DataFrame) -> sp.csr_matrix:
    """TF-IDF rows of unit length over words, pairs of hanzi, and one token for each value of the other columns."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # a second to load, for trainings only

    fields = [name for name in COLUMNS if name in items.columns]
    values = zip(*(items[name] for name in fields), strict=True) if fields else ()
    documents = [
        [token for name, value in zip(fields, row, strict=True) for token in _tokens(name, value)]
        for row in values
    ]
    if not any(documents):
        return sp.csr_matrix((len(items), 1), dtype=np.float32)
    vectorizer = TfidfVectorizer(analyzer=list, dtype=np.float32)
    return sp.csr_matrix(vectorizer.fit_transform(documents))


def _tokens(name: str, value: object) -> Iterator[str]:
    if value is None or value != value:  # missing, or not a number
        return
    text = str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
    for word in WORD.findall(text.lower()):
        if not HANZI.search(word):
            yield f"{name}:{word}"
            continue
        for pair in itertools.pairwise(word):
            yield f"{name}:{''.join(pair)}"
        if len(word) == 1:
            yield f"{name}:{word}"
