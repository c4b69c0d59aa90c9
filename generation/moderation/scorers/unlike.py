"""The GAN's discriminator as a judge of pictures unlike those the platform knows (out of distribution)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.ml.gan.errors import GanModelInvalid
from generation.moderation.scorers.contract import Evidence, ScreeningItem, Signal
from generation.moderation.scorers.watching import Watching

log = logging.getLogger(__name__)

MOST_EVIDENCE = 3
WEIGHTS, CONFIG = "outliers.safetensors", "outliers.json"  # as ``generation.ml.gan.outliers`` writes them
NONE_TRAINED = "No discriminator is trained yet."
UNREADABLE = "The discriminator in production cannot be read; export or train it again."


class OutlierJudge(Protocol):
    """A trained discriminator: ``size`` pixels a side, and how unlike those it learned from each picture is."""

    size: int
    version: str

    def strangeness(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n,) in [0, 1] for (n, size, size, 3); one half is the edge of what is usual."""
        ...


Loader = Callable[[Path], OutlierJudge]  # raises ``GanModelInvalid`` where it cannot read the folder


class UnlikeScorer:
    """Extra. ``no_model`` until a discriminator is trained that can be read; its score is the mean strangeness of the stills."""

    name = "discriminator"
    required = False

    def __init__(self, watching: Watching, folder: Path | None, load: Loader | None) -> None:
        self._watching, self._folder, self._load = watching, folder, load
        self._judge: OutlierJudge | None = None
        self.version = "none"

    def signals(self, item: ScreeningItem) -> list[Signal]:
        try:
            judge = self._found()
        except GanModelInvalid as problem:
            log.warning("The discriminator cannot be read.", exc_info=problem)
            return [Signal(self.name, self.version, "other", 0.0, state="no_model", detail=UNREADABLE)]
        if judge is None:
            return [Signal(self.name, self.version, "other", 0.0, state="no_model", detail=NONE_TRAINED)]
        stills = self._watching.of(item).stills
        if not stills:
            return [Signal(self.name, self.version, "other", 0.0)]
        strange = judge.strangeness(np.stack([_square(still.rgb, judge.size) for still in stills]))
        order = np.argsort(-strange)[:MOST_EVIDENCE]
        evidence = tuple(
            Evidence("frame", seconds=round(stills[k].seconds, 2), score=round(float(strange[k]), 4))
            for k in order
        )
        return [Signal(self.name, self.version, "other", round(float(strange.mean()), 4), evidence)]

    def _found(self) -> OutlierJudge | None:
        """The judge, read when it is first asked; ``None`` where there is none."""
        if self._judge is not None or self._folder is None or self._load is None:
            return self._judge
        if all((self._folder / name).is_file() for name in (WEIGHTS, CONFIG)):
            self._judge = self._load(self._folder)
            self.version = self._judge.version
        return self._judge


def _square(rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The middle square at ``size`` pixels a side."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = Image.fromarray(rgb[top : top + side, left : left + side])
    return np.asarray(middle.resize((size, size), Image.Resampling.BOX))
