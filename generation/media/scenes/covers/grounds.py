"""What a cover stands on: the video's palette as it is, on paper, in its accent or at night, with a pattern over it."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from functools import lru_cache

import skia

from generation.media.layers import Rgba
from generation.media.scenes.backgrounds import mix
from generation.media.scenes.palettes import Color, Palette
from generation.media.scenes.sprites import even, paint, painted, pen

WHITE: Color = (255, 255, 255)
BLACK: Color = (8, 8, 14)
_UNDER_WHITE = 0.25  # luminance on which white has a contrast of 3.5
TREATMENTS = ("own", "paper", "bold", "night")
PATTERNS = ("plain", "rays", "dots", "diagonal", "arch", "stripes", "grid", "rings")


def treated(palette: Palette, treatment: str) -> Palette:
    """The palette in one of the ``TREATMENTS``: its own hues on another ground, with an ink that reads on it."""
    if treatment == "paper":
        deep = vivid(palette) if palette.dark else palette.marker
        base = mix(deep, WHITE, 0.9)
        return replace(
            palette, dark=False, ground=(base, mix(deep, WHITE, 0.8), mix(palette.shapes[0], WHITE, 0.72), base),
            ink=mix(deep, BLACK, 0.72), marker=deep, on_marker=WHITE,
        )  # fmt: skip
    if treatment == "bold":
        field = palette.marker
        dark = not palette.dark  # a dark palette's accent is light, and the other way round
        deeper = mix(field, palette.on_marker if not dark else BLACK, 0.1)
        return replace(
            palette, dark=dark, ground=(field, deeper, mix(field, BLACK if dark else WHITE, 0.2), field), ink=palette.on_marker,
            marker=palette.on_marker, on_marker=field,
        )  # fmt: skip
    if treatment == "night":
        deep = palette.ground[0] if palette.dark else palette.ink
        glow = palette.ground[1] if palette.dark else palette.marker
        light = palette.marker if palette.dark else mix(palette.ground[2], WHITE, 0.25)
        base = mix(deep, BLACK, 0.6)
        return replace(
            palette, dark=True, ground=(base, mix(glow, base, 0.55), mix(glow, base, 0.3), base), ink=WHITE,
            marker=light, on_marker=base,
        )  # fmt: skip
    return palette


def vivid(palette: Palette) -> Color:
    """The most colorful of the ground's tones, deep enough for white letters on it."""
    color = max(palette.ground[:3], key=lambda tone: (max(tone) - min(tone)) - 0.35 * sum(tone) / 3)
    while luminance(color) > _UNDER_WHITE:
        color = mix(color, BLACK, 0.1)
    return color


def luminance(color: Color) -> float:
    """Relative luminance in [0, 1]: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    levels = (level / 255 for level in color)
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in levels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=4)
def pattern_art(
    name: str, width: int, height: int, color: Color, opacity: float, focus: tuple[float, float], seed: int
) -> Rgba:
    """A pattern over the whole frame in one color; ``focus`` is where it turns to, in pixels."""
    dice = random.Random(f"pattern {seed}")
    unit = min(width, height) / 1080
    x, y = focus

    def art(canvas: skia.Canvas) -> None:
        body = paint(color, opacity)
        if name == "rays":
            _rays(canvas, x, y, 2 * max(width, height), dice.choice((9, 12, 16)), body)
        elif name == "dots":
            _dots(canvas, width, height, 46 * unit, color, opacity, dice.random() < 0.5)
        elif name == "diagonal":
            path = skia.Path()
            low, high = dice.uniform(0.62, 0.74), dice.uniform(0.4, 0.52)
            left, right = (low, high) if dice.random() < 0.5 else (high, low)
            path.addPoly([skia.Point(0, height * left), skia.Point(width, height * right), skia.Point(width, height), skia.Point(0, height)], True)  # fmt: skip
            canvas.drawPath(path, body)
        elif name == "arch":
            radius = min(width, height) * dice.uniform(0.42, 0.47)
            path = skia.Path()
            path.addRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, height + radius), radius, radius))  # fmt: skip
            canvas.drawPath(path, body)
        elif name == "stripes":
            step = dice.choice((110, 150)) * unit
            canvas.rotate(dice.choice((-35, 35)), width / 2, height / 2)
            reach = 2 * max(width, height)
            for i in range(int(-reach / step), int(reach / step), 2):
                canvas.drawRect(skia.Rect.MakeXYWH(i * step, -reach, step, 2 * reach), body)
        elif name == "grid":
            line = pen(color, max(2 * unit, 1), opacity)
            step = 72 * unit
            for i in range(int(max(width, height) / step) + 1):
                canvas.drawLine(i * step, 0, i * step, height, line)
                canvas.drawLine(0, i * step, width, i * step, line)
        elif name == "rings":
            for i in range(1, 9):
                canvas.drawCircle(x, y, i * 150 * unit, pen(color, 40 * unit, opacity * (1 - i / 10)))

    return painted(even(width), even(height), art)


def _rays(canvas: skia.Canvas, x: float, y: float, reach: float, count: int, body: skia.Paint) -> None:
    path = skia.Path()
    for i in range(count):
        first, second = (2 * math.pi * (i + part) / count for part in (0.0, 0.5))
        path.moveTo(x, y)
        path.lineTo(x + reach * math.cos(first), y + reach * math.sin(first))
        path.lineTo(x + reach * math.cos(second), y + reach * math.sin(second))
        path.close()
    canvas.drawPath(path, body)


def _dots(
    canvas: skia.Canvas, width: int, height: int, step: float, color: Color, opacity: float, from_top: bool
) -> None:
    """A halftone that thins out towards the middle."""
    for row in range(int(height / step) + 2):
        away = row * step / height if from_top else 1 - row * step / height
        size = 0.46 * step * max(1 - 1.9 * away, 0.0)
        if size < 1:
            continue
        for column in range(int(width / step) + 2):
            shift = step / 2 if row % 2 else 0.0
            canvas.drawCircle(column * step + shift, row * step, size, paint(color, opacity))
