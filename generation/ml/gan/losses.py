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


def pair_distances(maps: Tensor) -> Tensor:
    """Root mean square distance (B / 2,) between each two neighbors (2k, 2k + 1) of maps (B, C, H, W)."""
    first, second = maps[0::2], maps[1::2]
    return ((first - second).square().mean((1, 2, 3)) + 1e-6).sqrt()


def sameness(fake: Tensor, usual: Tensor) -> Tensor:
    """E[max(0, 1 − d / usual)²] over neighbors of one category: 0 where they differ as real ones do, 1 where they are alike.

    Conditional GANs on few pictures a category draw one picture a category (https://arxiv.org/abs/2201.06578); no judge sees
    that, because each looks at one picture at a time. After the mode seeking term of https://arxiv.org/abs/1903.05628, with
    the real pictures' own distance ``usual`` as what is enough.
    """
    return F.relu(1 - pair_distances(fake) / usual).square().mean()
