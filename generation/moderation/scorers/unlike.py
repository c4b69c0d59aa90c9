"""The GAN's discriminator as a judge of pictures unlike those the platform knows (out of distribution)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.moderation.scorers.contract import Evidence, ScreeningItem, Signal
from generation.moderation.scorers.watching import Watching

MOST_EVIDENCE = 3
WEIGHTS, CONFIG = "discriminator.safetensors", "discriminator.json"


class OutlierJudge(Protocol):
    """A trained discriminator: ``size`` pixels a side, and how real each picture looks to it."""

    size: int
    version: str

    def realness(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n,) probabilities of "real" for (n, size, size, 3)."""
        ...


Loader = Callable[[Path], OutlierJudge]


class UnlikeScorer:
    """Extra. ``no_model`` until a discriminator is trained; its score is the mean strangeness of the stills."""

    name = "discriminator"
    required = False

    def __init__(self, watching: Watching, folder: Path | None, load: Loader | None) -> None:
        there = folder is not None and (folder / WEIGHTS).is_file() and (folder / CONFIG).is_file()
        self._judge = load(folder) if there and folder is not None and load is not None else None
        self._watching = watching
        self.version = self._judge.version if self._judge else "none"

    def signals(self, item: ScreeningItem) -> list[Signal]:
        if self._judge is None:
            detail = "No discriminator is trained yet."
            return [Signal(self.name, self.version, "other", 0.0, state="no_model", detail=detail)]
        stills = self._watching.of(item).stills
        if not stills:
            return [Signal(self.name, self.version, "other", 0.0)]
        strange = 1 - self._judge.realness(
            np.stack([_square(still.rgb, self._judge.size) for still in stills])
        )
        order = np.argsort(-strange)[:MOST_EVIDENCE]
        evidence = tuple(
            Evidence("frame", seconds=round(stills[k].seconds, 2), score=round(float(strange[k]), 4))
            for k in order
        )
        return [Signal(self.name, self.version, "other", round(float(strange.mean()), 4), evidence)]


def _square(rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The middle square at ``size`` pixels a side."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = Image.fromarray(rgb[top : top + side, left : left + side])
    return np.asarray(middle.resize((size, size), Image.Resampling.BOX))
