"""A drawing made ready once: BT.709 planes with 16-bit premultiplied alpha, and its half sizes for shrinking.

Chroma is kept at full size but already filtered to a 4:2:0 site (see ``planes``), so that whichever column and row
of the frame the sprite lands on, the chroma sample there is the mean of the right pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray

from generation.media.blending import kernels
from generation.media.blending.planes import BLUE, BLUE_RANGE, GREEN, RED, RED_RANGE, Picture
from generation.media.layers import Rgba

U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]

PAD = 2  # clear pixels around the drawing: one for the bilinear tap, one for the chroma filter
LARGEST = 16_000  # pixels; longer ones would leave the 32 bits of a turned sprite's coordinates
SMALLEST_LEVEL = 8  # pixels; a sprite this small is not halved again


@dataclass(frozen=True)
class Spot:
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


@dataclass(frozen=True, eq=False)
class Level:
    """The drawing at one size, cut to what is not clear, with ``PAD`` clear pixels around it.

    ``width`` × ``height`` is the cut part; (left, top) its place in the whole drawing, which is ``full`` large. All
    are in pixels of this level, fractions where a smaller level does not divide evenly.
    """

    width: float
    height: float
    left: float
    top: float
    full: tuple[float, float]
    luma: U16
    alpha: U16
    blue: U16
    red: U16
    chroma_alpha: U16

    @property
    def center(self) -> tuple[float, float]:
        """The whole drawing's center, in pixels from the cut part's corner."""
        return self.full[0] / 2 - self.left, self.full[1] / 2 - self.top

    @cached_property
    def packed(self) -> tuple[U32, U32, U32]:
        """Luma + alpha, blue + red (16 bits each) and the chroma's alpha: one load fetches a pair."""
        return _pack(self.luma, self.alpha), _pack(self.blue, self.red), self.chroma_alpha.astype(np.uint32)

    @cached_property
    def spans(self) -> NDArray[np.int64]:
        """(bands, 2): first and last column from which a bilinear tap in a band of rows reads something seen."""
        seen = self.chroma_alpha > 0  # reaches further than the luma's alpha
        bands = np.empty((-(-seen.shape[0] // kernels.BAND), 2), np.int64)
        for band in range(len(bands)):
            rows = seen[band * kernels.BAND : (band + 1) * kernels.BAND + 1]
            columns = np.flatnonzero(rows.any(axis=0))
            bands[band] = (columns[0] - 1, columns[-1]) if columns.size else (1 << 30, -1)
        return bands


class Sprite:
    """An RGBA drawing that can be blended into a ``Picture``; levels are made when first needed."""

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
        self._box = left, top, right, bottom = _visible_box(rgba)
        channels = np.zeros((4, bottom - top + 2 * PAD, right - left + 2 * PAD), np.uint16)
        _premultiply(np.ascontiguousarray(rgba[top:bottom, left:right]), channels)
        self._channels = channels
        self._levels: dict[int, Level] = {}

    def level(self, scale: float) -> tuple[int, Level]:
        """The level whose pixels are nearest to the frame's at ``scale``, never under 0.84 times its detail."""
        wanted = max(math.floor(-math.log2(scale) + 0.25), 0) if scale > 0 else 0
        allowed = max(int(math.log2(max(min(self.size) / SMALLEST_LEVEL, 1))), 0)
        index = min(wanted, allowed)
        if index not in self._levels:
            channels = self._channels
            for _ in range(index):
                channels = _halve(channels)
            blue, red, chroma_alpha = (_filter_chroma(channels[channel]) for channel in (1, 2, 3))
            left, top, right, bottom = (edge / 2**index for edge in self._box)
            full = self.size[0] / 2**index, self.size[1] / 2**index
            luma, alpha = channels[0].copy(), channels[3].copy()
            self._levels[index] = Level(
                right - left, bottom - top, left, top, full, luma, alpha, blue, red, chroma_alpha
            )
        return index, self._levels[index]

    def blend(self, picture: Picture, spot: Spot) -> None:
        """Draw the sprite over ``picture`` at ``spot``; what falls outside is cut off."""
        if spot.opacity <= 0 or spot.scale <= 0:
            return
        index, level = self.level(spot.scale / 16384)
        step = 16384 / spot.scale / 2**index
        if spot.turn % 92160 != 0:
            _blend_turned(level, picture, spot, step)
        elif index == 0 and spot.scale == 16384:
            _blend_unscaled(level, picture, spot)
        else:
            _blend_scaled(level, picture, spot, step)


def _pack(low: U16, high: U16) -> U32:
    return low.astype(np.uint32) | (high.astype(np.uint32) << np.uint32(16))


def _visible_box(rgba: Rgba) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of what is not quite clear; one pixel where all is."""
    seen = rgba[..., 3] > 0
    columns, rows = np.flatnonzero(seen.any(axis=0)), np.flatnonzero(seen.any(axis=1))
    if columns.size == 0:
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _window(level: Level, spot: Spot, before: float, after: float) -> tuple[float, float, float, float]:
    """The shown part (x0, y0, x1, y1) in pixels of the cut part; its own edges reach out by ``before``, ``after``."""
    (width, height), (left, top, right, bottom) = level.full, spot.window
    x0, x1 = round(left * width / 16384 - level.left), round(right * width / 16384 - level.left)
    y0, y1 = round(top * height / 16384 - level.top), round(bottom * height / 16384 - level.top)
    return (
        float(x0) if x0 > 0 else -before,
        float(y0) if y0 > 0 else -before,
        float(x1) if x1 < level.width else level.width + after,
        float(y1) if y1 < level.height else level.height + after,
    )


def _targets(first: float, step: float, low: float, high: float, limit: int) -> tuple[int, int]:
    """The target indices i in [0, limit) whose source place first + step·i lies in [low, high)."""
    start = max(math.ceil((low - first) / step), 0)
    stop = min(math.ceil((high - first) / step), limit)
    return start, max(stop, start)


def _blend_unscaled(level: Level, picture: Picture, spot: Spot) -> None:
    """Pixel for pixel, or between pixels when the center is not a whole number."""
    # source = target + shift + w/128; the center's fraction is what the sprite lags behind the pixel grid
    shift_x, wx = divmod(int(level.center[0]) * 128 - spot.x, 128)
    shift_y, wy = divmod(int(level.center[1]) * 128 - spot.y, 128)
    whole = wx == 0 and wy == 0
    planes = (level.luma, level.alpha), (level.blue, level.red, level.chroma_alpha)
    for unit in (1, 2):
        # the neighbor's weight reaches one pixel further left and up, the chroma filter one more all round
        before = 0 if whole and unit == 1 else unit if not whole else 1
        x0, y0, x1, y1 = _window(level, spot, before, unit - 1)
        left, right = _targets(shift_x, unit, x0, x1, picture.width // unit)
        top, bottom = _targets(shift_y, unit, y0, y1, picture.height // unit)
        if left >= right or top >= bottom:
            continue
        source = unit * left + shift_x + PAD, unit * top + shift_y + PAD
        if unit == 1:
            args = (*planes[0], picture.y, left, top, right, bottom, *source)
            if whole:
                kernels.blend_luma_copy(*args, spot.opacity)
            else:
                kernels.blend_luma_shifted(*args, wx, wy, spot.opacity)
        else:
            both = (*planes[1], picture.u, picture.v, left, top, right, bottom, *source)
            if whole:
                kernels.blend_chroma_copy(*both, spot.opacity)
            else:
                kernels.blend_chroma_shifted(*both, wx, wy, spot.opacity)


def _blend_scaled(level: Level, picture: Picture, spot: Spot, step: float) -> None:
    # A pixel's middle is half a pixel in; a chroma site's middle is half a pixel in and one pixel down.
    x, y = spot.x / 128, spot.y / 128
    luma, chroma, cover = level.packed
    first_x = (0.5 - x) * step + level.center[0] - 0.5
    first_y = (0.5 - y) * step + level.center[1] - 0.5
    chroma_y = (1.0 - y) * step + level.center[1] - 1.0
    x0, y0, x1, y1 = _window(level, spot, 1, 0)
    left, right = _targets(first_x, step, x0, x1, picture.width)
    top, bottom = _targets(first_y, step, y0, y1, picture.height)
    if left < right and top < bottom:
        kernels.blend_luma_scaled(
            luma, picture.y, left, top, right, bottom,
            first_x + step * left + PAD, first_y + step * top + PAD, step, spot.opacity,
        )  # fmt: skip
    x0, y0, x1, y1 = _window(level, spot, 2, 1)
    left, right = _targets(first_x, 2 * step, x0, x1, picture.width // 2)
    top, bottom = _targets(chroma_y, 2 * step, y0, y1, picture.height // 2)
    if left < right and top < bottom:
        kernels.blend_chroma_scaled(
            chroma, cover, picture.u, picture.v, left, top, right, bottom,
            first_x + 2 * step * left + PAD, chroma_y + 2 * step * top + PAD, 2 * step, spot.opacity,
        )  # fmt: skip


def _blend_turned(level: Level, picture: Picture, spot: Spot, step: float) -> None:
    x, y = spot.x / 128, spot.y / 128
    luma, chroma, cover = level.packed
    angle = math.radians(spot.turn / 256)
    # inverse of "scale, then turn clockwise (y points down), then move": frame offset → sprite offset
    cos, sin = math.cos(angle) * step, math.sin(angle) * step
    # the cut part's own center and half diagonals in the frame
    off_x, off_y = level.width / 2 - level.center[0], level.height / 2 - level.center[1]
    mid_x, mid_y = x + (cos * off_x - sin * off_y) / step**2, y + (sin * off_x + cos * off_y) / step**2
    half_w, half_h = level.width / 2 + 2, level.height / 2 + 2
    reach_x = (abs(cos) * half_w + abs(sin) * half_h) / step**2
    reach_y = (abs(sin) * half_w + abs(cos) * half_h) / step**2
    for unit, middle in ((1, 0.5), (2, 1.0)):
        # the target's pixels (unit 1) or chroma sites (unit 2) that the turned drawing can reach
        left = min(max(math.floor((mid_x - reach_x) / unit), 0), picture.width // unit)
        right = min(max(math.ceil((mid_x + reach_x) / unit), 0), picture.width // unit)
        top = min(max(math.floor((mid_y - reach_y) / unit), 0), picture.height // unit)
        bottom = min(max(math.ceil((mid_y + reach_y) / unit), 0), picture.height // unit)
        if left >= right or top >= bottom:
            continue
        dx, dy = unit * left + 0.5 - x, unit * top + middle - y
        matrix = np.array([
            [unit * cos, unit * sin, cos * dx + sin * dy + level.center[0] - 0.5 + PAD],
            [-unit * sin, unit * cos, cos * dy - sin * dx + level.center[1] - middle + PAD],
        ])  # fmt: skip
        x0, y0, x1, y1 = (edge + PAD for edge in _window(level, spot, unit, unit - 1.001))
        window = (x0, y0, x1, y1)
        if unit == 1:
            kernels.blend_luma_turned(
                luma, level.spans, picture.y, left, top, right, bottom, matrix, window, spot.opacity
            )
        else:
            kernels.blend_chroma_turned(
                chroma, cover, level.spans, picture.u, picture.v, left, top, right, bottom,
                matrix, window, spot.opacity,
            )  # fmt: skip


@njit(cache=True, nogil=True)
def _premultiply(rgba, channels):  # type: ignore[no-untyped-def]
    """Luma, blue and red difference, alpha, each padded: ``P = V·A/256`` with ``A = 257·alpha``."""
    for row in range(rgba.shape[0]):
        for column in range(rgba.shape[1]):
            a = rgba[row, column, 3]
            if a == 0:
                continue
            red, green, blue = rgba[row, column, 0], rgba[row, column, 1], rgba[row, column, 2]
            luma = RED * red + GREEN * green + BLUE * blue
            alpha = 257.0 * a
            y, x = row + PAD, column + PAD
            share = alpha / 256.0
            channels[0, y, x] = np.uint16((16.0 + luma * (219.0 / 255.0)) * share + 0.5)
            channels[1, y, x] = np.uint16(
                (128.0 + (blue - luma) * (224.0 / 255.0 / BLUE_RANGE)) * share + 0.5
            )
            channels[2, y, x] = np.uint16((128.0 + (red - luma) * (224.0 / 255.0 / RED_RANGE)) * share + 0.5)
            channels[3, y, x] = np.uint16(alpha)


@njit(cache=True, nogil=True)
def _filter_chroma(source):  # type: ignore[no-untyped-def]
    """[1 2 1]/4 across, mean of the row and the one below: the value at the site between those rows."""
    height, width = source.shape
    out = np.zeros((height, width), np.uint16)
    sums = np.empty(width, np.uint32)
    for row in range(height - 1):
        upper, lower, line = source[row], source[row + 1], out[row]
        for i in range(width):
            sums[i] = np.uint32(upper[i]) + np.uint32(lower[i])
        for i in range(1, width - 1):
            line[i] = np.uint16((sums[i - 1] + 2 * sums[i] + sums[i + 1] + 4) // 8)
    return out


@njit(cache=True, nogil=True)
def _halve(channels):  # type: ignore[no-untyped-def]
    """2 × 2 means of the drawing, padded again; an odd last row or column is averaged with the clear padding."""
    height = (channels.shape[1] - 2 * PAD + 1) // 2
    width = (channels.shape[2] - 2 * PAD + 1) // 2
    half = np.zeros((4, height + 2 * PAD, width + 2 * PAD), np.uint16)
    for channel in range(4):
        for row in range(height):
            for column in range(width):
                y, x = 2 * row + PAD, 2 * column + PAD
                total = np.uint32(2)
                total += np.uint32(channels[channel, y, x]) + channels[channel, y, x + 1]
                total += np.uint32(channels[channel, y + 1, x]) + channels[channel, y + 1, x + 1]
                half[channel, row + PAD, column + PAD] = np.uint16(total // 4)
    return half
