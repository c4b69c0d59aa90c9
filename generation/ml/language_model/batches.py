"""Batches of whole texts, cut at their ends: which texts, in which order, as a function of seed and step alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from generation.ml.language_model.counts import Ints

_POOL = 32  # batches whose texts are sorted by length together, so that little is padded


@dataclass
class TextBatch:
    """``tokens`` (B, T) the texts with their controls before them, padded behind; ``rows``, ``columns`` (P,) where a token of a
    text is predicted, text by text; ``targets`` (P,) that token; ``texts`` what was drawn."""

    tokens: Tensor
    rows: Tensor
    columns: Tensor
    targets: Tensor
    texts: list[list[int]]


def batch_of(
    texts: Sequence[Sequence[int]], controls: Sequence[Sequence[int]], first: int, pad: int
) -> TextBatch:
    """Texts (with their end token) behind their control tokens and ``first``."""
    sequences = [[*c, first, *t[:-1]] for c, t in zip(controls, texts, strict=True)]
    longest = max(map(len, sequences))
    tokens = torch.full((len(texts), longest), pad)
    for row, sequence in zip(tokens, sequences, strict=True):
        row[: len(sequence)] = torch.tensor(sequence)
    lengths = [len(t) for t in texts]
    rows = torch.repeat_interleave(torch.arange(len(texts)), torch.tensor(lengths))
    columns = torch.cat([torch.arange(len(c), len(c) + n) for c, n in zip(controls, lengths, strict=True)])
    return TextBatch(
        tokens, rows, columns, torch.tensor([w for t in texts for w in t]), [list(t) for t in texts]
    )


class BatchOrder:
    """The texts of every batch: epoch after epoch a new permutation, and inside a pool of batches sorted by length."""

    def __init__(self, lengths: Ints, *, size: int, seed: int) -> None:
        self.lengths, self.size, self.seed = lengths, min(size, len(lengths)), seed
        self.per_epoch = len(lengths) // self.size
        self._epoch, self._batches = -1, np.empty((0, 0), np.int64)

    def batch(self, step: int) -> Ints:
        """Indices of the texts of batch ``step`` (0, 1, …)."""
        epoch, at = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._shuffled(epoch)
        found: Ints = self._batches[at]
        return found

    def _shuffled(self, epoch: int) -> Ints:
        rng = np.random.default_rng([self.seed, epoch])
        texts = rng.permutation(len(self.lengths))[: self.per_epoch * self.size]
        pool = self.size * _POOL
        for begin in range(0, len(texts), pool):
            part = texts[begin : begin + pool]
            texts[begin : begin + pool] = part[np.argsort(self.lengths[part], kind="stable")]
        batches = texts.reshape(self.per_epoch, self.size)
        return np.asarray(batches[rng.permutation(self.per_epoch)], np.int64)
