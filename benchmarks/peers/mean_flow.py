"""A peer that is no GAN: a one-step flow that learns average velocities (MeanFlow, https://arxiv.org/abs/2505.13447).

z_t = (1 − t)·x + t·e runs from a picture x to noise e with velocity v = e − x. The network u(z_t, r, t) learns the mean
velocity from r to t by the identity u = v − (t − r)·du/dt, the derivative taken along (v, 0, 1); then x = e − u(e, 0, 1)
is one step. Small for the same reason as the GAN: all convolutions run at half the side.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

BATCH, WIDTH, TIME = 64, 64, 64
_SAME = 0.75  # share of a batch with r = t, plain flow matching
_POWER, _FLOOR = 1.0, 1e-3  # adaptive weight 1 / (error + floor)^power
_EMA = 0.999


class UnitPower(nn.Module):
    """Channels of each position scaled to unit power, then by learned factors."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x * (x.square().mean(1, keepdim=True) + 1e-6).rsqrt() * self.scale


class Block(nn.Module):
    """Norm, activation, convolution twice, shifted by times and category."""

    def __init__(self, wide: int, out: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = UnitPower(wide), UnitPower(out)
        self.conv_1, self.conv_2 = nn.Conv2d(wide, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)
        self.shift = nn.Linear(2 * TIME, out)
        self.skip = nn.Conv2d(wide, out, 1) if wide != out else nn.Identity()
        nn.init.zeros_(self.conv_2.weight)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        y = self.conv_1(F.silu(self.norm_1(x))) + self.shift(told)[:, :, None, None]
        out: Tensor = self.skip(x) + self.conv_2(F.silu(self.norm_2(y)))
        return out


class MeanVelocity(nn.Module):
    """u(z, r, t, category) with the shape of z (B, 3, S, S); a U-Net of three scales."""

    def __init__(self, categories: int) -> None:
        super().__init__()
        w = WIDTH
        self.category = nn.Embedding(max(categories, 1), TIME)
        self.told = nn.Sequential(
            nn.Linear(3 * TIME, 2 * TIME), nn.SiLU(), nn.Linear(2 * TIME, 2 * TIME), nn.SiLU()
        )
        self.enter = nn.Conv2d(12, w, 3, padding=1)
        self.down = nn.ModuleList([Block(w, w), Block(w, 2 * w), Block(2 * w, 2 * w)])
        self.up = nn.ModuleList([Block(4 * w, 2 * w), Block(3 * w, w)])
        self.leave = nn.Conv2d(w, 12, 3, padding=1)
        nn.init.zeros_(self.leave.weight)

    def forward(self, z: Tensor, r: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        told = self.told(torch.cat([_waves(t), _waves(t - r), self.category(labels)], 1))
        fine = self.down[0](self.enter(F.pixel_unshuffle(z, 2)), told)
        middle = self.down[1](F.avg_pool2d(fine, 2), told)
        deep = self.down[2](F.avg_pool2d(middle, 2), told)
        x = self.up[0](torch.cat([F.interpolate(deep, scale_factor=2.0), middle], 1), told)
        x = self.up[1](torch.cat([F.interpolate(x, scale_factor=2.0), fine], 1), told)
        return F.pixel_shuffle(self.leave(F.silu(x)), 2)


def _waves(t: Tensor) -> Tensor:
    """(B,) in [0, 1] as sines and cosines (B, TIME)."""
    rates = torch.exp(torch.linspace(0, math.log(1000), TIME // 2))
    angles = t[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)


@dataclass
class MeanFlow:
    """The trained peer."""

    network: MeanVelocity
    categories: int
    size: int
    images: int
    seconds: float

    @classmethod
    def trained(
        cls,
        pictures: NDArray[np.uint8],
        labels: NDArray[np.int64],
        categories: int,
        *,
        seconds: float,
        seed: int,
    ) -> MeanFlow:
        """Train for ``seconds`` on ``pictures`` (N, S, S, 3) with ``labels`` (N,)."""
        torch.manual_seed(seed)
        network, served = MeanVelocity(categories), MeanVelocity(categories)
        served.load_state_dict(network.state_dict())
        update = torch.optim.Adam(network.parameters(), lr=1e-3, betas=(0.9, 0.99), fused=True)
        step, began = 0, time.monotonic()
        while step == 0 or time.monotonic() - began < seconds:
            rows = torch.randint(len(pictures), (BATCH,))
            x = torch.from_numpy(pictures[rows.numpy()]).permute(0, 3, 1, 2).float() / 127.5 - 1
            update.zero_grad()
            flow_loss(network, x, torch.from_numpy(labels)[rows]).backward()  # type: ignore[no-untyped-call]
            update.step()
            step += 1
            keep = min(_EMA, step / (step + 20))
            with torch.no_grad():
                torch._foreach_lerp_(list(served.parameters()), list(network.parameters()), 1 - keep)
        return cls(served.eval(), categories, pictures.shape[1], step * BATCH, time.monotonic() - began)

    def samples(self, count: int, seed: int) -> NDArray[np.uint8]:
        """Pictures (count, size, size, 3) in one step each, of all categories in turn."""
        draw = torch.Generator().manual_seed(seed)
        parts = []
        with torch.no_grad():
            for start in range(0, count, BATCH):
                labels = (torch.arange(start, min(start + BATCH, count))) % max(self.categories, 1)
                e = torch.randn(len(labels), 3, self.size, self.size, generator=draw)
                zeros, ones = torch.zeros(len(e)), torch.ones(len(e))
                parts.append(e - self.network(e, zeros, ones, labels))
        scaled = ((torch.cat(parts) + 1) * 127.5).round().clamp(0, 255).byte()
        return np.ascontiguousarray(scaled.permute(0, 2, 3, 1).numpy())


def flow_loss(network: nn.Module, x: Tensor, labels: Tensor) -> Tensor:
    """The weighted error of the mean velocity for pictures x (B, 3, S, S) in [-1, 1]."""
    count = len(x)
    times = torch.sigmoid(torch.randn(2, count) * 1.0 - 0.4)
    t, r = times.amax(0), times.amin(0)
    r = torch.where(torch.rand(count) < _SAME, t, r)
    e = torch.randn_like(x)
    z = torch.lerp(x, e, t[:, None, None, None])
    v = e - x
    u, slope = torch.func.jvp(  # type: ignore[misc]
        lambda z, r, t: network(z, r, t, labels), (z, r, t), (v, torch.zeros_like(r), torch.ones_like(t))
    )
    target = v - (t - r)[:, None, None, None] * slope.detach()
    error = (u - target).square().mean((1, 2, 3))
    weighted: Tensor = (error / (error.detach() + _FLOOR) ** _POWER).mean()
    return weighted
