"""Likeness among candidates: near-duplicates, and the two rules that keep a page varied.

* MMR: ``λ·relevance − (1 − λ)·max likeness to a slot above`` (Carbonell and Goldstein 1998,
  https://doi.org/10.1145/290941.291025).
* DPP: the greedy step toward the largest determinant of ``diag(q) S diag(q)``, ``q = exp(α·relevance)``, kept up to date by
  one row of its Cholesky factor a slot (Chen, Zhang and Zhou 2018, https://arxiv.org/abs/1709.05135).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.ml.page.exploration import Floats
from recommender.ml.page.slate import UNKNOWN, Candidates, Flags, Hashes, Recent, Rules

TINY = 1e-10  # squared pivot under which a candidate lies in the span of the slots above


class Likeness:
    """Likeness of all candidates to the slots above, kept up to date a slot at a time.

    ``S_ij = (1 − w)(1 + cos)/2 + w·[same category]`` with ones on the diagonal: positive semi-definite, so it serves the
    DPP, and in [0, 1], so it serves MMR. A video without vector or category is like nothing in that part.
    """

    def __init__(self, given: Candidates, rules: Rules) -> None:
        n = len(given)
        self.given, self.rules = given, rules
        self.known = np.einsum("nd,nd->n", given.vectors, given.vectors) > 0.5
        self.nearest = np.zeros(n)  # MMR: likeness to the most alike slot above
        self.cholesky = np.zeros((0, n))  # DPP: one row a slot above
        self.pivots = np.ones(n)  # DPP: squared residual of each candidate, 1 while nothing is above

    def column(self, i: int, cosine: NDArray[np.float32]) -> Floats:
        """S[:, i] (n,) from the candidates' cosines with i (n,)."""
        given, w = self.given, self.rules.category_share
        same = (given.categories == given.categories[i]) & (given.categories != UNKNOWN)
        column = (1 - w) * np.where(self.known & self.known[i], (1 + cosine) / 2, 0.0) + w * same
        column[i] = 1.0
        return np.asarray(np.clip(column, 0.0, 1.0), dtype=np.float64)

    def gain(self, score: Floats) -> Floats:
        """What each candidate would add (n,); comparable within one slot only."""
        share = self.rules.relevance_share
        if self.rules.diversity == "mmr":
            return np.asarray(share * score - (1 - share) * self.nearest)
        alpha = share / (2 * max(1 - share, 1e-6))
        return np.asarray(2 * alpha * score + np.log(np.maximum(self.pivots, TINY)))

    def take(self, i: int, cosine: NDArray[np.float32]) -> None:
        """Put i on the page."""
        column = self.column(i, cosine)
        self.nearest = np.maximum(self.nearest, column)
        if self.rules.diversity == "dpp" and self.pivots[i] > TINY:
            row = (column - self.cholesky[:, i] @ self.cholesky) / np.sqrt(self.pivots[i])
            self.cholesky = np.vstack([self.cholesky, row])
            self.pivots = np.maximum(self.pivots - row**2, 0.0)


def alike(given: Candidates, cosine: NDArray[np.float32], code: np.uint64, rules: Rules) -> Flags:
    """Which candidates (n,) are the same video as one they have these cosines (n,) with, or one of this pHash."""
    same = cosine >= rules.near_cosine
    if code:
        same = same | _same_picture(given.hashes, code, rules)
    return np.asarray(same)


def seen_alike(given: Candidates, recent: Recent, rules: Rules) -> Flags:
    """Which candidates (n,) repeat something this viewer was just shown."""
    same = np.zeros(len(given), np.bool_)
    if recent.vectors.size and recent.vectors.shape[1] == given.vectors.shape[1]:
        same |= ((given.vectors @ recent.vectors.T) >= rules.near_cosine).any(axis=1)
    for code in recent.hashes[recent.hashes != 0]:
        same |= _same_picture(given.hashes, code, rules)
    return same


def _same_picture(hashes: Hashes, code: np.uint64, rules: Rules) -> Flags:
    return np.asarray((hashes != 0) & (np.bitwise_count(hashes ^ code) <= rules.near_bits))
