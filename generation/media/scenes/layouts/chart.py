"""A figure that counts up inside a dial whose ticks light one after another."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import skia

from generation.media.layers import Motion, Placement, Rgba
from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.common import lay_main
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.shots import Place, lay_asides
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.ornaments import WHITE, lay_hills, lay_shapes, lay_stage
from generation.media.scenes.palettes import Color
from generation.media.scenes.sprites import even, paint, painted, text_line
from generation.media.scenes.typography import TextStyle, shape

TICKS = 60
COUNT_SECONDS = 1.15
COUNT_AT = 0.3


def lay_chart(scene: SceneBuilder) -> None:
    figure, grid = scene.scene.figure, scene.grid
    if figure is None:
        raise ValueError(f"Scene {scene.scene.id!r} has the layout 'chart' but no figure to count up to.")
    width, height = scene.size
    x, y, radius = {
        "tall": (width * 0.5, height * 0.466, height * 0.15),
        "square": (width * 0.5, height * 0.565, height * 0.225),
        "wide": (width * 0.735, height * 0.455, height * 0.315),
    }[grid.shape]
    lay_hills(scene)
    lay_stage(scene, x, y, radius * 2.9, kind="halo")
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=104,
        max_lines=title_lines(scene),
    )
    share = min(figure.value / 100, 1.0) if figure.unit.strip() in ("%", "％") else 1.0
    starts = count_start(scene, figure.value)
    _lay_dial(scene, x, y, radius, share, starts)
    label_top = lay_number(scene, figure.value, figure.unit, x, y, radius, starts)
    block = fit_text(
        figure.label,
        max_width=radius * 1.1,
        max_height=radius * 0.38,
        max_size=50 * grid.unit,
        max_lines=2,
        weight=700,
        least_size=grid.least_letters,
    )
    step = 1.22 * block.style.size
    for i, line in enumerate(block.lines):
        scene.text(
            line,
            block.style,
            scene.palette.ink,
            x=x,
            middle=label_top + step * (i + 0.5),
            at=0.5,
            name=figure.label,
        )
    lay_shapes(scene, x, y, radius * 1.35, count=4)
    if scene.pictures():
        side = int(radius * 0.92)
        lay_main(scene, scene.pictures()[0], x - radius * 1.0, y + radius * 0.84, side, at=0.45)
    spots = (
        Place(x + radius * 0.95, y - radius * 0.55, int(radius * 0.95)),
        Place(x - radius * 0.95, y - radius * 0.55, int(radius * 0.95)),
    )
    lay_asides(scene, spots, cast=scene.cast()[1:], after=1 if starts < scene.moments(2)[1] - 0.3 else 2)


def count_start(scene: SceneBuilder, value: float) -> float:
    """When a figure begins to count up: when it begins to be said, at the latest with the scene's first beat."""
    latest = scene.beats[0] if scene.beats else COUNT_AT
    said = scene.said_at(f"{value:g}")
    return latest if said is None else min(max(said, COUNT_AT), latest)


def _lay_dial(scene: SceneBuilder, x: float, y: float, radius: float, share: float, starts: float) -> None:
    light = WHITE if scene.palette.dark else scene.palette.ink
    dial = dial_art(round(radius), light, 0.22)
    scene.add(dial, motion.fade_in(round(x), round(y), at=scene.at(0.1), seconds=0.25))
    tick = tick_art(round(radius), scene.palette.marker)
    lit = max(round(TICKS * share), 1)
    for i in range(lit):
        angle = 2 * math.pi * i / TICKS
        reach = radius * 0.93
        place = Placement(
            x + reach * math.sin(angle), y - reach * math.cos(angle), rotation_degrees=math.degrees(angle)
        )
        # lit when the counting passes the tick's share of the value
        at = scene.at(starts) + COUNT_SECONDS * (1 - (1 - (i + 1) / lit) ** (1 / 3))
        scene.add(tick, _lit(place, at))


