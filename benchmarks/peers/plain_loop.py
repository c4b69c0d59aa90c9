"""The served networks and losses in a straightforward loop: what the project's own loop is timed against.

The loop that one writes first: G draws anew for each update, D sees real and generated pictures one after the other, R1 and
R2 are taken every step, slopes of D's weights are computed in G's update too and thrown away, memory is left as it comes.
"""

from __future__ import annotations

import time

import torch
from torch import Tensor
from torch.nn import functional as F

from generation.ml.gan.augmentation import Draws, augment
from generation.ml.gan.config import GanConfig
from generation.ml.gan.data import ImageSet
from generation.ml.gan.discriminator import Discriminator, Eyes
from generation.ml.gan.generator import Generator


def images_per_second(data: ImageSet, config: GanConfig, *, seconds: float) -> float:
    """Real pictures a second of the plain loop, its first step apart."""
    loop = PlainLoop(data, config)
    loop.step()
    began, steps = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        loop.step()
        steps += 1
    return steps * config.batch / (time.monotonic() - began)


class PlainLoop:
    def __init__(self, data: ImageSet, config: GanConfig) -> None:
        torch.manual_seed(config.seed)
        self.data, self.config = data, config
        self.policy = tuple(part for part in config.augment.split(",") if part)
        self.eyes = Eyes(config.eyes_side, torch.device("cpu"))
        self.g = Generator(config)
        self.d = Discriminator(config, self.eyes.widths)
        betas = (config.beta_1, config.beta_2)
        self.update_g = torch.optim.Adam(self.g.parameters(), lr=config.rate_g, betas=betas)
        self.update_d = torch.optim.Adam(self.d.parameters(), lr=config.rate_d, betas=betas)

    def step(self) -> None:
        real, labels = self._real()
        with torch.no_grad():
            fake = self._drawn(labels)
        self.update_d.zero_grad()
        real_views, fake_views = self._views(real.requires_grad_()), self._views(fake.requires_grad_())
        real_logits, fake_logits = self.d(real_views, labels), self.d(fake_views, labels)
        loss = F.softplus(fake_logits - real_logits).mean()
        for logits, views in ((real_logits, real_views), (fake_logits, fake_views)):
            slopes = torch.autograd.grad(logits.sum(), views, create_graph=True)
            power = torch.stack([slope.square().sum((1, 2, 3)).mean() for slope in slopes])
            loss = loss + self.config.penalty * power.mean() / 2
        loss.backward()  # type: ignore[no-untyped-call]
        self.update_d.step()
        self.update_g.zero_grad()
        fake_logits = self.d(self._views(self._drawn(labels)), labels)
        real_logits = self.d(self._views(real.detach()), labels)
        F.softplus(real_logits - fake_logits).mean().backward()  # type: ignore[no-untyped-call]
        self.update_g.step()

    def _real(self) -> tuple[Tensor, Tensor]:
        rows = torch.randint(len(self.data), (self.config.batch,)).numpy()
        real = torch.from_numpy(self.data.images[rows]).permute(0, 3, 1, 2).float().contiguous() / 127.5 - 1
        return real, torch.from_numpy(self.data.labels[rows])

    def _drawn(self, labels: Tensor) -> Tensor:
        pictures: Tensor = self.g(torch.randn(len(labels), self.config.z_dim), labels)
        return pictures

    def _views(self, x: Tensor) -> list[Tensor]:
        draws = Draws(torch.rand(len(x), 9))
        x = augment(x, draws, self.policy)
        return [*self.eyes.see(x), x]
