"""A title as numbers, in blocks: its meaning by two networks, its words, its form.

Every block is centered and scaled so that a title's squared length is about 1, times the block's share: how much of what
makes a title work the block may explain before any evidence. All blocks are linear, so what a word adds is told exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from generation.language.embedding import embed
from generation.language.paraphrase import layer_rows
from generation.ml.title_reward.form import words_of

Floats = NDArray[np.float64]

_RAREST = 3  # titles a word or pair of words must stand in


def terms_of(title: str) -> list[str]:
    """Words, and pairs of neighboring words joined by a space."""
    words = words_of(title)
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


@dataclass(frozen=True)
class NgramVocabulary:
    """Words and pairs of neighbors with their inverse document frequency."""

    terms: tuple[str, ...]
    idf: Floats

    def rows(self, titles: Sequence[str]) -> csr_matrix:
        """One row of at most unit length a title, (n, len(terms)); a word said n times counts 1 + log n times."""
        index = {term: at for at, term in enumerate(self.terms)}
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for title in titles:
            counts: dict[int, int] = {}
            for term in terms_of(title):
                if term in index:
                    counts[index[term]] = counts.get(index[term], 0) + 1
            row = np.array([(1 + np.log(n)) * self.idf[at] for at, n in counts.items()])
            values.extend(row / (np.linalg.norm(row) or 1.0))
            columns.extend(counts)
            ends.append(len(columns))
        return csr_matrix((values, columns, ends), shape=(len(titles), len(self.terms)))


def vocabulary_of(titles: Sequence[str], *, most: int) -> NgramVocabulary:
    """Of the ``most`` terms that stand in the most titles, but at least in ``_RAREST``, sorted."""
    counts: dict[str, int] = {}
    for title in titles:
        for term in set(terms_of(title)):
            counts[term] = counts.get(term, 0) + 1
    usual = sorted((-count, term) for term, count in counts.items() if count >= _RAREST)[:most]
    terms = tuple(sorted(term for _, term in usual))
    found = np.array([counts[term] for term in terms], dtype=float)
    return NgramVocabulary(terms, np.log((1 + len(titles)) / (1 + found)) + 1)


def meaning_rows(titles: Sequence[str], *, on_disk: bool = True) -> Floats:
    """multilingual-e5-small, (n, 384): Chinese and English."""
    return embed(list(titles), kind="query", on_disk=on_disk).astype(float)


def phrasing_rows(titles: Sequence[str], *, on_disk: bool = True) -> Floats:
    """The middle layer of all-MiniLM-L6-v2, (n, 384): English."""
    return layer_rows(list(titles), on_disk=on_disk).astype(float)


@dataclass(frozen=True)
class Scale:
    """How a block's raw rows are centered and scaled: (d,) each."""

    center: Floats
    factor: Floats

    def applied(self, rows: Floats) -> Floats:
        return np.asarray((rows - self.center) * self.factor)


def scale_of(rows: Floats, share: float) -> Scale:
    """Each column to equal variance, all together to a mean squared length of ``share``."""
    spread = rows.std(axis=0)
    factor = np.where(spread > 1e-9, 1 / np.maximum(spread, 1e-9), 0.0)
    return Scale(rows.mean(axis=0), factor * np.sqrt(share / max(1, int((factor > 0).sum()))))
