"""Drawings at their final size: letters, illustrations with their shadow, cards and marks; kept while they are in use."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import skia

from generation.media.layers import Rgba
from generation.media.pictures import rasterize
from generation.media.scenes.palettes import Color
from generation.media.scenes.typography import TextStyle, draw_text, shape

Painting = Callable[[skia.Canvas], None]
LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)


@dataclass(frozen=True)
class Shadow:
    """A soft shadow: ``blur`` is its standard deviation, ``down`` how far it falls, both in pixels."""

    color: Color
    opacity: float
    blur: float
    down: float

    @property
    def reach(self) -> int:
        return int(self.blur * 2.6 + self.down + 1)


@dataclass(frozen=True, eq=False)
class Drawing:
    """Pixels and where their center lies from the drawing's own origin: (0, 0) when that is its center."""

    rgba: Rgba
    dx: float = 0.0
    dy: float = 0.0

    def center(self, x: float, y: float) -> tuple[float, float]:
        """Where the pixels' center stands when the origin stands at (x, y): whole pixels, so edges stay crisp."""
        return float(round(x + self.dx)), float(round(y + self.dy))


def even(value: float) -> int:
    """The least even whole number that is not smaller."""
    return max(int(np.ceil(value / 2)) * 2, 2)


def paint(color: Color, opacity: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color4f=skia.Color4f(*(c / 255 for c in color), opacity))


def pen(color: Color, width: float, opacity: float = 1.0) -> skia.Paint:
    made = paint(color, opacity)
    made.setStyle(skia.Paint.kStroke_Style)
    made.setStrokeWidth(width)
    made.setStrokeJoin(skia.Paint.kRound_Join)
    made.setStrokeCap(skia.Paint.kRound_Cap)
    return made


def painted(width: int, height: int, painting: Painting) -> Rgba:
    """What ``painting`` draws on a clear canvas, read-only, (height, width, 4)."""
    surface = skia.Surface.MakeRasterN32Premul(width, height)
    painting(surface.getCanvas())
    rgba: Rgba = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
    rgba.setflags(write=False)
    return rgba


