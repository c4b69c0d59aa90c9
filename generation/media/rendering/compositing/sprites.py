"""A drawing that can be blended into pictures, and the place where: made ready once, for each way when it is needed."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from generation.media.layers import Rgba
from generation.media.rendering.compositing.affine import blend_turned
from generation.media.rendering.compositing.axis_aligned import PAD, blend_upright
from generation.media.rendering.compositing.frames import Frame
from generation.media.rendering.compositing.preparation import (
    U16,
    Packed,
    Upright,
    as_words,
    halved,
    packed,
    premultiplied,
    upright,
    visible_box,
)

LARGEST = 16_000  # pixels; longer ones would leave the 32 bits of a turned sprite's coordinates
SMALLEST_LEVEL = 8  # pixels; a sprite this small is not halved again
WHOLE = (0, 0, 16384, 16384)  # the window of a drawing that is shown entirely
FULL_TURN = 92160
LARGE = 2**-0.75  # from here on a sprite is not halved


class Spot(NamedTuple):
    """A placement rounded to what the blender resolves, so that equal spots are equal pixels.

    ``x``, ``y`` in 1/128 pixel, ``scale`` in 1/16384, ``turn`` in 1/256 degree, ``opacity`` in 1/256,
    ``window`` = shown part of the drawing (left, top, right, bottom) in 1/16384 of its size.
    """

    x: int
    y: int
    scale: int
    turn: int
    opacity: int
    window: tuple[int, int, int, int]


class Sprite:
    """An RGBA drawing that can be blended into a ``Frame``."""

    def __init__(self, rgba: Rgba) -> None:
        if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.dtype != np.uint8 or 0 in rgba.shape:
            raise ValueError(
                f"A layer's drawing must be a non-empty uint8 (h, w, 4) array, got {rgba.dtype} {rgba.shape}."
            )
        if max(rgba.shape[:2]) > LARGEST:
            raise ValueError(
                f"A layer's drawing may be {LARGEST} pixels long, got {rgba.shape[1]}×{rgba.shape[0]}."
            )
        # An even size lets a whole-number center be a whole-number corner: text stays crisp.
        self.size = (rgba.shape[1] + rgba.shape[1] % 2, rgba.shape[0] + rgba.shape[0] % 2)
        words = as_words(rgba)
        self._box = visible_box(words)
        self._halvings: list[U16] = [premultiplied(words, self._box)]
        self._upright: Upright | None = None
        self._packed: dict[int, Packed] = {}

    def blend(self, picture: Frame, spot: Spot) -> None:
        """Draw the sprite over ``picture`` at ``spot``; what falls outside is cut off."""
        if spot.opacity <= 0 or spot.scale <= 0:
            return
        if spot.scale == 16384 and spot.turn % FULL_TURN == 0:
            self._blend_upright(picture, spot)
        else:
            self._blend_turned(picture, spot)

    def _blend_upright(self, picture: Frame, spot: Spot) -> None:
        ready = self._upright
        if ready is None:
            ready = self._upright = upright(self._halvings[0])
            self._packed.clear()  # it came to rest; what it moved with is made again if it ever leaves
        (width, height), (left, top, right, bottom) = self.size, self._box
        window = (0, 0, right - left, bottom - top)
        if spot.window != WHOLE:
            x0, y0, x1, y1 = spot.window
            window = (
                round(x0 * width / 16384) - left,
                round(y0 * height / 16384) - top,
                round(x1 * width / 16384) - left,
                round(y1 * height / 16384) - top,
            )
        blend_upright(
            ready.luma, ready.alpha, ready.sites, ready.runs, ready.site_runs,
            picture.y, picture.u, picture.v, picture.width, picture.height,
            (width // 2 - left) * 128 - spot.x, (height // 2 - top) * 128 - spot.y, *window, spot.opacity,
        )  # fmt: skip

    def _blend_turned(self, picture: Frame, spot: Spot) -> None:
        scale = spot.scale / 16384
        index = self._level(scale)
        ready = self._packed.get(index)
        if ready is None:
            ready = self._packed[index] = self._pack(index)
        step = 1 / scale / 2**index
        angle = math.radians(spot.turn / 256)
        window = (0.0, 0.0, *ready.size)
        if spot.window != WHOLE:
            width, height = self.size[0] / 2**index, self.size[1] / 2**index
            left, top = self._box[0] / 2**index, self._box[1] / 2**index
            x0, y0, x1, y1 = spot.window
            window = (
                float(round(x0 * width / 16384 - left)),
                float(round(y0 * height / 16384 - top)),
                float(round(x1 * width / 16384 - left)),
                float(round(y1 * height / 16384 - top)),
            )
        blend_turned(
            ready.pixels, ready.spans, picture.y, picture.u, picture.v, picture.width, picture.height,
            spot.x / 128, spot.y / 128, math.cos(angle) * step, math.sin(angle) * step, step,
            *ready.center, ready.size, window, spot.opacity, PAD,
        )  # fmt: skip

    def _level(self, scale: float) -> int:
        """How often to halve so that pixels are nearest to the frame's at ``scale``, never under 0.84 times its detail."""
        if scale > LARGE:
            return 0
        allowed = max(int(math.log2(max(min(self.size) / SMALLEST_LEVEL, 1))), 0)
        return min(math.floor(-math.log2(scale) + 0.25), allowed)

    def _pack(self, index: int) -> Packed:
        while len(self._halvings) <= index:
            self._halvings.append(halved(self._halvings[-1]))
        left, top, right, bottom = (edge / 2**index for edge in self._box)
        center = self.size[0] / 2 ** (index + 1) - left, self.size[1] / 2 ** (index + 1) - top
        return packed(self._halvings[index], (right - left, bottom - top), center)
