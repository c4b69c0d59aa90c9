"""The nearest of many unit rows: exact while that is cheap, in cells of an inverted file beyond.

A catalogue of 10^5 rows of 400 numbers is 160 MB to read for one exact answer. Above ``EXACT`` rows they are therefore
grouped by spherical k-means, and a query reads only the cells whose centers it is closest to (the IVF of Sivic and
Zisserman 2003, https://doi.org/10.1109/ICCV.2003.1238663; Jégou, Douze and Schmid 2011). Rows added later stand in a
tail that is always read whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Vectors = NDArray[np.float32]

EXACT = 20_000  # rows up to which every query reads all of them
SAMPLE = 64  # rows a center that k-means learns from
ROUNDS = 5
PROBED = 0.03  # share of the rows that a query reads


class Nearest:
    """n rows of d numbers, of unit length or zero (unknown); rows are numbered in the order they were given."""

    def __init__(self, vectors: Vectors, *, seed: int = 0) -> None:
        self.count, self.width = vectors.shape
        self._built = len(vectors)
        self._tail = np.zeros((0, self.width), np.float32)
        if len(vectors) <= EXACT:
            self._centers: Vectors | None = None
            self._order = self._place = np.arange(len(vectors))
            self._rows = np.array(vectors, np.float32)
            return
        self._centers = centers_of(vectors, int(np.sqrt(len(vectors))), seed=seed)
        cell = _cells(vectors, self._centers)
        self._order = np.argsort(cell, kind="stable")
        self._starts = np.searchsorted(cell[self._order], np.arange(len(self._centers) + 1))
        self._place = np.empty(len(vectors), np.int64)
        self._place[self._order] = np.arange(len(vectors))
        self._rows = np.asarray(vectors[self._order], np.float32)

    def extended(self, more: Vectors) -> Nearest:
        """The same rows and ``more`` (m, d) after them; this one stays as it is and shares its memory."""
        other = Nearest.__new__(Nearest)
        other.__dict__.update(self.__dict__)
        other._tail = np.concatenate([self._tail, more.astype(np.float32)])
        other.count = self.count + len(more)
        return other

    @property
    def worn(self) -> bool:
        """Whether the tail has grown so long that building anew pays."""
        return len(self._tail) > max(1000, self._built // 20)

    def put(self, row: int, vector: Vectors) -> None:
        """Replace one row in place; it stays in its old cell until the next building."""
        if row < self._built:
            self._rows[self._place[row]] = vector
        else:
            self._tail[row - self._built] = vector

    def vectors(self, rows: Rows) -> Vectors:
        """The given rows (m, d)."""
        if not len(self._tail):
            return self._rows[self._place[rows]]
        out = np.empty((len(rows), self.width), np.float32)
        built = rows < self._built
        out[built] = self._rows[self._place[rows[built]]]
        out[~built] = self._tail[rows[~built] - self._built]
        return out

    def search(self, query: Vectors, k: int, keep: NDArray[np.bool_]) -> tuple[Rows, NDArray[np.float32]]:
        """The ``k`` kept rows of largest dot product with ``query`` (d,), best first, and the products.

        ``keep`` (n,) says which rows may be answered. Fewer come back when fewer are kept in the cells read.
        """
        spans = [slice(0, self._built)] if self._centers is None else self._probed(query)
        rows = [self._order[span] for span in spans]
        values = [self._rows[span] @ query for span in spans]
        if len(self._tail):
            rows.append(np.arange(self._built, self.count))
            values.append(self._tail @ query)
        every, dots = np.concatenate(rows), np.concatenate(values)
        kept = keep[every]
        every, dots = every[kept], dots[kept]
        if len(dots) > k:
            best = np.argpartition(-dots, k - 1)[:k]
            every, dots = every[best], dots[best]
        order = np.argsort(-dots, kind="stable")
        return every[order], dots[order]

    def _probed(self, query: Vectors) -> list[slice]:
        assert self._centers is not None
        budget, spans = PROBED * self._built, []
        for cell in np.argsort(-(self._centers @ query)):
            start, end = int(self._starts[cell]), int(self._starts[cell + 1])
            spans.append(slice(start, end))
            budget -= end - start
            if budget <= 0:
                break
        return spans


def centers_of(vectors: Vectors, count: int, *, seed: int) -> Vectors:
    """Unit centers (count, d) of spherical k-means over a sample of the rows."""
    rng = np.random.default_rng(seed)
    sample = vectors[rng.permutation(len(vectors))[: count * SAMPLE]]
    centers = np.asarray(sample[:count], np.float32)
    for _ in range(ROUNDS):
        cell = _cells(sample, centers)
        order = np.argsort(cell, kind="stable")
        starts = np.searchsorted(cell[order], np.arange(count))
        filled = np.diff(np.append(starts, len(sample))) > 0
        sums = np.add.reduceat(sample[order], np.minimum(starts, len(sample) - 1), axis=0)
        centers[filled] = sums[filled]  # an empty cell keeps its center
        length = np.linalg.norm(centers, axis=1, keepdims=True)
        centers = np.asarray(centers / np.where(length > 0, length, 1), np.float32)
    return centers


def _cells(vectors: Vectors, centers: Vectors) -> Rows:
    """The center (n,) each row is closest to, a few thousand rows at a time."""
    parts = [
        np.argmax(vectors[first : first + 4096] @ centers.T, axis=1) for first in range(0, len(vectors), 4096)
    ]
    return np.concatenate(parts)
