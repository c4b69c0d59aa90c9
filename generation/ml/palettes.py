"""A second, small generator: palettes and scene layouts as tens of numbers instead of pixels, trained in seconds.

``python -m generation.ml.palettes train --rows FILE.json --output DIR`` learns from rows ``{"numbers": […], "reward": 0–1}``;
``… sample --model DIR --count 16`` prints rows. A GAN of two small networks on standardized numbers: relativistic pairing with
R1 + R2, as for pictures. Rows are drawn in proportion to their reward, so what held viewers is met more often.
Colors go in as OKLab (three numbers each), where a turn of hue keeps lightness and contrast: ``turned`` makes of a few
palettes a continuum that the network can learn without learning them by heart.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import PlatformError
from generation.errors import GenerationError
from generation.ml.gan.checkpoint import write_json, write_tensors
from generation.ml.gan.losses import pairing_loss

F32 = NDArray[np.float32]

Z, WIDTH, BATCH = 16, 96, 128
_RATE, _PENALTY, _KEEP = 1e-3, 0.3, 0.995
_TOLD = 50  # steps between two words about how far it is
LEAST_ROWS = 8


class PaletteRowsInvalid(GenerationError):
    """Rows from which no palettes or layouts can be learned."""

    code = "palette_rows_invalid"


@dataclass(frozen=True)
class RowGenerator:
    """A trained generator of rows (D,), in the units of the rows it was trained on."""

    network: nn.Module
    mean: Tensor
    spread: Tensor

    def sample(self, count: int, *, seed: int) -> F32:
        """``count`` rows (N, D)."""
        z = torch.randn(count, Z, generator=torch.Generator().manual_seed(seed))
        with torch.no_grad():
            rows = self.network(z) * self.spread + self.mean
        return np.asarray(rows.numpy(), np.float32)

    def save(self, folder: Path) -> None:
        tensors = {f"network.{key}": value for key, value in self.network.state_dict().items()}
        write_tensors(folder / "rows.safetensors", {**tensors, "mean": self.mean, "spread": self.spread})
        write_json(folder / "rows.json", {"numbers": len(self.mean)})

    @classmethod
    def load(cls, folder: Path) -> RowGenerator:
        """Raises ``PaletteRowsInvalid`` where ``save`` left nothing that can be read."""
        try:
            tensors = load_file(folder / "rows.safetensors")
        except (OSError, ValueError) as error:
            raise PaletteRowsInvalid(
                f"{folder.name} holds no generator of rows ({error}). Train one first."
            ) from error
        mean, spread = tensors.pop("mean"), tensors.pop("spread")
        network = _layers(Z, len(mean))
        network.load_state_dict({key.removeprefix("network."): value for key, value in tensors.items()})
        return cls(network.eval(), mean, spread)


def fit_rows(
    rows: F32,
    rewards: F32 | None = None,
    *,
    steps: int = 1500,
    seed: int = 0,
    tell: Callable[[float], None] | None = None,
) -> RowGenerator:
    """Learn from ``rows`` (N, D), met in proportion to ``rewards`` (N,) in [0, 1].

    ``tell`` hears the share that is done, now and then, and may raise to end it.
    Raises ``PaletteRowsInvalid`` for fewer than 8 rows, rewards that are none, or numbers that are not finite.
    """
    weights = np.ones(len(rows), np.float32) if rewards is None else np.asarray(rewards, np.float32)
    if len(rows) < LEAST_ROWS or rows.ndim != 2 or not np.isfinite(rows).all():
        raise PaletteRowsInvalid(f"At least {LEAST_ROWS} rows of equally many finite numbers are needed.")
    if len(weights) != len(rows) or not np.isfinite(weights).all() or weights.min() < 0 or weights.max() <= 0:
        raise PaletteRowsInvalid("Each row needs a reward of at least 0, and one row more than that.")
    real = torch.from_numpy(rows)
    mean, spread = real.mean(0), real.std(0) + 1e-3
    real, chance = (real - mean) / spread, torch.from_numpy(weights + 1e-6)
    draw = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        g, d, served = _layers(Z, rows.shape[1]), _layers(rows.shape[1], 1), _layers(Z, rows.shape[1])
    served.load_state_dict(g.state_dict())
    updates = [torch.optim.Adam(n.parameters(), lr=_RATE, betas=(0.0, 0.99)) for n in (g, d)]
    for step in range(steps):
        if tell is not None and step % _TOLD == 0:
            tell(step / steps)
        x = real[torch.multinomial(chance, BATCH, replacement=True, generator=draw)]
        _step(g, d, updates, x, torch.randn(BATCH, Z, generator=draw))
        keep = min(_KEEP, step / (step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(served.parameters()), list(g.parameters()), 1 - keep)
    return RowGenerator(served.eval(), mean, spread)


def _layers(wide: int, out: int) -> nn.Sequential:
    hidden = [nn.Linear(wide, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(0.2)]
    return nn.Sequential(*hidden, nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, out))


def _step(g: nn.Module, d: nn.Module, updates: list[torch.optim.Adam], x: Tensor, z: Tensor) -> None:
    update_g, update_d = updates
    fake = g(z)
    seen = [x.clone().requires_grad_(), fake.detach().requires_grad_()]
    logits = [d(rows) for rows in seen]
    loss = pairing_loss(*logits)
    for rows, logit in zip(seen, logits, strict=True):
        (slope,) = torch.autograd.grad(logit.sum(), rows, create_graph=True)
        loss = loss + _PENALTY / 2 * slope.square().sum(1).mean()
    update_d.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    update_d.step()
    update_g.zero_grad()
    with torch.no_grad():
        real_logits = d(x)
    F.softplus(real_logits - d(fake)).mean().backward()  # type: ignore[no-untyped-call]
    update_g.step()


def turned(labs: F32, rewards: F32 | None = None, *, turns: int = 12) -> tuple[F32, F32]:
    """Palettes (N, C, 3) in OKLab under ``turns`` turns of hue each, as rows (N · turns, 3C), with their rewards."""
    kept = np.ones(len(labs), np.float32) if rewards is None else rewards
    rows = []
    for turn in range(turns):
        angle = 2 * np.pi * turn / turns
        spin = np.array([[1, 0, 0], [0, np.cos(angle), np.sin(angle)], [0, -np.sin(angle), np.cos(angle)]])
        rows.append((labs @ spin.T).reshape(len(labs), -1))
    return np.concatenate(rows).astype(np.float32), np.tile(kept, turns).astype(np.float32)


def variety(labs: F32) -> float:
    """Mean distance in OKLab between the colors of two palettes (N, C, 3): how different a choice of them is."""
    rows = torch.from_numpy(labs.reshape(len(labs), -1))
    return float(torch.pdist(rows).mean() / labs.shape[1] ** 0.5)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m generation.ml.palettes", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument(
        "--rows", type=Path, required=True, help='JSON list of {"numbers": […], "reward": 0–1}'
    )
    training.add_argument("--steps", type=int, default=1500)
    training.add_argument("--seed", type=int, default=0)
    training.add_argument("--output", type=Path, required=True)
    sampling = commands.add_parser("sample")
    sampling.add_argument("--model", type=Path, required=True)
    sampling.add_argument("--count", type=int, default=16)
    sampling.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "train":
            told = json.loads(asked.rows.read_text(encoding="utf-8"))
            numbers = np.array([row["numbers"] for row in told], np.float32)
            rewards = np.array([row.get("reward", 1.0) for row in told], np.float32)
            fit_rows(numbers, rewards, steps=asked.steps, seed=asked.seed).save(asked.output)
        else:
            rows = RowGenerator.load(asked.model).sample(asked.count, seed=asked.seed)
            sys.stdout.write(json.dumps([[round(float(v), 5) for v in row] for row in rows]) + "\n")
    except (PlatformError, OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
