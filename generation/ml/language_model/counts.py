"""Counts of token n-grams with Kneser-Ney smoothing: exact probabilities, whole distributions, and what a text adds to itself.

Chen and Goodman 1999, "modified" form: a gram seen c times is discounted by D₁, D₂ or D₃₊, what is freed goes to the next
shorter context, and shorter grams count the different tokens before them instead of their occurrences. A gram that starts
at the beginning of a text has nothing before it and counts its occurrences.

``w`` is a token id in [0, V), a *node* the number of a gram among all grams of its length; order n looks at n − 1 tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass
class CountOrder:
    """Grams of one length: ``keys`` = context node · V + token, sorted; ``count`` beside them; the rest by context node."""

    keys: Ints  # (G,)
    count: NDArray[np.int32]  # (G,)
    starts: Ints  # (contexts + 1,): the grams of context c are keys[starts[c]:starts[c + 1]]
    mass: NDArray[np.int32]  # (contexts,)
    seen: NDArray[np.int32]  # (contexts, 3): different tokens seen once, twice, three times or more

    @classmethod
    def of(cls, keys: Ints, count: NDArray[Any], size: int, contexts: int) -> CountOrder:
        """What follows from sorted keys and their counts."""
        context = keys // size
        seen = [
            np.bincount(context, (count == c) if c < 3 else (count >= 3), contexts).astype(np.int32)
            for c in (1, 2, 3)
        ]
        return cls(
            keys,
            count.astype(np.int32),
            np.searchsorted(context, np.arange(contexts + 1)),
            np.bincount(context, count, contexts).astype(np.int32),
            np.stack(seen, 1),
        )


@dataclass
class Positions:
    """What the counts know of each predicted token: one row a token, one column an order.

    ``count`` and ``mass`` (P, N) of the token and of its context (0 where unseen), ``seen`` (P, N, 3), ``context`` (P, N) node
    or −1, ``token`` (P,).
    """

    token: Ints
    context: Ints
    count: Ints
    mass: Ints
    seen: Ints


@dataclass
class Grams:
    """The counted grams of texts over a vocabulary of ``size`` tokens, ``first`` being the token before every text."""

    size: int
    first: int
    orders: list[CountOrder]

    @classmethod
    def of(cls, texts: Sequence[Sequence[int]], *, size: int, first: int, order: int) -> Grams:
        """Count ``texts`` (without the first token, with their end token)."""
        tokens, depth = flattened(texts, first)
        nodes: list[Ints] = [tokens]
        found: list[tuple[Ints, Ints, Ints]] = []  # (keys, first position of each, node of each position)
        for n in range(1, order + 1):
            previous = np.concatenate([[0], nodes[-1][:-1]]) if n > 1 else np.zeros_like(tokens)
            valid = np.flatnonzero(depth >= max(n - 1, 1) if n > 1 else depth >= 0)
            keys, place, inverse = np.unique(
                previous[valid] * size + tokens[valid], return_index=True, return_inverse=True
            )
            node = np.full(len(tokens), -1)
            node[valid] = inverse
            found.append((keys, valid[place], node))
            nodes.append(node)
        return cls(size, first, _orders(tokens, depth, found, size))

    def look_up(self, texts: Sequence[Sequence[int]]) -> Positions:
        """What is known of every token of ``texts``, in their order."""
        tokens, depth = flattened(texts, self.first)
        return self._positions(tokens, depth, np.flatnonzero(depth > 0))

    def look_up_next(self, beginnings: Sequence[Sequence[int]]) -> Positions:
        """What is known of the context after each beginning; its token, unknown yet, is given as 0."""
        tails = [[*text[1 - len(self.orders) :], 0] for text in beginnings]
        tokens, depth = flattened(tails, self.first)
        # a beginning that is longer than any context does not stand at its text's start
        cut = [len(text) > len(self.orders) - 1 for text in beginnings]
        lengths = [len(tail) + 1 for tail in tails]
        last = np.cumsum(lengths) - 1
        depth = np.where(np.repeat(cut, lengths), depth - 1, depth)
        return self._positions(tokens, depth, last)

    def _positions(self, tokens: Ints, depth: Ints, predicted: Ints) -> Positions:
        n_orders = len(self.orders)
        context = np.full((len(tokens), n_orders), -1)
        count = np.zeros((len(tokens), n_orders), np.int64)
        previous = node = np.zeros(len(tokens), np.int64)
        for n, order in enumerate(self.orders, 1):
            if n > 1:
                previous = np.concatenate([[-1], node[:-1]])
                previous[depth < n - 1] = -1  # nothing stands before a text's first token
            known = previous >= 0
            at, hit = _place(order.keys, previous * self.size + tokens)
            hit &= known
            count[:, n - 1] = np.where(hit, order.count[at], 0)
            node = np.where(hit, at, -1)
            inside = known & (previous < len(order.mass))
            context[:, n - 1] = np.where(inside, previous, -1)
        context, count = context[predicted], count[predicted]
        mass = np.stack([_taken(o.mass, context[:, i]) for i, o in enumerate(self.orders)], 1)
        seen = np.stack([_taken(o.seen, context[:, i]) for i, o in enumerate(self.orders)], 1)
        context[mass == 0] = -1
        return Positions(tokens[predicted], context, count, mass, seen)


def flattened(texts: Sequence[Sequence[int]], first: int) -> tuple[Ints, Ints]:
    """All texts in one row, each behind ``first``; beside it each token's distance from its text's beginning."""
    lengths = np.array([len(text) + 1 for text in texts])
    tokens = np.fromiter((t for text in texts for t in (first, *text)), np.int64, int(lengths.sum()))
    begins = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return tokens, np.arange(len(tokens)) - begins


def without_itself(at: Positions, depth: Ints) -> Positions:
    """The same positions with each token's own occurrence taken from the counts that it was counted in.

    An occurrence counts at its longest order; only where it was the only one there does it count one order lower.
    ``depth`` (P,) is each token's distance from its text's first token.
    """
    n_orders = at.count.shape[1]
    taken = np.zeros_like(at.count)
    for n in range(n_orders, 0, -1):
        longest = (depth + 1 == n) | ((n == n_orders) & (depth + 1 > n))
        alone = taken[:, n] * (at.count[:, n] == 1) if n < n_orders else 0
        taken[:, n - 1] = np.where(longest, 1, alone)
    count, mass, seen = at.count - taken, at.mass - taken, at.seen.copy()
    rows, columns = np.nonzero(taken)
    old = np.minimum(at.count[rows, columns], 3)
    new = np.minimum(count[rows, columns], 3)
    seen[rows, columns, old - 1] -= 1
    left = new > 0
    seen[rows[left], columns[left], new[left] - 1] += 1
    return Positions(at.token, np.where(mass > 0, at.context, -1), count, mass, seen)


def _orders(tokens: Ints, depth: Ints, found: list[tuple[Ints, Ints, Ints]], size: int) -> list[CountOrder]:
    orders = []
    for n, (keys, place, node) in enumerate(found, 1):
        valid = node >= 0
        count = np.bincount(node[valid & (depth > 0)], minlength=len(keys))
        if n < len(found):
            different = np.bincount(node[found[n][1]], minlength=len(keys))
            begins = depth[place] == n - 1
            count = np.where(begins, count, different)
        contexts = len(found[n - 2][0]) if n > 1 else 1
        orders.append(CountOrder.of(keys, count, size, contexts))
    return orders


def _place(keys: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return at, keys[at] == wanted


def _taken(values: NDArray[np.int32], at: Ints) -> Ints:
    found = values[np.maximum(at, 0)].astype(np.int64)
    found[at < 0] = 0
    return found
