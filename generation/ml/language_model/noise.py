"""Drawing tokens from counted grams, as they would be without the text that is being learned.

A network over counts gives p(w | h) ∝ p_counts(w | h) · exp(s(w, h)). Told apart from K tokens drawn from p_counts, the real
token has the probability exp(s) / Σ exp(s) over all K + 1, whatever p_counts is, and the s that does this best is the s of
the likelihood (ranking noise contrastive estimation, Ma and Collins 2018). So training needs K scores a token instead of V:
with good counts a few dozen do, because they draw just the tokens that could be mistaken for the real one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.ml.language_model.counts import Ints, Positions, without_itself
from generation.ml.language_model.smoothing import Expert

_TRIES = 16  # redraws of a token that only its own occurrence put there; what is left then is not compared


class NoiseDrawer:
    """Draws from the longest order's distribution of ``expert``."""

    def __init__(self, expert: Expert) -> None:
        self.expert = expert
        self.summed = []
        for order, discounts in zip(expert.grams.orders, expert.smoothing.discounts, strict=True):
            left = np.maximum(order.count - discounts[np.minimum(order.count, 3)], 0)
            self.summed.append(np.concatenate([[0.0], np.cumsum(left)]))

    def draw(
        self, at: Positions, depth: Ints, count: int, rng: np.random.Generator
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """``count`` tokens for each position, (P, count), and which of them are to be compared.

        ``at`` are positions of counted texts, ``depth`` their distance from the text's first token.
        """
        before = without_itself(at, depth)
        back, _ = self.expert.weights(before)
        size = self.expert.grams.size
        level = self._levels(back, count, rng)  # (P, count): N … 1, 0 below all
        drawn = rng.integers(0, size, level.shape)
        used = np.ones(level.shape, bool)
        for n in range(1, back.shape[1] + 1):
            rows, columns = np.nonzero(level == n)
            for _ in range(_TRIES):
                if not len(rows):
                    break
                drawn[rows, columns] = self._tokens(n, at.context[rows, n - 1], rng)
                share = self._kept(n, at.count[rows, n - 1], before.count[rows, n - 1])
                own = drawn[rows, columns] == at.token[rows]
                # a discount that falls with the count can leave the token more than it had: then the others give way
                kept = np.where(own, np.minimum(share, 1), 1 / np.maximum(share, 1))
                again = rng.random(len(rows)) >= kept
                rows, columns = rows[again], columns[again]
            used[rows, columns] = False
        return drawn, used

    def _levels(self, back: NDArray[np.float64], count: int, rng: np.random.Generator) -> Ints:
        """Which order each draw comes from: the longest with 1 − back, else the next."""
        passed = np.cumprod(back[:, ::-1], 1)  # (P, N): share that falls below order N, N − 1, …
        u = rng.random((len(back), count))
        below = np.zeros((len(back), count), np.int64)
        for n in range(back.shape[1]):
            below += u < passed[:, n : n + 1]
        return np.asarray(back.shape[1] - below, np.int64)

    def _tokens(self, n: int, context: Ints, rng: np.random.Generator) -> Ints:
        order, summed = self.expert.grams.orders[n - 1], self.summed[n - 1]
        low, high = summed[order.starts[context]], summed[order.starts[context + 1]]
        wanted = low + rng.random(len(context)) * (high - low)
        at = np.searchsorted(summed, wanted, side="right") - 1
        at = np.clip(at, order.starts[context], order.starts[context + 1] - 1)
        found: Ints = order.keys[at] % self.expert.grams.size
        return found

    def _kept(self, n: int, count: Ints, without: Ints) -> NDArray[np.float64]:
        """A token's weight without its own occurrence ÷ with it; 1 for a token that has none here."""
        discounts = self.expert.smoothing.discounts[n - 1]
        whole = np.maximum(count - discounts[np.minimum(count, 3)], 1e-9)
        left = np.maximum(without - discounts[np.minimum(without, 3)], 0)
        return np.where(count > 0, left / whole, 1.0)
