"""A recurrent network over a user's history: what comes next, given the order and the pauses.

GRU4Rec (Hidasi et al. 2016, https://arxiv.org/abs/1511.06939) with the full softmax over the catalogue instead of
sampled negatives (Klenitskiy & Vasilev 2023, https://arxiv.org/abs/2309.07602), tied item vectors, and the pause
before each item as a second input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from recommender.ml.interactions import Codes, Floats, Times

PAUSES = 32  # buckets: none known, none at all, then one for each doubling of seconds
RETURN_PAUSE = 2 + 12  # the first bucket of pauses that end a visit: 4,096 s and more
ROWS = 256  # positions whose scores stand in memory at a time while training
STEP = 128  # items are padded to a multiple, so that products come in few shapes
NEVER = -1e4  # bias of an item that is only padding: a probability of 0 in any precision


@dataclass(frozen=True)
class SequenceShape:
    """Sizes of the network; ``context`` is how many of the last items it reads."""

    item_count: int
    width: int = 64
    hidden: int = 128
    dropout: float = 0.3
    context: int = 100


class ByteDropout(nn.Module):
    """Dropout with masks from a generator of its own, in 256ths.

    Networks that train side by side in threads stay repeatable that way, and bytes are drawn in a tenth of the time
    of torch's Bernoulli numbers.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.dropped = round(256 * rate)
        self.rng = np.random.default_rng(0)

    def forward(self, x: Tensor) -> Tensor:
        """``x`` with some places zero and the others larger while training, else as it is."""
        if not self.training or not self.dropped:
            return x
        drawn = torch.from_numpy(self.rng.integers(0, 256, x.numel(), np.uint8)).view(x.shape)
        return x * (drawn >= self.dropped).to(x.dtype).mul_(256 / (256 - self.dropped))


class SequenceNet(nn.Module):
    """Item and pause vectors → GRU → a vector to compare with every item's.

    What is chosen after a long pause differs from what is chosen next in a visit, so the state is scaled and shifted
    by whether the next item comes after one (Perez et al. 2018, "FiLM", https://arxiv.org/abs/1709.07871).
    """

    def __init__(self, shape: SequenceShape) -> None:
        super().__init__()
        self.shape = shape
        self.items = nn.Embedding(shape.item_count + 1, shape.width, padding_idx=0)
        self.pauses = nn.Embedding(PAUSES, shape.width)
        for table in (self.items, self.pauses):
            nn.init.normal_(table.weight, std=0.02)
        self.recurrent = nn.GRU(shape.width, shape.hidden, batch_first=True)
        self.scale = nn.Embedding(2, shape.hidden)  # 0: the visit goes on, 1: the user comes back
        self.shift = nn.Embedding(2, shape.hidden)
        nn.init.zeros_(self.scale.weight)
        nn.init.zeros_(self.shift.weight)
        self.project = nn.Linear(shape.hidden, shape.width)
        self.norm = nn.LayerNorm(shape.width)
        self.drop = ByteDropout(shape.dropout)
        self.bias = nn.Parameter(torch.zeros(shape.item_count))

    def forward(self, items: Tensor, pauses: Tensor, returns: Tensor) -> Tensor:
        """Items (B, T), 0 for padding at the end, pause buckets and whether one returns after each (B, T) of 0 or 1.

        Gives vectors (B, T, width).
        """
        x = self.drop(self.items(items) + self.pauses(pauses))  # (B, T, width)
        h, _ = self.recurrent(x)  # (B, T, hidden)
        return self.head(h, returns)

    def head(self, h: Tensor, returns: Tensor) -> Tensor:
        """States (…, hidden) and 0 or 1 for each (…) to vectors (…, width)."""
        h = h * (1 + self.scale(returns)) + self.shift(returns)
        return self.norm(self.project(self.drop(h)))  # type: ignore[no-any-return]

    @torch.no_grad()
    def scores(
        self, histories: Sequence[tuple[Codes, Times]], *, returns: bool, states: Tensor | None = None
    ) -> Floats:
        """Unnormalized log-probabilities (n, I) of the next item, where the user comes back or where the visit goes on.

        For histories of item codes and seconds, with rows of mean 0; an empty history has zeros. ``states`` is what
        ``states(histories)`` gave, where it is there already.
        """
        states = self.states(histories) if states is None else states
        vectors = self.head(states, torch.full((len(states),), int(returns)))
        scores = (vectors @ self.items.weight[1:].T).add_(self.bias).numpy()
        scores -= scores.mean(axis=1, keepdims=True)
        scores[[not len(items) for items, _ in histories]] = 0
        return np.asarray(scores, np.float32)

    @torch.no_grad()
    def states(self, histories: Sequence[tuple[Codes, Times]]) -> Tensor:
        """The recurrent state (n, hidden) after each history's last item; zeros for an empty history."""
        self.eval()
        out = torch.zeros(len(histories), self.shape.hidden)
        lengths = np.array([min(len(items), self.shape.context) for items, _ in histories], np.int64)
        filled = np.flatnonzero(lengths)
        by_length = filled[np.argsort(lengths[filled], kind="stable")]
        for first in range(0, len(by_length), 256):
            rows = by_length[first : first + 256]
            x = np.zeros((len(rows), lengths[rows[-1]]), np.int64)
            pauses = np.zeros_like(x)
            for line, row in enumerate(rows):
                items, times = histories[row]
                x[line, : lengths[row]] = items[-lengths[row] :] + 1
                pauses[line, : lengths[row]] = pause_buckets(times)[-lengths[row] :]
            h, _ = self.recurrent(self.items(torch.from_numpy(x)) + self.pauses(torch.from_numpy(pauses)))
            out[rows] = h[torch.arange(len(rows)), torch.from_numpy(lengths[rows] - 1)]
        return out


