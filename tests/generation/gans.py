"""A GAN that nobody trained, as a folder: the cheapest one that draws."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from generation.ml.gan.config import GanConfig
from generation.ml.gan.generator import Generator


def untrained_gan(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = GanConfig(size=32, width=16, categories=("a", "b"))
    with torch.random.fork_rng():
        torch.manual_seed(4)
        generator = Generator(config)
    save_file(
        {key: value.contiguous() for key, value in generator.state_dict().items()},
        folder / "generator.safetensors",
    )
    (folder / "generator.json").write_text(json.dumps({"config": config.to_json()}), encoding="utf-8")
    return folder
