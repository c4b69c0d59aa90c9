"""From a trained folder to pictures: the served generator, drawn samples, and sheets of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from core.files import atomic_path
from generation.ml.gan.checkpoint import MODEL
from generation.ml.gan.config import GanConfig
from generation.ml.gan.dcgan import DcganGenerator
from generation.ml.gan.errors import GanModelInvalid
from generation.ml.gan.generator import Generator

_BATCH = 100


@dataclass(frozen=True)
class TrainedGan:
    """A generator ready to draw, with the configuration and the story of its training."""

    generator: nn.Module
    config: GanConfig
    about: dict[str, object]

    def labels(self, count: int, category: str | None = None) -> Tensor:
        """``count`` category numbers: of one category, or of all in turn. Raises ``GanModelInvalid`` for an unknown one."""
        known = self.config.categories
        if category is None:
            return torch.arange(count) % max(len(known), 1)
        if category not in known:
            raise GanModelInvalid(f"category must be one of {', '.join(known) or 'none'}, got {category!r}.")
        return torch.full((count,), known.index(category))

    def draw(self, z: Tensor, labels: Tensor) -> NDArray[np.uint8]:
        """Pictures (N, S, S, 3) of noise (N, z_dim) and category numbers (N,)."""
        with torch.no_grad():
            parts = [
                self.generator(z[i : i + _BATCH], labels[i : i + _BATCH]) for i in range(0, len(z), _BATCH)
            ]
        return as_bytes(torch.cat(parts))


def as_bytes(pictures: Tensor) -> NDArray[np.uint8]:
    """(N, 3, S, S) in [-1, 1] as (N, S, S, 3) in 0–255."""
    scaled = ((pictures.float() + 1) * 127.5).round().clamp(0, 255).byte()
    return np.ascontiguousarray(scaled.permute(0, 2, 3, 1).cpu().numpy())


def load_gan(folder: Path) -> TrainedGan:
    """The generator that ``train`` left in ``folder``. Raises ``GanModelInvalid`` where there is none that can be read."""
    try:
        about = json.loads((folder / f"{MODEL}.json").read_text(encoding="utf-8"))
        config = GanConfig.from_json(about["config"])
        generator = (DcganGenerator if config.architecture == "dcgan" else Generator)(config)
        generator.load_state_dict(load_file(folder / f"{MODEL}.safetensors"))
    except FileNotFoundError as error:
        raise GanModelInvalid(
            f"{folder.name} holds no trained GAN ({error.filename} is missing). Train one: "
            "python -m generation.ml.gan train --images DIR_OR_ZIP --output DIR."
        ) from error
    except (KeyError, ValueError, RuntimeError) as error:
        raise GanModelInvalid(f"{folder.name} holds a GAN that cannot be read: {error}") from error
    return TrainedGan(generator.eval().to(memory_format=torch.channels_last), config, about)  # type: ignore[call-overload]


def samples(gan: TrainedGan, count: int, *, seed: int = 0, category: str | None = None) -> NDArray[np.uint8]:
    """``count`` pictures (N, S, S, 3); of all categories in turn, or of one."""
    z = torch.randn(count, gan.config.z_dim, generator=torch.Generator().manual_seed(seed))
    return gan.draw(z, gan.labels(count, category))


def sheet(
    pictures: NDArray[np.uint8] | Sequence[NDArray[np.uint8]], columns: int, *, scale: int = 2
) -> Image.Image:
    """Pictures of one size side by side, each pixel ``scale`` pixels wide."""
    stacked = np.stack(list(pictures))
    rows = -(-len(stacked) // columns)
    side = stacked.shape[1]
    filled = np.full((rows * columns, side, side, 3), 245, np.uint8)
    filled[: len(stacked)] = stacked
    grid = (
        filled.reshape(rows, columns, side, side, 3)
        .transpose(0, 2, 1, 3, 4)
        .reshape(rows * side, columns * side, 3)
    )
    return Image.fromarray(grid).resize(
        (columns * side * scale, rows * side * scale), Image.Resampling.NEAREST
    )


def write_sheet(place: Path, pictures: NDArray[np.uint8], columns: int = 10) -> None:
    with atomic_path(place) as part:
        sheet(pictures, columns).save(part, format="PNG")