def pause_buckets(times: Times) -> npt.NDArray[np.int64]:
    """Bucket of the pause before each item: 0 before the first, 1 for none, then one a doubling of seconds."""
    pause = np.diff(times, prepend=times[:1])
    buckets = np.where(pause <= 0, 1, 2 + np.floor(np.log2(np.maximum(pause, 1))))
    buckets[:1] = 0
    return np.minimum(buckets, PAUSES - 1).astype(np.int64)


def bfloat16_is_fast() -> bool:
    """Whether this processor multiplies bfloat16 matrices in hardware."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


class FullSoftmax(torch.autograd.Function):
    """Mean cross-entropy over the whole catalogue, with gradients made on the way, a block of positions at a time.

    The scores of all positions never stand in memory together, which is also what makes it fast: blocks stay in
    the cache. Products and probabilities are kept in bfloat16 where that is fast; sums are taken in float32.

    Every block has ``ROWS`` positions and the catalogue a multiple of ``STEP`` items, the last ones made of zeros:
    the library behind the products keeps a compiled one and its buffers for each shape it has met, and batches of
    a thousand different lengths would make it keep gigabytes.
    """

    @staticmethod
    def forward(ctx: Any, states: Tensor, items: Tensor, bias: Tensor, targets: Tensor, low: bool) -> Tensor:
        """States (P, width), items (I, width), bias (I,), targets (P,) codes; ``low`` for bfloat16 products."""
        kind = torch.bfloat16 if low else torch.float32
        count, item_count = len(targets), len(items)
        h = _padded(states, ROWS).to(kind)
        e, b = _padded(items, STEP).to(kind), _padded(bias, STEP, NEVER).to(kind)
        wanted = _padded(targets, ROWS)
        d_states, d_items = torch.empty_like(h, dtype=torch.float32), torch.zeros(e.shape)
        d_bias = torch.zeros(b.shape)
        p = torch.empty(ROWS, len(e), dtype=kind)
        rows = torch.arange(ROWS)
        loss = torch.zeros(())
        for first in range(0, len(wanted), ROWS):
            here = slice(first, first + ROWS)
            real = min(ROWS, count - first)
            torch.addmm(b, h[here], e.T, out=p)
            torch.softmax(p, 1, out=p)  # (ROWS, items)
            loss -= torch.log(p[rows, wanted[here]][:real].float() + 1e-12).sum()
            p[rows, wanted[here]] -= 1
            p[real:] = 0
            d_bias += p.sum(0, dtype=torch.float32)
            d_states[here] = p @ e
            d_items += p.T @ h[here]
        ctx.save_for_backward(
            d_states[:count] / count, d_items[:item_count] / count, d_bias[:item_count] / count
        )
        return loss / count

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        d_states, d_items, d_bias = ctx.saved_tensors
        return d_states * grads[0], d_items * grads[0], d_bias * grads[0], None, None


def _padded(rows: Tensor, step: int, value: float = 0.0) -> Tensor:
    """``rows`` (n, …) with rows of ``value`` behind them, up to a multiple of ``step``."""
    missing = -len(rows) % step
    return torch.cat([rows, rows.new_full((missing, *rows.shape[1:]), value)]) if missing else rows
