"""Soft grounds: blobs of color mixed in OKLab, a vignette, and fine grain that hides banding.

The colors vary slowly, so they are mixed at an eighth of the size and enlarged while grain is added (numba).
OKLab: https://bottosson.github.io/posts/oklab/
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from generation.media.layers import Rgb
from generation.media.scenes.palettes import Color, Palette

F32 = NDArray[np.float32]

STEP = 8  # pixels of the frame per pixel of the color field
GRAIN = 1.7  # standard deviation in 8-bit levels
GRAIN_TILE = 256

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_oklab(rgb: NDArray[np.floating[Any]]) -> F32:
    """sRGB in [0, 1], shape (…, 3), as OKLab."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T, np.float32)


def from_oklab(lab: NDArray[np.floating[Any]]) -> F32:
    """OKLab as sRGB in [0, 1], clipped to what a screen can show."""
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    linear = np.clip(linear, 0, 1)
    return np.asarray(
        np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055), np.float32
    )


def mix(first: Color, second: Color, share: float) -> Color:
    """``share`` of ``second`` in ``first``, mixed as the eye sees it."""
    pair = to_oklab(np.array([first, second], np.float32) / 255)
    red, green, blue = (int(v) for v in np.round(from_oklab(pair[0] * (1 - share) + pair[1] * share) * 255))
    return red, green, blue


@lru_cache(maxsize=1)
def _grain() -> F32:
    """A tile of grain that is the same everywhere and always, (GRAIN_TILE, GRAIN_TILE) in 8-bit levels."""
    noise = np.random.default_rng(7).normal(0, GRAIN, (GRAIN_TILE, GRAIN_TILE))
    return noise.astype(np.float32)


def ground(palette: Palette, size: tuple[int, int], *, seed: int, shade: float = 0.0) -> Rgb:
    """The background of one scene; ``seed`` moves the blobs, ``shade`` in [0, 1] calms them for much text."""
    width, height = size
    enlarged: Rgb = _enlarge(_field(palette, size, seed, shade), _grain(), width, height, STEP)
    return enlarged


def _field(palette: Palette, size: tuple[int, int], seed: int, shade: float) -> F32:
    """Colors at the corners of STEP-sized squares, (rows, columns, 3) in [0, 255]."""
    width, height = size
    unit = min(width, height)
    ys, xs = np.mgrid[0 : height + STEP : STEP, 0 : width + STEP : STEP].astype(np.float32)
    base, *blobs = to_oklab(np.array(palette.ground, np.float32) / 255)
    total = np.broadcast_to(base, (*xs.shape, 3)).astype(np.float32)
    for (x, y, radius, strength), lab in zip(_places(seed), blobs, strict=True):
        distance = ((xs - x * width) ** 2 + (ys - y * height) ** 2) / (radius * (unit + max(size)) / 2) ** 2
        weight = (strength * (1 - 0.45 * shade)) * np.exp(-distance)
        total = total + weight[..., None] * (lab - total)
    away = np.hypot((xs / width - 0.5) * 1.15, (ys / height - 0.5) * 1.05)
    vignette = np.clip(away - 0.36, 0, None) ** 1.5
    total[..., 0] *= 1 - (0.95 if palette.dark else 0.16) * vignette
    return from_oklab(total) * 255


def _places(seed: int) -> Sequence[tuple[float, float, float, float]]:
    """(x, y, radius, strength) of three blobs: two face each other over a diagonal, the third lies between."""
    draw = random.Random(f"blobs {seed}")
    left = draw.random() < 0.5
    x = draw.uniform(-0.05, 0.2)
    first, second = (x, 1 - x) if left else (1 - x, x)
    return (
        (draw.uniform(0.3, 0.7), draw.uniform(0.3, 0.6), draw.uniform(0.55, 0.7), 0.9),
        (first, draw.uniform(0.72, 0.98), draw.uniform(0.42, 0.58), 0.88),
        (second, draw.uniform(0.04, 0.3), draw.uniform(0.34, 0.46), 0.92),
    )


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _enlarge(field, grain, width, height, step):  # type: ignore[no-untyped-def]
    """Bilinear enlargement of ``field`` plus the same grain on all three channels."""
    out = np.empty((height, width, 3), np.uint8)
    tile = grain.shape[0]
    for y in range(height):
        row, fy = y // step, (y % step) / step
        for x in range(width):
            column, fx = x // step, (x % step) / step
            noise = grain[y % tile, x % tile] + 0.5
            for channel in range(3):
                top = field[row, column, channel] * (1 - fx) + field[row, column + 1, channel] * fx
                low = field[row + 1, column, channel] * (1 - fx) + field[row + 1, column + 1, channel] * fx
                value = top * (1 - fy) + low * fy + noise
                out[y, x, channel] = min(max(value, 0.0), 255.0)
    return out
