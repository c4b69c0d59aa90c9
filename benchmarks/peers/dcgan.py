"""The reference everyone starts from: a plain DCGAN of the PyTorch tutorial's shape and loop.

Radford et al. 2015, https://arxiv.org/abs/1511.06434. Maps of 64·2ᵏ channels, batches of 128, binary cross entropy, Adam
2e-4 with β₁ 0.5, fresh passes over real and generated pictures; nothing that only this project's loop does.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Z, WIDTH, BATCH = 100, 64, 128


def generator(size: int) -> nn.Sequential:
    """(B, 100, 1, 1) → (B, 3, size, size)."""
    steps = size.bit_length() - 4  # doublings between 4×4 and the last one: 2 for 32, 3 for 64
    wide = WIDTH * 2**steps
    layers: list[nn.Module] = [
        nn.ConvTranspose2d(Z, wide, 4, 1, 0, bias=False),
        nn.BatchNorm2d(wide),
        nn.ReLU(True),
    ]
    for _ in range(steps):
        layers += [
            nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(wide // 2),
            nn.ReLU(True),
        ]
        wide //= 2
    return nn.Sequential(*layers, nn.ConvTranspose2d(wide, 3, 4, 2, 1, bias=False), nn.Tanh()).apply(_start)


def discriminator(size: int) -> nn.Sequential:
    """(B, 3, size, size) → (B, 1, 1, 1) in (0, 1)."""
    steps = size.bit_length() - 4
    layers: list[nn.Module] = [nn.Conv2d(3, WIDTH, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)]
    wide = WIDTH
    for _ in range(steps):
        layers += [
            nn.Conv2d(wide, wide * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(wide * 2),
            nn.LeakyReLU(0.2, True),
        ]
        wide *= 2
    return nn.Sequential(*layers, nn.Conv2d(wide, 1, 4, 1, 0, bias=False), nn.Sigmoid()).apply(_start)


def _start(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


@dataclass
class PlainDcgan:
    """The trained peer."""

    generator: nn.Sequential
    images: int
    seconds: float

    @classmethod
    def trained(cls, pictures: NDArray[np.uint8], *, seconds: float, seed: int) -> PlainDcgan:
        """Train for ``seconds`` on ``pictures`` (N, S, S, 3)."""
        torch.manual_seed(seed)
        size = pictures.shape[1]
        g, d = generator(size), discriminator(size)
        updates = {n: torch.optim.Adam(n.parameters(), lr=2e-4, betas=(0.5, 0.999)) for n in (g, d)}
        cross_entropy = nn.BCELoss()
        seen, began = 0, time.monotonic()
        while not seen or time.monotonic() - began < seconds:
            order = torch.randperm(len(pictures))
            batch = min(BATCH, len(order))  # a set smaller than a batch is one batch
            for start in range(0, len(order) - batch + 1, batch):
                if seen and time.monotonic() - began >= seconds:
                    break
                real = _scaled(pictures, order[start : start + batch])
                _step(g, d, updates, cross_entropy, real)
                seen += batch
        return cls(g, seen, time.monotonic() - began)

    def samples(self, count: int, seed: int) -> NDArray[np.uint8]:
        """Pictures (count, S, S, 3), drawn in batches with their own statistics, as the tutorial does."""
        draw = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            parts = [
                self.generator(torch.randn(BATCH, Z, 1, 1, generator=draw)) for _ in range(-(-count // BATCH))
            ]
        scaled = ((torch.cat(parts)[:count] + 1) * 127.5).round().clamp(0, 255).byte()
        return np.ascontiguousarray(scaled.permute(0, 2, 3, 1).numpy())


def _scaled(pictures: NDArray[np.uint8], rows: Tensor) -> Tensor:
    return torch.from_numpy(pictures[rows.numpy()]).permute(0, 3, 1, 2).float().contiguous() / 127.5 - 1


def _step(
    g: nn.Module, d: nn.Module, updates: dict[nn.Sequential, torch.optim.Adam], loss: nn.BCELoss, real: Tensor
) -> None:
    update_g, update_d = updates.values()
    ones, zeros = torch.ones(len(real)), torch.zeros(len(real))
    d.zero_grad()
    loss(d(real).flatten(), ones).backward()
    fake = g(torch.randn(len(real), Z, 1, 1))
    loss(d(fake.detach()).flatten(), zeros).backward()
    update_d.step()
    g.zero_grad()
    loss(d(fake).flatten(), ones).backward()
    update_g.step()
