"""Planted pictures in two categories: light disks on blue, dark stripes on orange."""

import numpy as np
import pytest
import torch
from PIL import Image

from generation.ml.gan.config import GanConfig
from generation.ml.gan.data import load_images


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def picture_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    draw = np.random.default_rng(5)
    ys, xs = np.mgrid[:32, :32]
    for i in range(24):
        x, y = draw.uniform(8, 24, 2)
        disk = np.full((32, 32, 3), (30, 60, 180), np.uint8)
        disk[(xs - x) ** 2 + (ys - y) ** 2 < 36] = (240, 240, 200)
        stripes = np.full((32, 32, 3), (230, 140, 40), np.uint8)
        stripes[(xs + int(x)) % 8 < 3] = (60, 20, 10)
        for category, picture in (("disks", disk), ("stripes", stripes)):
            place = folder / category / f"{i:02d}.png"
            place.parent.mkdir(exist_ok=True)
            Image.fromarray(picture).save(place)
    return folder


@pytest.fixture(scope="session")
def pictures(picture_folder):
    return load_images(picture_folder, 32)


@pytest.fixture
def tiny():
    return GanConfig(size=32, width=16, batch=8, eyes_side=32)
