"""The served game: relativistic pairing with R1 + R2 (R3GAN, https://arxiv.org/abs/2501.05441)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def pairing_loss(winner: Tensor, loser: Tensor) -> Tensor:
    """E[softplus(−(D(winner) − D(loser)))]: D plays it with (x, G(z)), G with (G(z), x)."""
    return F.softplus(loser - winner).mean()


def gradient_penalty(logits: Callable[[list[Tensor]], Tensor], views: list[Tensor]) -> Tensor:
    """½ E‖∇D‖² of each judge in what it sees; R1 over real views, R2 over generated ones."""
    seen = [view.detach().requires_grad_() for view in views]
    slopes = torch.autograd.grad(logits(seen).sum(), seen, create_graph=True)
    total = torch.stack([slope.square().sum((1, 2, 3)).mean() for slope in slopes])
    return total.mean() / 2
