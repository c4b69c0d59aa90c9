"""The served generator G: few channels, all convolutions at a quarter of the pixels, conditional on category.

Throughput decides on two cores, so the last step draws 2×2 pixels a position (sub-pixel convolution, Shi et al. 2016,
https://arxiv.org/abs/1609.05158) and no convolution ever runs at full size. Blocks are residual; each normalizes its
channels position by position (no batch statistics: what is drawn does not depend on the neighbors in a batch) and is
scaled by the style, which category and noise make together (https://arxiv.org/abs/1812.04948). From 128 px on, skip-layer
excitation (FastGAN, https://arxiv.org/abs/2101.04775) lets the 8×8 map gate the finest one.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.ml.gan.config import GanConfig

STYLE = 128
CATEGORY = 32  # numbers that stand for a category; fewer than z's, so that noise keeps its say
_FIRST = 4  # pixels a side of the first map


class StyledNorm(nn.Module):
    """Channels of each position scaled to unit power, then times (1 + a) plus b, both linear in the style."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.affine = nn.Linear(STYLE, 2 * channels)
        nn.init.normal_(self.affine.weight, std=0.02)
        nn.init.zeros_(self.affine.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        scale, shift = self.affine(style)[:, :, None, None].chunk(2, 1)
        power = (x.square().mean(1, keepdim=True) + 1e-6).rsqrt()
        return torch.addcmul(shift, x * power, 1 + scale)


class GeneratorBlock(nn.Module):
    """Norm, activation, convolution, twice; doubled in size first where ``up``."""

    def __init__(self, wide: int, out: int, *, up: bool) -> None:
        super().__init__()
        self.up = up
        self.norm_1, self.norm_2 = StyledNorm(wide), StyledNorm(out)
        self.conv_1 = nn.Conv2d(wide, out, 3, padding=1)
        self.conv_2 = nn.Conv2d(out, out, 3, padding=1)
        self.skip = nn.Conv2d(wide, out, 1, bias=False) if wide != out else nn.Identity()
        nn.init.normal_(self.conv_2.weight, std=0.1 / (9 * out) ** 0.5)
        assert self.conv_2.bias is not None
        nn.init.zeros_(self.conv_2.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        y = F.leaky_relu(self.norm_1(x, style), 0.2)
        x = self.skip(x)
        if self.up:
            x, y = (F.interpolate(v, scale_factor=2, mode="nearest") for v in (x, y))
        y = self.conv_1(y)
        out: Tensor = x + self.conv_2(F.leaky_relu(self.norm_2(y, style), 0.2))
        return out


class Excitation(nn.Module):
    """A gate in (0, 1) for each channel of a fine map, from a coarse one."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(coarse, fine, 4)
        self.gate = nn.Linear(fine, fine)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        seen = F.leaky_relu(self.squeeze(F.adaptive_avg_pool2d(coarse, 4)).flatten(1), 0.1)
        return fine * torch.sigmoid(self.gate(seen))[:, :, None, None]


class Generator(nn.Module):
    """G: z (B, z_dim) ~ N(0, I) and category numbers (B,) → pictures (B, 3, size, size) in [-1, 1]."""

    def __init__(self, config: GanConfig) -> None:
        super().__init__()
        self.config = config
        w = config.width
        widths = {4: 4 * w, 8: 2 * w, 16: w, 32: max(w // 2, 16), 64: max(w // 4, 16)}
        sides = [side for side in widths if side <= config.size // 2]
        self.embedding = nn.Embedding(max(len(config.categories), 1), CATEGORY)
        self.mapping = nn.Sequential(
            nn.Linear(config.z_dim + CATEGORY, STYLE),
            nn.LeakyReLU(0.2),
            nn.Linear(STYLE, STYLE),
            nn.LeakyReLU(0.2),
        )
        self.first = nn.Linear(config.z_dim + CATEGORY, widths[4] * _FIRST**2)
        pairs = [(widths[4], widths[4])] + [(widths[a], widths[b]) for a, b in itertools.pairwise(sides)]
        self.blocks = nn.ModuleList([GeneratorBlock(a, b, up=i > 0) for i, (a, b) in enumerate(pairs)])
        last = widths[sides[-1]]
        self.excitation = Excitation(widths[8], last) if config.size >= 128 else None
        self.last_norm = StyledNorm(last)
        self.last = nn.Conv2d(last, 12, 3, padding=1)
        nn.init.normal_(self.embedding.weight, std=0.7)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        seed = torch.cat([z, self.embedding(labels)], 1)
        style = self.mapping(seed)
        x = self.first(seed).unflatten(1, (-1, _FIRST, _FIRST)).contiguous(memory_format=torch.channels_last)
        coarse = x
        for number, block in enumerate(self.blocks):
            x = block(x, style)
            if number == 1:
                coarse = x
        if self.excitation is not None:
            x = self.excitation(coarse, x)
        x = self.last(F.leaky_relu(self.last_norm(x, style), 0.2))
        return torch.tanh(F.pixel_shuffle(x, 2))
