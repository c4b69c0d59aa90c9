"""Differentiable augmentation: one policy for real and generated pictures, in both updates.

Zhao et al. 2020, https://arxiv.org/abs/2006.10738. Numbers are drawn for the whole batch and then cut to this process's
share, so that two processes see what one with the doubled batch would.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

POLICIES = ("flip", "color", "translation", "cutout")
_SHIFT = 1 / 8  # of the side, at most
_HOLE = 0.4  # of the side


@dataclass(frozen=True)
class Draws:
    """Uniform numbers in [0, 1), (B, 9), that decide what is done to each picture."""

    u: Tensor

    @classmethod
    def drawn(cls, count: int, draw: torch.Generator) -> Draws:
        """The same for both pictures of a pair (2k, 2k + 1), so that a pair's difference is the pictures' own."""
        return cls(torch.rand(count // 2, 9, generator=draw).repeat_interleave(2, 0))

    def share(self, part: slice) -> Draws:
        return Draws(self.u[part])


def augment(x: Tensor, draws: Draws, policy: tuple[str, ...]) -> Tensor:
    """x (B, 3, S, S) in [-1, 1] under ``policy``; differentiable in x."""
    u = draws.u
    if "flip" in policy:
        x = torch.where(u[:, 8, None, None, None] < 0.5, x.flip(3), x)
    if "color" in policy:
        x = _color(x, u)
    if "translation" in policy:
        x = _translated(x, u[:, 3], u[:, 4])
    if "cutout" in policy:
        x = _cut_out(x, u[:, 5], u[:, 6])
    return x


def _color(x: Tensor, u: Tensor) -> Tensor:
    """Brightness ±0.5, saturation ×0–2, contrast ×0.5–1.5, as published."""
    bright, saturation, contrast = (u[:, i, None, None, None] for i in range(3))
    x = x + bright - 0.5
    gray = x.mean(1, keepdim=True)
    x = (x - gray) * (2 * saturation) + gray
    level = x.mean((1, 2, 3), keepdim=True)
    return (x - level) * (contrast + 0.5) + level


def _translated(x: Tensor, across: Tensor, down: Tensor) -> Tensor:
    """Moved by up to an eighth of the side; what comes in is gray."""
    side = x.shape[-1]
    most = round(side * _SHIFT)
    moved = [torch.floor(v * (2 * most + 1)).long() for v in (down, across)]
    padded = F.pad(x, (most,) * 4)
    steps = torch.arange(side)
    rows, columns = (m[:, None] + steps for m in moved)  # (B, S)
    index = torch.arange(len(x))
    return padded.permute(0, 2, 3, 1)[index[:, None, None], rows[:, :, None], columns[:, None, :]].permute(
        0, 3, 1, 2
    )


def _cut_out(x: Tensor, across: Tensor, down: Tensor) -> Tensor:
    """A gray square hole somewhere, over the edge at times."""
    side = x.shape[-1]
    half = side * _HOLE / 2
    steps = torch.arange(side) + 0.5
    inside = [((steps - v[:, None] * side).abs() < half).float() for v in (down, across)]
    hole = inside[0][:, :, None] * inside[1][:, None, :]
    return x * (1 - hole[:, None])
