"""One training step of either architecture, and the whole state that a resumed run needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.distributed as dist
from torch import Tensor, nn

from generation.ml.gan import dcgan
from generation.ml.gan.augmentation import Draws, augment
from generation.ml.gan.config import GanConfig
from generation.ml.gan.data import ImageSet
from generation.ml.gan.discriminator import Discriminator, Eyes
from generation.ml.gan.generator import Generator
from generation.ml.gan.losses import gradient_penalty, pair_distances, pairing_loss, sameness

_FIT_IMAGES = 512  # real pictures from which the eyes take their scale
_COARSEST = -2  # of the views: the last map of the eyes, the picture itself coming after it


@dataclass(frozen=True)
class GanBatch:
    """What one step sees: real pictures (B, 3, S, S) in [-1, 1], their categories, noise, and draws of augmentation."""

    real: Tensor
    labels: Tensor
    z: Tensor
    draws: Draws


class Game(Protocol):
    """An architecture's networks, optimizers and one step."""

    generator: nn.Module
    served: nn.Module  # what samples: the average of G where one is kept
    discriminator: nn.Module
    optimizers: dict[str, torch.optim.Optimizer]

    def step(self, batch: GanBatch, number: int) -> dict[str, float]:
        """Update D, then G; losses, ``d_real`` and ``d_fake``. The logs of equal states and batches are equal."""
        ...

    def scales(self) -> dict[str, Tensor]:
        """What D needs beside its weights, by name."""
        ...


class PairedGame:
    """The served architecture. The generated pictures of a step are drawn and looked at once, for D's update and for G's."""

    def __init__(self, config: GanConfig, data: ImageSet, device: torch.device) -> None:
        self.config = config
        self.policy = tuple(part for part in config.augment.split(",") if part)
        self.eyes = Eyes(config.eyes_side, device)
        rows = Batches(config, data, device).rows(_FIT_IMAGES)
        some = real_pictures(data, rows, device)
        self.eyes.fit(some)
        with torch.no_grad():
            self.usual = pair_distances(self.eyes.see(some)[-1]).mean()
        self.generator = _placed(Generator(config), device)
        self.served = _placed(Generator(config), device).requires_grad_(False)
        self.served.load_state_dict(self.generator.state_dict())
        self.discriminator = _placed(Discriminator(config, self.eyes.widths), device)
        self.optimizers = {
            "g": _adam(self.generator, config.rate_g, config),
            "d": _adam(self.discriminator, config.rate_d, config),
        }

    def step(self, batch: GanBatch, number: int) -> dict[str, float]:
        fake = self.generator(batch.z, batch.labels)
        fake_views = self._views(fake, batch.draws)
        with torch.no_grad():
            real_views = self._views(batch.real, batch.draws)
        real_logits, logs = self._discriminate(
            real_views, [v.detach() for v in fake_views], batch.labels, number
        )
        self.discriminator.requires_grad_(False)  # G's update needs no slope of D's weights
        loss = pairing_loss(self.discriminator(fake_views, batch.labels), real_logits)
        alike = sameness(fake_views[_COARSEST], self.usual)
        _stepped(self.optimizers["g"], loss + self.config.variety * alike)
        self.discriminator.requires_grad_(True)
        self._average(number)
        return {**logs, "loss_g": float(loss.detach()), "sameness": float(alike.detach())}

    def scales(self) -> dict[str, Tensor]:
        return {f"eyes.{name}": value for name, value in self.eyes.scales().items()}

    def _views(self, x: Tensor, draws: Draws) -> list[Tensor]:
        x = augment(x, draws, self.policy).contiguous(memory_format=torch.channels_last)
        return [*self.eyes.see(x), x]

    def _discriminate(
        self, real: list[Tensor], fake: list[Tensor], labels: Tensor, number: int
    ) -> tuple[Tensor, dict[str, float]]:
        """D's update; the real pictures' logits from before it, detached, which G's loss is paired with."""
        both = self.discriminator([torch.cat(pair) for pair in zip(real, fake)], torch.cat([labels, labels]))
        real_logits, fake_logits = both.chunk(2, 1)
        loss = pairing_loss(real_logits, fake_logits)
        total = loss
        if self.config.penalty and number % self.config.penalty_every == 0:
            weight = self.config.penalty * self.config.penalty_every
            for views in (real, fake):
                total = total + weight * gradient_penalty(lambda v: self.discriminator(v, labels), views)
        _stepped(self.optimizers["d"], total)
        told = {"loss_d": float(loss.detach()), **dcgan.value_terms(real_logits, fake_logits)}
        return real_logits.detach(), told

    def _average(self, number: int) -> None:
        """Move the served weights towards G's; the half-life grows with the run, so that the start is forgotten."""
        batch = self.config.batch
        half_life = max(min(self.config.ema_images, 0.05 * (number + 1) * batch), 1e-8)
        keep = 0.5 ** (batch / half_life)
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.served.parameters()), [p.detach() for p in self.generator.parameters()], 1 - keep
            )


