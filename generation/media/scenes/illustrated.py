"""The site's own scenes as a generator: drawings and type in layouts, palettes and motions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.media.layers import SceneLayers
from generation.media.scenes.builder import LOOKS_VERSION
from generation.media.scenes.composer import scene_picture
from generation.media.scenes.covers import cover
from generation.storyboard import Storyboard


class IllustratedScenes:
    """See ``generation.generators.Visuals``."""

    version = f"illustrated-{LOOKS_VERSION}"

    def scene(self, board: Storyboard, index: int, *, size: tuple[int, int]) -> SceneLayers:
        return scene_picture(board, index, size=size)

    def cover(self, board: Storyboard, *, size: tuple[int, int]) -> NDArray[np.uint8]:
        return cover(board, size=size)
