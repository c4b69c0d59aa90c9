"""Probabilities from counted grams: each order alone, any mixture of orders, and the whole distribution over the vocabulary.

With c the count of w after context h, D the discount of that count, and h' the context without its first token,
p(w | h) = (c − D(c)) / mass(h) + back(h) · p(w | h'), back(h) = Σ D(c) / mass(h) over the tokens seen after h;
below the shortest order stands 1 / V. Each order's distribution sums to one, so every mixture of orders does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation.ml.language_model.counts import Floats, Grams, Positions, without_itself

_RIGHT_TYPE = torch.float32


@dataclass
class Smoothing:
    """Discounts D₁, D₂, D₃₊ of each order, from how often counts of one to four occur (Chen and Goodman 1999)."""

    discounts: Floats  # (N, 4): of counts 0, 1, 2, 3 and more

    @classmethod
    def of(cls, grams: Grams) -> Smoothing:
        """The closed form; where a count of counts is zero, as on tiny texts, half of the count is taken."""
        table = np.zeros((len(grams.orders), 4))
        for row, order in zip(table, grams.orders, strict=True):
            n1, n2, n3, n4 = (int((order.count == c).sum()) for c in (1, 2, 3, 4))
            if min(n1, n2, n3) == 0:
                row[1:] = 0.5, 0.75, 0.75
                continue
            y = n1 / (n1 + 2 * n2)
            row[1:] = 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3
            row[1:] = np.clip(row[1:], 0.05, (0.95, 1.9, 2.85))
        return cls(table)


@dataclass
class Expert:
    """Counts with their discounts: what a network's residual is learned over, or one of several that are mixed."""

    grams: Grams
    smoothing: Smoothing

    def of_orders(self, at: Positions) -> NDArray[np.float32]:
        """p(token) by each order's distribution, (P, N); an order whose context was never seen repeats the one below."""
        p = np.full(len(at.token), 1 / self.grams.size)
        out = np.empty(at.count.shape, np.float32)
        back, scale = self.weights(at)
        for n in range(at.count.shape[1]):
            c = at.count[:, n]
            own = np.maximum(c - self.smoothing.discounts[n][np.minimum(c, 3)], 0)
            p = own * scale[:, n] + back[:, n] * p
            out[:, n] = p
        return out

    def weights(self, at: Positions) -> tuple[Floats, Floats]:
        """(back, scale), each (P, N): the share handed to the shorter context, and 1 / mass; 1 and 0 where unseen."""
        known = at.mass > 0
        mass = np.maximum(at.mass, 1)
        freed = (at.seen * self.smoothing.discounts[None, :, 1:]).sum(-1)
        return np.where(known, freed / mass, 1.0), np.where(known, 1 / mass, 0.0)

    def distribution(
        self, at: Positions, order_weights: Floats | None = None, itself: Positions | None = None
    ) -> Tensor:
        """The whole distribution, (P, V), mixed over the orders by ``order_weights`` (P, N) that sum to one.

        Without weights it is the longest order's. ``itself`` are the positions before ``without_itself``: the entry of
        each position's own token is then what the counts say without that occurrence.
        """
        back, scale = self.weights(at)
        n_orders = back.shape[1]
        if order_weights is None:
            order_weights = np.zeros_like(back)
            order_weights[:, -1] = 1
        # share of order n's own part in the mixture: Σ over k ≥ n of weight(k) times all backs between n and k
        share = np.empty_like(back)
        carried = np.zeros(len(back))
        for n in range(n_orders - 1, -1, -1):
            carried = order_weights[:, n] + (carried * back[:, n + 1] if n + 1 < n_orders else 0)
            share[:, n] = carried
        rest = share[:, 0] * back[:, 0] / self.grams.size
        dense = self._unigrams(share[:, 0] * scale[:, 0], rest)
        for n in range(1, n_orders):
            self._add(dense, n, at.context[:, n], share[:, n] * scale[:, n])
        if itself is not None:
            p = (self.of_orders(at) * order_weights).sum(1)
            dense[torch.arange(len(p)), torch.from_numpy(at.token)] = torch.from_numpy(p).to(_RIGHT_TYPE)
        return dense

    def _unigrams(self, factor: Floats, rest: Floats) -> Tensor:
        order = self.grams.orders[0]
        row = np.zeros(self.grams.size, np.float32)
        row[order.keys] = np.maximum(order.count - self.smoothing.discounts[0][np.minimum(order.count, 3)], 0)
        return torch.addcmul(
            torch.from_numpy(rest.astype(np.float32))[:, None],
            torch.from_numpy(factor.astype(np.float32))[:, None],
            torch.from_numpy(row)[None],
        )

    def _add(self, dense: Tensor, n: int, context: NDArray[np.int64], factor: Floats) -> None:
        order = self.grams.orders[n]
        rows = np.flatnonzero(context >= 0)
        begin, end = order.starts[context[rows]], order.starts[context[rows] + 1]
        length = end - begin
        row = np.repeat(rows, length)
        at = np.arange(len(row)) + np.repeat(begin - (np.cumsum(length) - length), length)
        count = order.count[at]
        value = (count - self.smoothing.discounts[n][np.minimum(count, 3)]) * factor[row]
        flat = row * self.grams.size + order.keys[at] % self.grams.size
        dense.view(-1).index_add_(0, torch.from_numpy(flat), torch.from_numpy(value.astype(np.float32)))


def left_out(expert: Expert, at: Positions, depth: NDArray[np.int64]) -> Tensor:
    """log of the distribution at positions that were counted themselves, as if each had not been, (P, V)."""
    before = without_itself(at, depth)
    dense = expert.distribution(before, itself=at)
    return dense.clamp_(min=1e-12).log_()