class MinimaxGame:
    """The founding document's architecture and game."""

    def __init__(self, config: GanConfig, data: ImageSet, device: torch.device) -> None:
        self.generator = _placed(dcgan.DcganGenerator(config), device)
        self.served = self.generator
        self.discriminator = _placed(dcgan.DcganDiscriminator(config), device)
        self.optimizers = {
            "g": _adam(self.generator, config.rate_g, config),
            "d": _adam(self.discriminator, config.rate_d, config),
        }

    def step(self, batch: GanBatch, number: int) -> dict[str, float]:
        fake = self.generator(batch.z)
        real_logits, fake_logits = self.discriminator(batch.real), self.discriminator(fake.detach())
        loss_d = -dcgan.minimax_value(real_logits, fake_logits)
        _stepped(self.optimizers["d"], loss_d)
        loss_g = dcgan.generator_loss(self.discriminator(fake))
        _stepped(self.optimizers["g"], loss_g)
        logs = dcgan.value_terms(real_logits, fake_logits)
        return {**logs, "loss_d": float(loss_d.detach()), "loss_g": float(loss_g.detach())}

    def scales(self) -> dict[str, Tensor]:
        return {}


def made_game(config: GanConfig, data: ImageSet, device: torch.device) -> Game:
    """Networks with weights drawn by the configuration's seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        if config.architecture == "dcgan":
            return MinimaxGame(config, data, device)
        return PairedGame(config, data, device)


class Batches:
    """Endless batches of a set in drawn order; ``draw`` is the only source of chance in a run.

    With several processes each draws the numbers of the whole batch and keeps its share.
    """

    def __init__(self, config: GanConfig, data: ImageSet, device: torch.device) -> None:
        self.config, self.data, self.device = config, data, device
        self.draw = torch.Generator().manual_seed(config.seed)
        self.labels = known_labels(config, data)
        self.order = self.labels.argsort(stable=True)
        self.counts = self.labels.bincount()
        self.starts = self.counts.cumsum(0) - self.counts
        world, rank = (dist.get_world_size(), dist.get_rank()) if dist.is_initialized() else (1, 0)
        self.whole = config.batch * world
        self.part = slice(config.batch * rank, config.batch * (rank + 1))

    def next(self) -> GanBatch:
        """Neighbors (2k, 2k + 1) are of one category, so that their difference can be told from that of categories."""
        rows = self.rows(self.whole)[self.part]
        z = torch.randn(self.whole, self.config.z_dim, generator=self.draw)[self.part]
        draws = Draws.drawn(self.whole, self.draw).share(self.part)
        labels = self.labels[rows]
        return GanBatch(
            real_pictures(self.data, rows, self.device), labels.to(self.device), z.to(self.device),
            Draws(draws.u.to(self.device)),
        )  # fmt: skip

    def rows(self, count: int) -> Tensor:
        """Drawn row numbers (count,), each second one from the category of the one before it."""
        first = torch.randint(len(self.data), (count // 2,), generator=self.draw)
        labels = self.labels[first]
        places = (torch.rand(count // 2, generator=self.draw) * self.counts[labels]).long()
        second = self.order[self.starts[labels] + places]
        return torch.stack([first, second], 1).flatten()


def known_labels(config: GanConfig, data: ImageSet) -> Tensor:
    """Category numbers (N,) as the networks know them: all 0 where there is no condition."""
    labels = torch.from_numpy(data.labels)
    return labels if config.categories else torch.zeros_like(labels)


def real_pictures(data: ImageSet, rows: Tensor, device: torch.device) -> Tensor:
    """Rows of the set as (B, 3, S, S) in [-1, 1], channels last in memory."""
    pictures = torch.from_numpy(data.images[rows.numpy()]).to(device)
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def _placed(network: nn.Module, device: torch.device) -> nn.Module:
    return network.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _adam(network: nn.Module, rate: float, config: GanConfig) -> torch.optim.Optimizer:
    return torch.optim.Adam(
        network.parameters(), lr=rate, betas=(config.beta_1, config.beta_2), eps=1e-8, fused=True
    )


def _stepped(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    if dist.is_initialized():
        average_gradients(p for group in optimizer.param_groups for p in group["params"])
    optimizer.step()


def average_gradients(parameters: Iterable[Tensor]) -> None:
    """The mean gradient over all processes, in one message."""
    slopes = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([slope.flatten() for slope in slopes])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    start = 0
    for slope in slopes:
        slope.copy_(flat[start : start + slope.numel()].view_as(slope))
        start += slope.numel()