def _lit(place: Placement, at: float) -> Motion:
    return lambda t: place if t >= at else None


@lru_cache(maxsize=4)
def dial_art(radius: int, color: Color, opacity: float) -> Rgba:
    full = even(2 * radius + 4)

    def art(canvas: skia.Canvas) -> None:
        canvas.translate(full / 2, full / 2)
        canvas.drawCircle(0, 0, radius * 0.82, paint(color, opacity * 0.3))
        for _ in range(TICKS):
            canvas.drawRoundRect(
                _tick_box(radius, -radius * 0.93), radius * 0.02, radius * 0.02, paint(color, opacity)
            )
            canvas.rotate(360 / TICKS)

    return painted(full, full, art)


def _tick_box(radius: float, y: float) -> skia.Rect:
    return skia.Rect.MakeXYWH(-radius * 0.022, y - radius * 0.065, radius * 0.044, radius * 0.13)


@lru_cache(maxsize=8)
def tick_art(radius: int, color: Color) -> Rgba:
    full = even(radius * 0.14 + 4)

    def art(canvas: skia.Canvas) -> None:
        canvas.translate(full / 2, full / 2)
        canvas.drawRoundRect(_tick_box(radius, 0), radius * 0.02, radius * 0.02, paint(color))

    return painted(full, full, art)


def counted(value: float, share: float) -> str:
    """``share`` of ``value`` written with the value's own decimals; thousands are parted from 10,000 on."""
    decimals = len(f"{value:.6g}".partition(".")[2]) if value != int(value) else 0
    part = value if share >= 1 else value * share
    return f"{part:,.{decimals}f}" if abs(value) >= 10_000 else f"{part:.{decimals}f}"


def lay_number(
    scene: SceneBuilder, value: float, unit: str, x: float, y: float, radius: float, starts: float
) -> float:
    """Digits in columns of equal width, so that nothing trembles while they run; returns where the label may begin."""
    final = counted(value, 1.0)
    weight = 900
    digit = max(shape(d, weight=weight).advance for d in "0123456789")
    cells = [digit if c.isdigit() else shape(c, weight=weight).advance for c in final]
    unit_share = 0.42
    unit_em = shape(unit, weight=800).advance * unit_share + 0.08 if unit else 0.0
    size = min(radius * 0.82, radius * 1.42 / (sum(cells) + unit_em))
    style = TextStyle(size, weight)
    total = (sum(cells) + unit_em) * size
    middle = y - radius * 0.13
    pen = x - total / 2
    left = pen
    for column, width in enumerate(cells):
        place = len(final) - column  # from the right: leading columns stay empty while the value is small
        for character in "0123456789" if final[column].isdigit() else final[column]:
            advance = shape(character, weight=weight).advance
            drawing = text_line(character, style, scene.palette.ink, shadow=scene.text_shadow)
            cx, cy = drawing.center(pen + (width - advance) / 2 * size, middle + MIDDLE * size)
            scene.add(drawing.rgba, _running(value, place, character, cx, cy, scene.at(starts)))
        pen += width * size
    if unit:
        small = TextStyle(size * unit_share, 800)
        drawing = text_line(unit, small, scene.palette.marker, shadow=scene.text_shadow)
        cx, cy = drawing.center(pen + 0.08 * size, middle + MIDDLE * size)
        scene.add(drawing.rgba, motion.fade_in(cx, cy, at=scene.at(starts)))
    scene.mark_box(
        Rect(left, middle - size * 0.4, left + total, middle + size * 0.4), f"{final}{unit}", "text"
    )
    return middle + size * 0.5


def _running(value: float, place: int, character: str, x: float, y: float, at: float) -> Motion:
    position = Placement(x, y)
    written: Callable[[float], str] = lambda t: counted(value, motion.ease_out((t - at) / COUNT_SECONDS))  # noqa: E731

    def moves(t: float) -> Placement | None:
        if t < at:
            return None
        text = written(t)
        return position if len(text) >= place and text[-place] == character else None

    return moves
