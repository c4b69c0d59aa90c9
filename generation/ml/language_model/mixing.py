"""How much each order of each count says, where: a small gate, learned on texts that were not counted.

Three experts, all texts, the newer and the newest, since what is talked about changes; each order of each is a
distribution of its own. The gate looks only at the context (how often it was seen, with how many different tokens), never at
the token, so what it mixes sums to one. Over the mixture p(w) stands the network's score s(w):
p(w | h) ∝ p_mixed(w | h)^α(h) · exp(τ(h) · s(w, h)); without a network it is p_mixed itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from generation.ml.language_model.counts import Floats, Grams, Positions
from generation.ml.language_model.smoothing import Expert, Smoothing

NEWEST: tuple[int | None, ...] = (None, 40_000, 8_000)  # texts that each expert counts, None for all
LESS_OF_ORDER = (0, 1, 2)  # the fewer the texts, the shorter the grams worth counting
_HIDDEN, _STEPS, _RATE = 48, 150, 0.01
SMALLEST = 1e-12


def parts_of(texts: int) -> list[int | None]:
    """How many of the newest texts each expert counts; a part that would be all of ``texts`` is left out."""
    return [newest for newest in NEWEST if newest is None or newest < texts]


def counted(
    texts: Sequence[Sequence[int]], parts: Sequence[int | None], *, size: int, first: int, order: int
) -> list[Expert]:
    """One expert for each of ``parts`` of ``texts``, which stand in order of time."""
    found = []
    for newest in parts:
        part = texts if newest is None else texts[-newest:]
        less = LESS_OF_ORDER[NEWEST.index(newest)]
        grams = Grams.of(part, size=size, first=first, order=max(2, order - less))
        found.append(Expert(grams, Smoothing.of(grams)))
    return found


@dataclass
class Known:
    """What all experts know of the same positions."""

    experts: Sequence[Expert]
    at: list[Positions]

    @classmethod
    def of(cls, experts: Sequence[Expert], texts: Sequence[Sequence[int]]) -> Known:
        return cls(experts, [expert.grams.look_up(texts) for expert in experts])

    def features(self) -> Tensor:
        """(P, features): per expert and order log of the mass, the shares of tokens seen once, twice, more, and whether."""
        columns = []
        for at in self.at:
            mass = np.maximum(at.mass, 1)[..., None]
            columns += [
                np.log1p(at.mass) / 5,
                (at.seen / mass).reshape(len(mass), -1),
                (at.mass > 0).astype(float),
            ]
        return torch.from_numpy(np.concatenate(columns, 1).astype(np.float32))

    def of_orders(self) -> Tensor:
        """(P, all orders of all experts): what each says of the positions' own tokens."""
        pairs = zip(self.experts, self.at, strict=True)
        return torch.from_numpy(np.concatenate([e.of_orders(at) for e, at in pairs], 1))

    def distribution(self, shares: Tensor) -> Tensor:
        """(P, V): every order's distribution times its share (P, all orders), summed."""
        begin, total = 0, None
        weights: Floats = shares.numpy().astype(np.float64)
        for expert, at in zip(self.experts, self.at, strict=True):
            end = begin + at.count.shape[1]
            part = expert.distribution(at, weights[:, begin:end])
            total = part if total is None else total.add_(part)
            begin = end
        assert total is not None
        return total


class Gate(nn.Module):
    """Features of a context → shares of the orders; and α and τ for the network above them."""

    def __init__(
        self, features: int, orders: int, longest: int, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(features, _HIDDEN), nn.Linear(_HIDDEN, orders)
        self.trust = nn.Linear(features, 2)
        nn.init.normal_(self.inner.weight, std=features**-0.5, generator=generator)
        for part in (self.outer, self.trust):
            nn.init.zeros_(part.weight)
            nn.init.zeros_(part.bias)
        nn.init.zeros_(self.inner.bias)
        with torch.no_grad():
            self.outer.bias[longest] = 3.0  # begins as the longest order of all texts

    @classmethod
    def over(cls, experts: Sequence[Expert], generator: torch.Generator | None = None) -> Gate:
        orders = [len(e.grams.orders) for e in experts]
        return cls(5 * sum(orders), sum(orders), orders[0] - 1, generator)

    def shares(self, features: Tensor) -> Tensor:
        shares: Tensor = self.outer(nn.functional.gelu(self.inner(features))).softmax(-1)
        return shares

    def trusts(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(α, τ), each (P, 1), both one at the start."""
        a, t = self.trust(features).chunk(2, -1)
        return 1 + a.tanh(), 1 + t.tanh()


def fit_shares(gate: Gate, known: Known) -> float:
    """Learn the shares from held-out positions; the bits a token at the end."""
    features, p = known.features(), known.of_orders()
    parameters = [*gate.inner.parameters(), *gate.outer.parameters()]
    optimizer = torch.optim.AdamW(parameters, _RATE, weight_decay=0.01)
    loss = torch.zeros(())
    for step in range(_STEPS):
        loss = -((gate.shares(features) * p).sum(-1).clamp_min(SMALLEST)).log().mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for group in optimizer.param_groups:
            group["lr"] = _RATE * (1 - step / _STEPS)
        optimizer.step()
    return float(loss.detach()) / float(np.log(2))
