"""Every size that may be asked for, from pictures to a moving ground: trained, loaded, drawn, made crisp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from generation.media.scenes import PALETTES
from generation.media.scenes.backdrops import STYLES, Drive, closed_path, draw_crisp
from generation.ml.gan.config import ARCHITECTURES, SIZES, GanConfig
from generation.ml.gan.data import load_images
from generation.ml.gan.sampling import load_gan, samples
from generation.ml.gan.training import train


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("size", SIZES)
def test_a_size_goes_all_the_way(size: int, architecture: str, picture_folder: Path, tmp_path: Path) -> None:
    images = load_images(picture_folder, size, limit=16)
    assert images.images.shape[1:] == (size, size, 3)
    config = GanConfig(architecture=architecture, size=size, width=8, batch=4, eyes_side=32)  # type: ignore[arg-type]
    told = train(images, tmp_path, config, minutes=1, steps=2)
    assert told["steps"] == 2
    gan = load_gan(tmp_path)
    assert samples(gan, 3, seed=1).shape == (3, size, size, 3)
    path = torch.from_numpy(closed_path(Drive.silent(4), gan.config.z_dim, seed=2))
    loop = draw_crisp(
        gan.draw(path, torch.zeros(4, dtype=torch.long)), PALETTES["ocean"], (90, 160), STYLES[0]
    )
    assert len(loop) == 4 and loop[0].shape == (160, 90, 3) and np.isfinite(loop[0]).all()
