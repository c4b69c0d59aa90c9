"""Small soft pictures as large crisp grounds in a palette's colors: paper cut, halftone, mosaic, duotone.

A generator's 32 pixels are not enlarged as they are: only their light is kept, as a smooth field over the frame, and drawn
anew by lines that are sharp at any size. The field's colors are the palette's own ground, so type stays readable.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numba import njit
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from generation.media.layers import Rgb
from generation.media.scenes.backgrounds import from_oklab, to_oklab
from generation.media.scenes.palettes import Palette

Style = Literal["paper", "halftone", "mosaic", "duotone"]
STYLES: tuple[Style, ...] = get_args(Style)
F32 = NDArray[np.float32]

LEVELS = 5  # sheets of paper
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_STEPS = 1024  # entries of a color ramp
_DOT = 30  # one dot or tile, of 1080 units
_CALM = 0.62  # share of the ground's own base that stays in each color
_STEP = 8  # pixels from one value of a soft map to the next
_SHADOW = 26  # softness of a sheet's shadow, of 1080 units
_COARSE = 8  # pixels a side to which a picture's light is reduced


def draw_crisp(
    pictures: NDArray[np.uint8], palette: Palette, size: tuple[int, int], style: Style
) -> list[Rgb]:
    """Frames (height, width, 3) of ``size`` for pictures (N, S, S, 3) of one loop, which share one range of light."""
    light = _light(pictures)
    low, high = np.percentile(light, [4, 96])
    light = np.clip((light - low) / max(float(high - low), 1e-6), 0, 1).astype(np.float32)
    draw = {"paper": _paper, "halftone": _halftone, "mosaic": _mosaic, "duotone": _duotone}[style]
    return [draw(one, palette, size) for one in light]


def _light(pictures: NDArray[np.uint8]) -> F32:
    """Luma (N, 8, 8), smooth in place and over the loop's time."""
    luma = pictures.astype(np.float32) @ _LUMA
    count, side = luma.shape[0], luma.shape[1]
    coarse = luma.reshape(count, _COARSE, side // _COARSE, _COARSE, side // _COARSE).mean((2, 4))
    if count > 4:
        coarse = (np.roll(coarse, 1, 0) + 2 * coarse + np.roll(coarse, -1, 0)) / 4
    return np.asarray(coarse, np.float32)


def _field(light: F32, size: tuple[int, int]) -> F32:
    """The light as a smooth surface (height, width) in about [0, 1]."""
    width, height = size
    side = light.shape[0]
    rows, columns = (
        (side, max(side * width // height, 3)) if height >= width else (max(side * height // width, 3), side)
    )
    top, left = (side - rows) // 2, (side - columns) // 2
    cut = Image.fromarray(np.ascontiguousarray(light[top : top + rows, left : left + columns]))
    return np.asarray(cut.resize((width, height), Image.Resampling.BICUBIC), np.float32)


def _ramp(palette: Palette, stops: int) -> F32:
    """``stops`` colors (stops, 3) in OKLab from the ground's base to its blobs, calmed towards the base."""
    labs = to_oklab(np.array(palette.ground, np.float32) / 255)
    order = np.concatenate([labs[:1], labs[1:][np.argsort(np.abs(labs[1:, 0] - labs[0, 0]))]])
    where = np.linspace(0, len(order) - 1, stops)
    ramp = np.stack([np.interp(where, np.arange(len(order)), order[:, i]) for i in range(3)], 1)
    share = np.linspace(0, 1 - _CALM, stops)[:, None] ** 0.8
    return np.asarray(order[0] + (ramp - order[0]) * np.clip(share * 1.6, 0, 1), np.float32)


def _rounded(values: NDArray[np.floating[Any]]) -> Rgb:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _colors(lab: F32) -> F32:
    return from_oklab(lab) * 255


def _paper(light: F32, palette: Palette, size: tuple[int, int]) -> Rgb:
    """Sheets of paper, each cut along a line of equal light and casting a soft shadow on the one below."""
    field = _field(light, size)
    small = np.ascontiguousarray(field[::_STEP, ::_STEP])
    down, across = np.gradient(small)
    slope = (np.hypot(down, across) / _STEP).astype(np.float32)
    cuts = np.arange(1, LEVELS, dtype=np.float32) / LEVELS
    soft = _SHADOW * min(size) / 1080 / _STEP
    shades = np.stack([gaussian_filter((small > cut).astype(np.float32), soft) for cut in cuts])
    sheets = _colors(_ramp(palette, LEVELS)).astype(np.float32)
    out: Rgb = _cut(field, slope, shades, cuts, sheets, _STEP)
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _cut(field, slope, shades, cuts, sheets, step):  # type: ignore[no-untyped-def]
    """Lay the sheets over each other; ``slope`` and ``shades`` are given every ``step`` pixels."""
    height, width = field.shape
    rows, columns = slope.shape
    out = np.empty((height, width, 3), np.uint8)
    for y in range(height):
        row, fy = y // step, (y % step) / step
        below = min(row + 1, rows - 1)
        for x in range(width):
            column, fx = x // step, (x % step) / step
            right = min(column + 1, columns - 1)
            steep = max(slope[row, column], 2e-4)
            red, green, blue = sheets[0]
            for level in range(len(cuts)):
                shade = shades[level]
                top = shade[row, column] * (1 - fx) + shade[row, right] * fx
                low = shade[below, column] * (1 - fx) + shade[below, right] * fx
                dark = 1 - 0.42 * (top * (1 - fy) + low * fy)
                mask = min(max((field[y, x] - cuts[level]) / steep + 0.5, 0.0), 1.0)
                red = red * dark * (1 - mask) + sheets[level + 1, 0] * mask
                green = green * dark * (1 - mask) + sheets[level + 1, 1] * mask
                blue = blue * dark * (1 - mask) + sheets[level + 1, 2] * mask
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = red + 0.5, green + 0.5, blue + 0.5
    return out


def _halftone(light: F32, palette: Palette, size: tuple[int, int]) -> Rgb:
    """Dots on a turned grid whose size is the light."""
    width, height = size
    pitch = _DOT * min(size) / 1080 * 1.25
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    turned = ((xs + ys) * np.float32(0.7071), (ys - xs) * np.float32(0.7071))
    cells = [np.round(v / pitch) for v in turned]
    apart = np.hypot(turned[0] - cells[0] * pitch, turned[1] - cells[1] * pitch)
    center_x = (cells[0] - cells[1]) * pitch * 0.7071
    center_y = (cells[0] + cells[1]) * pitch * 0.7071
    field = _field(light, size)
    columns = np.clip(center_x, 0, width - 1).astype(np.int32)
    rows = np.clip(center_y, 0, height - 1).astype(np.int32)
    radius = np.clip(field[rows, columns], 0, 1) * pitch * 0.52
    mask = np.clip(radius - apart + 0.5, 0, 1) * (radius > 0.8)
    ramp = _colors(_ramp(palette, 3))
    base = ramp[0] + field.clip(0, 1)[..., None] * (ramp[1] - ramp[0]) * 0.5
    return _rounded(base + mask[..., None] * (ramp[2] - base) + 0.5)


def _mosaic(light: F32, palette: Palette, size: tuple[int, int]) -> Rgb:
    """Square tiles, each of one color, with a dark joint between them."""
    width, height = size
    tile = max(round(_DOT * 2 * min(size) / 1080), 4)
    field = _field(light, (-(-width // tile), -(-height // tile)))
    grain = np.random.default_rng(11).uniform(-0.05, 0.05, field.shape)
    colors = _colors(_ramp(palette, _STEPS))
    chosen = colors[(np.clip(field + grain, 0, 1) * (_STEPS - 1)).astype(np.int32)]
    large = chosen.repeat(tile, 0).repeat(tile, 1)[:height, :width]
    joint = max(tile // 20, 1)
    seam = (np.arange(height) % tile < joint)[:, None] | (np.arange(width) % tile < joint)[None]
    large = np.where(seam[..., None], large * 0.82, large)
    return _rounded(large + 0.5)


def _duotone(light: F32, palette: Palette, size: tuple[int, int]) -> Rgb:
    """The light itself between two ends of the palette, with fine grain that hides banding."""
    field = _field(light, size)
    grain = np.random.default_rng(7).normal(0, 0.012, field.shape).astype(np.float32)
    colors = _colors(_ramp(palette, _STEPS))
    chosen = colors[(np.clip(field + grain, 0, 1) * (_STEPS - 1)).astype(np.int32)]
    return _rounded(chosen + 0.5)
