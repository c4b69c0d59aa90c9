"""Few weights over many signals: an expert is a softmax over the catalogue, a gate mixes two of them.

An expert's weights maximize the likelihood of held-out choices among everything not yet seen (the conditional logit
of McFadden 1973): a handful of numbers, so a few hundred users settle them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from recommender.ml.interactions import Floats

SHRINK = 3e-3  # penalty on squared weights: mean log-likelihood a choice is traded against it
NOT_OFFERED = -1e9
SCALES = (0.0, 0.5, 0.7, 1.4, 2.0)  # tried for each weight when the top of the list decides

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Choices:
    """Held-out choices: ``signals`` (n, F, I), ``seen`` (n, I) not on offer, ``chosen`` (n, I)."""

    signals: Floats
    seen: Mask
    chosen: Mask

    def only(self, columns: Sequence[int]) -> Choices:
        """The same choices explained by fewer signals."""
        return Choices(self.signals[:, list(columns)], self.seen, self.chosen)


def expert_scores(signals: Floats, weights: Floats, seen: Mask) -> Floats:
    """Log-probabilities (n, I) over what was not seen; seen items keep their place on the same scale."""
    scores = np.einsum("nfi,f->ni", signals, weights, optimize=True)
    offered = np.where(seen, NOT_OFFERED, scores)
    top = offered.max(axis=1, keepdims=True)
    total = np.log(np.exp(offered - top).sum(axis=1, keepdims=True)) + top
    return np.asarray(scores - total, np.float32)


def mix(first: Floats, second: Floats, share: Floats) -> Floats:
    """Log of the mixture of two experts' probabilities; ``share`` (n,) in [0, 1] is the second's."""
    share = np.clip(share, 1e-6, 1 - 1e-6)[:, None]
    return np.logaddexp(np.log1p(-share) + first, np.log(share) + second).astype(np.float32)


def fit_expert(parts: Sequence[Choices], toward: Floats | None = None, shrink: float = SHRINK) -> Floats:
    """Weights (F,) that make the chosen items likeliest, each part counting alike whatever its size.

    A user's chosen items share one choice's weight. ``shrink`` pulls the weights to ``toward`` (zero where not given).
    """
    width = parts[0].signals.shape[1]
    middle = torch.zeros(width) if toward is None else torch.from_numpy(toward)
    weights = middle.clone().requires_grad_()
    data = []
    for part in parts:
        share = torch.from_numpy(part.chosen).float()
        share /= share.sum(1, keepdim=True).clamp(min=1)
        data.append((torch.from_numpy(part.signals), torch.from_numpy(part.seen), share))
    optimizer = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        total = shrink * ((weights - middle) ** 2).sum()
        for signals, seen, share in data:
            scores = torch.einsum("nfi,f->ni", signals, weights).masked_fill(seen, NOT_OFFERED)
            total = total - (share * functional.log_softmax(scores, 1)).sum(1).mean() / len(data)
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach().numpy().astype(np.float32)


def tune_expert(parts: Sequence[Choices], weights: Floats) -> Floats:
    """Weights (F,) that rank better than ``weights``: each in turn scaled, dropped or kept, twice around.

    Likelihood settles how the whole catalogue is spread, NDCG@10 and Recall@20 only how its top is; the two differ
    most for popularity. A change must gain more than one standard error over the users. The likeliest common scale
    of the new weights is found at the end, since a mixture needs probabilities.
    """
    weights = weights.copy()
    scores = [np.einsum("nfi,f->ni", part.signals, weights, optimize=True) for part in parts]
    now = _qualities(parts, scores)
    for column in list(range(len(weights))) * 2:
        best_gain, best_factor = 0.0, 1.0
        for factor in SCALES:
            if weights[column] == 0:
                break
            step = (factor - 1) * weights[column]
            moved = [
                score + step * part.signals[:, column] for part, score in zip(parts, scores, strict=True)
            ]
            gain = ((_qualities(parts, moved) - now) / now.mean(axis=1, keepdims=True).clip(1e-6)).sum(axis=0)
            if gain.mean() > max(best_gain, gain.std() / np.sqrt(len(gain))):
                best_gain, best_factor = float(gain.mean()), factor
        if best_factor != 1:
            step = (best_factor - 1) * weights[column]
            scores = [
                score + step * part.signals[:, column] for part, score in zip(parts, scores, strict=True)
            ]
            weights[column] *= best_factor
            now = _qualities(parts, scores)
    alone = [
        Choices(score[:, None], part.seen, part.chosen) for part, score in zip(parts, scores, strict=True)
    ]
    return weights * float(fit_expert(alone, toward=np.ones(1, np.float32), shrink=1e-3)[0])


def _qualities(parts: Sequence[Choices], scores: Sequence[Floats]) -> Floats:
    pairs = [quality(score, part.seen, part.chosen) for part, score in zip(parts, scores, strict=True)]
    return np.concatenate([np.stack(pair) for pair in pairs], axis=1)


@dataclass(frozen=True)
class Gate:
    """Probability that the second expert is asked: ``sigmoid(slope (x @ weights + intercept) + shift)``."""

    weights: Floats  # (G,)
    intercept: float
    slope: float = 1.0
    shift: float = 0.0

    def share(self, facts: Floats) -> Floats:
        """Shares (n,) in [0, 1] of facts (n, G)."""
        z = self.slope * (facts @ self.weights + self.intercept) + self.shift
        return np.asarray(1 / (1 + np.exp(-z)), np.float32)


def fit_gate(first: Floats, second: Floats, shrink: float = 2e-3) -> Gate:
    """Logistic regression that tells the facts (n, G) of one kind of moment from the other, both counting alike."""
    x = torch.from_numpy(np.concatenate([first, second]))
    y = torch.cat([torch.zeros(len(first)), torch.ones(len(second))])
    each = torch.cat(
        [torch.full((len(first),), 0.5 / len(first)), torch.full((len(second),), 0.5 / len(second))]
    )
    weights = torch.zeros(x.shape[1] + 1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        z = x @ weights[:-1] + weights[-1]
        total = (each * functional.binary_cross_entropy_with_logits(z, y, reduction="none")).sum()
        total = total + shrink * (weights[:-1] ** 2).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    fitted = weights.detach().numpy().astype(np.float32)
    return Gate(fitted[:-1], float(fitted[-1]))


def quality(scores: Floats, seen: Mask, chosen: Mask) -> tuple[Floats, Floats]:
    """NDCG@10 and Recall@20 of each row (n,); recall is capped at what twenty places can hold."""
    offered = np.where(seen, NOT_OFFERED, scores)
    width = min(20, offered.shape[1])
    best = np.argpartition(-offered, width - 1, axis=1)[:, :width]
    best = np.take_along_axis(
        best, np.argsort(-np.take_along_axis(offered, best, 1), axis=1, kind="stable"), 1
    )
    hit = np.take_along_axis(chosen, best, 1).astype(np.float32)
    discount = (1 / np.log2(np.arange(2, 12))).astype(np.float32)
    count = chosen.sum(1)
    ideal = np.cumsum(discount)[np.clip(count, 1, 10) - 1]
    gain = (hit[:, :10] * discount[: hit[:, :10].shape[1]]).sum(1)
    recall = hit.sum(1) / np.clip(count, 1, 20)
    return np.asarray(gain / ideal, np.float32), np.asarray(recall, np.float32)