def with_shadow(
    canvas: skia.Canvas, width: int, height: int, shadow: Shadow | None, painting: Painting
) -> None:
    """``painting`` and under it its shadow, which is blurred at a quarter of the size because it is soft anyway."""
    if shadow is not None:
        factor = 4 if shadow.blur >= 6 else 1
        small = skia.Surface.MakeRasterN32Premul(width // factor + 1, height // factor + 1)
        inner = small.getCanvas()
        inner.scale(1 / factor, 1 / factor)
        layer = skia.Paint(
            ImageFilter=skia.ImageFilters.DropShadowOnly(
                0,
                shadow.down,
                shadow.blur,
                shadow.blur,
                skia.Color(*shadow.color, round(255 * shadow.opacity)),
            )
        )
        inner.saveLayer(None, layer)
        painting(inner)
        inner.restore()
        canvas.save()
        canvas.scale(factor, factor)
        canvas.drawImage(small.makeImageSnapshot(), 0, 0, skia.SamplingOptions(skia.FilterMode.kLinear))
        canvas.restore()
    painting(canvas)


@lru_cache(maxsize=256)
def text_line(
    text: str,
    style: TextStyle,
    color: Color,
    *,
    shadow: Shadow | None = None,
    stroke: float = 0.0,
    stroke_color: Color = (0, 0, 0),
    opacity: float = 1.0,
) -> Drawing:
    """One line of text; its origin is the pen's start on the baseline."""
    line = shape(text, weight=style.weight, family=style.family, tracking=style.tracking)
    margin = int(stroke + 2) + (shadow.reach if shadow else 0)
    left = min(line.ink[0], 0.0) * style.size
    right = max(line.ink[1], line.advance) * style.size
    width = even(right - left + 2 * margin)
    above, below = int(1.02 * style.size) + margin, int(0.32 * style.size) + margin
    height = even(above + below)
    start = margin - left

    def letters(canvas: skia.Canvas) -> None:
        if stroke:
            draw_text(canvas, line, start, above, style, pen(stroke_color, 2 * stroke))
        draw_text(canvas, line, start, above, style, paint(color, opacity))

    rgba = painted(width, height, lambda canvas: with_shadow(canvas, width, height, shadow, letters))
    return Drawing(rgba, width / 2 - start, height / 2 - above)


@lru_cache(maxsize=48)
def illustration(name: str, picture_set: str, side: int, shadow: Shadow | None, tilt: int = 0) -> Rgba:
    """One of the drawings, ``side`` pixels, with its shadow, turned by ``tilt`` degrees for good.

    A turn that does not change is drawn here: the engine blends upright drawings much faster.
    """
    margin = (shadow.reach if shadow else 0) + 2 + round(side * 0.1 * min(abs(tilt) / 8, 1))
    full = even(side + 2 * margin)
    image = skia.Image.fromarray(np.array(rasterize(name, picture_set, side)), skia.kRGBA_8888_ColorType)

    def drawing(canvas: skia.Canvas) -> None:
        canvas.save()
        canvas.rotate(tilt, full / 2, full / 2)
        canvas.drawImage(image, (full - side) / 2, (full - side) / 2, LINEAR)
        canvas.restore()

    return painted(full, full, lambda canvas: with_shadow(canvas, full, full, shadow, drawing))


@lru_cache(maxsize=64)
def card(
    width: int,
    height: int,
    radius: float,
    fill: Color,
    opacity: float,
    *,
    edge: float = 0.0,
    edge_color: Color = (255, 255, 255),
    edge_opacity: float = 0.0,
    shadow: Shadow | None = None,
    lower: Color | None = None,
) -> Rgba:
    """A rounded rectangle; ``edge`` is its outline in pixels, ``lower`` its color at the bottom of a gradient."""
    margin = (shadow.reach if shadow else 0) + 2
    full_width, full_height = even(width + 2 * margin), even(height + 2 * margin)
    box = skia.Rect.MakeXYWH((full_width - width) / 2, (full_height - height) / 2, width, height)

    def filled(canvas: skia.Canvas) -> None:
        body = paint(fill, opacity)
        if lower is not None:
            top, bottom = (skia.Color(*c, round(255 * opacity)) for c in (fill, lower))
            points = [skia.Point(0, box.top()), skia.Point(0, box.bottom())]
            body.setShader(skia.GradientShader.MakeLinear(points, [top, bottom]))
        canvas.drawRoundRect(box, radius, radius, body)
        if edge:
            inner = box.makeInset(edge / 2, edge / 2)
            canvas.drawRoundRect(
                inner, radius - edge / 2, radius - edge / 2, pen(edge_color, edge, edge_opacity)
            )

    def outside(canvas: skia.Canvas) -> None:
        """The shadow falls outside only: a glass card must not be darkened by its own."""
        if shadow is not None:
            canvas.save()
            path = skia.Path()
            path.addRRect(skia.RRect.MakeRectXY(box, radius, radius))
            canvas.clipPath(path, skia.ClipOp.kDifference, True)
            solid = Shadow(shadow.color, shadow.opacity, shadow.blur, shadow.down)
            with_shadow(
                canvas,
                full_width,
                full_height,
                solid,
                lambda inner: inner.drawRoundRect(box, radius, radius, paint(fill)),
            )
            canvas.restore()
        filled(canvas)

    return painted(full_width, full_height, outside)


@lru_cache(maxsize=64)
def marker(width: int, height: int, color: Color, slant: float = 0.0) -> Rgba:
    """The block behind a highlighted word, as a felt pen leaves it: slightly slanted, softly cornered."""
    full_width, full_height = even(width + 4), even(height + 4)
    lean = slant * height

    def block(canvas: skia.Canvas) -> None:
        path = skia.Path()
        left, right = (full_width - width) / 2, (full_width + width) / 2
        top, bottom = (full_height - height) / 2, (full_height + height) / 2
        path.moveTo(left + lean, top)
        path.lineTo(right, top)
        path.lineTo(right - lean, bottom)
        path.lineTo(left, bottom)
        path.close()
        body = paint(color)
        body.setPathEffect(skia.CornerPathEffect.Make(height * 0.2))
        canvas.drawPath(path, body)

    return painted(full_width, full_height, block)


def stacked(width: int, height: int, parts: list[tuple[Rgba, float, float]]) -> Rgba:
    """Several drawings in one: (pixels, center x, center y) each, drawn in order."""

    def all_parts(canvas: skia.Canvas) -> None:
        for rgba, x, y in parts:
            image = skia.Image.fromarray(np.array(rgba), skia.kRGBA_8888_ColorType)
            canvas.drawImage(image, round(x - rgba.shape[1] / 2), round(y - rgba.shape[0] / 2))

    return painted(width, height, all_parts)


def turned(rgba: Rgba, degrees: float) -> Rgba:
    """A drawing turned clockwise for good, with room for its corners: the engine blends upright ones much faster."""
    height, width = rgba.shape[:2]
    sine, cosine = abs(math.sin(math.radians(degrees))), abs(math.cos(math.radians(degrees)))
    full_width, full_height = even(width * cosine + height * sine), even(height * cosine + width * sine)
    image = skia.Image.fromarray(np.array(rgba), skia.kRGBA_8888_ColorType)

    def drawing(canvas: skia.Canvas) -> None:
        canvas.rotate(degrees, full_width / 2, full_height / 2)
        canvas.drawImage(image, (full_width - width) / 2, (full_height - height) / 2, LINEAR)

    return painted(full_width, full_height, drawing)
