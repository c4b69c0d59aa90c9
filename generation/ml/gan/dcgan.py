"""The network of the founding document: z ~ N(0, I_100) → size×size×3 by transposed convolutions, against a mirror image of it.

Radford et al. 2015, https://arxiv.org/abs/1511.06434; the document's listing is corrected as docs/generators.md says: every
hidden layer of D ends in LeakyReLU, G is trained towards ones, both losses are written down, and G sees no sigmoid.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.ml.gan.config import GanConfig

Z_DIM = 100
WIDTH = 64


def _widths(size: int) -> list[int]:
    """Channels of G's maps from 4×4 to half the size: 512, 256, 128, 64 for 64 pixels."""
    levels = size.bit_length() - 3  # 32 → 3, 64 → 4, 128 → 5
    return [WIDTH * 2**i for i in reversed(range(levels))]


class DcganGenerator(nn.Module):
    """z (B, z_dim) → (B, 3, size, size) in [-1, 1]; it knows no category, ``labels`` are not looked at."""

    def __init__(self, config: GanConfig) -> None:
        super().__init__()
        widths = _widths(config.size)
        layers = _up(config.z_dim, widths[0], stride=1, padding=0)  # (B, 512, 4, 4)
        for wide, out in itertools.pairwise(widths):
            layers += _up(wide, out, stride=2, padding=1)
        layers += [nn.ConvTranspose2d(widths[-1], 3, 4, 2, 1, bias=False), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        self.apply(initialized)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        x: Tensor = self.layers(z[:, :, None, None])
        return x


def _up(wide: int, out: int, *, stride: int, padding: int) -> list[nn.Module]:
    return [
        nn.ConvTranspose2d(wide, out, 4, stride, padding, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
    ]  # fmt: skip


class DcganDiscriminator(nn.Module):
    """x (B, 3, size, size) in [-1, 1] → the logit (B,) of being real; D(x) is its sigmoid."""

    def __init__(self, config: GanConfig) -> None:
        super().__init__()
        widths = _widths(config.size)[::-1]  # 64, 128, 256, 512
        layers: list[nn.Module] = [
            nn.Conv2d(3, widths[0], 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
        ]
        for wide, out in itertools.pairwise(widths):
            layers += [
                nn.Conv2d(wide, out, 4, 2, 1, bias=False),
                nn.BatchNorm2d(out),
                nn.LeakyReLU(0.2, inplace=True),
            ]
        layers.append(nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False))
        self.layers = nn.Sequential(*layers)
        self.apply(initialized)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.layers(x).flatten()
        return logits


def initialized(module: nn.Module) -> None:
    """Weights N(0, 0.02), batch norms N(1, 0.02), as published."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def minimax_value(real: Tensor, fake: Tensor) -> Tensor:
    """V(D, G) = E[log D(x)] + E[log(1 − D(G(z)))] from logits; D climbs it, and −V is D's binary cross entropy."""
    return F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean()


def generator_loss(fake: Tensor) -> Tensor:
    """−E[log D(G(z))], G's side of the game in the form that still has a slope where D wins (Goodfellow et al. 2014)."""
    return -F.logsigmoid(fake).mean()


def learning(config: GanConfig) -> GanConfig:
    """The published choices: z of 100, batches of 128, Adam with 2e-4 and β₁ 0.5; no category, no augmentation, no average."""
    from dataclasses import replace

    return replace(
        config, categories=(), z_dim=Z_DIM, batch=128, rate_g=2e-4, rate_d=2e-4, beta_1=0.5, beta_2=0.999,
        ema_images=0.0, penalty=0.0, augment="",
    )  # fmt: skip


def value_terms(real: Tensor, fake: Tensor) -> dict[str, float]:
    """D(x) and D(G(z)), means in (0, 1)."""
    return {
        "d_real": float(torch.sigmoid(real.detach()).mean()),
        "d_fake": float(torch.sigmoid(fake.detach()).mean()),
    }
