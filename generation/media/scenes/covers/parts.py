"""Parts that covers share: the places of title and pictures, stickers, the title at a size that a thumbnail can show."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import skia

from generation.media.layers import Rgba
from generation.media.pictures import rasterize
from generation.media.scenes import motion
from generation.media.scenes.builder import LEAST_TITLE, LINE, MIDDLE, SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.palettes import Color
from generation.media.scenes.sprites import (
    LINEAR,
    Shadow,
    card,
    even,
    painted,
    stacked,
    text_line,
    with_shadow,
)
from generation.media.scenes.typography import TextStyle, shape
from generation.storyboard import PictureChoice, Storyboard

LEAST_SHARE = 1 / 14  # of the frame's width: the em of a title's hanzi
MOST_LINES = 6
WHITE: Color = (255, 255, 255)

# shares of width and height: left, top, right, bottom
_PLACES = {
    "top": {
        "tall": ((0.075, 0.122, 0.925, 0.325), (0.06, 0.335, 0.94, 0.735)),
        "square": ((0.07, 0.125, 0.93, 0.42), (0.07, 0.41, 0.93, 0.95)),
        "wide": ((0.05, 0.16, 0.53, 0.92), (0.545, 0.07, 0.965, 0.95)),
    },
    "low": {
        "tall": ((0.075, 0.53, 0.85, 0.735), (0.05, 0.12, 0.95, 0.53)),
        "square": ((0.07, 0.62, 0.93, 0.945), (0.06, 0.10, 0.94, 0.63)),
        "wide": ((0.47, 0.16, 0.955, 0.92), (0.035, 0.14, 0.455, 0.95)),
    },
}


class CoverBuilder(SceneBuilder):
    """A cover under construction: English is always set in the heavy face, which a thumbnail needs."""

    on_sheet = False  # texts stand on a plain block, where a shadow would only blur them

    @property
    def text_shadow(self) -> Shadow | None:
        return None if self.on_sheet else super().text_shadow

    @property
    def family(self) -> str:
        return "sans" if self.board.language == "en" else super().family


def places(scene: CoverBuilder, where: Literal["top", "low"]) -> tuple[Rect, Rect]:
    """(title, stage): the title above the pictures or below them; on wide frames left or right of them."""
    width, height = scene.size
    title, stage = _PLACES[where][scene.grid.shape]
    (a, b, c, d), (e, f, g, h) = title, stage
    return (
        Rect(a * width, b * height, c * width, d * height),
        Rect(e * width, f * height, g * width, h * height),
    )


def cast_of(board: Storyboard) -> list[PictureChoice]:
    """The drawings a cover may show, the most telling first, none twice: those of the points, then their companions."""
    found: dict[tuple[str, str], PictureChoice] = {}
    mains = [scene.pictures[0] for scene in board.scenes if scene.pictures]
    others = [picture for scene in board.scenes for picture in scene.pictures[1:]]
    for picture in [*mains, *others]:
        found.setdefault((picture.set, picture.name), picture)
    return list(found.values())


def headline(
    scene: CoverBuilder,
    zone: Rect,
    *,
    align: Literal["left", "center"] = "center",
    valign: Literal["top", "middle", "bottom"] = "middle",
    max_size: float = 150,
    mark: bool = True,
    color: Color | None = None,
) -> float:
    """The title in ``zone``, on as many lines as letters of ``LEAST_SHARE`` need; returns its bottom in pixels."""
    scene.on_sheet = color is not None
    least = LEAST_SHARE * scene.size[0] / scene.grid.unit
    max_size = max(max_size, least)
    lines = 3
    while lines < MOST_LINES and _size(scene, zone, max_size, lines) < least * scene.grid.unit:
        lines += 1
    return scene.title(
        scene.scene.line, zone, align=align, max_size=max_size, max_lines=lines, valign=valign, color=color,
        mark=mark,
    )  # fmt: skip


def _size(scene: CoverBuilder, zone: Rect, max_size: float, lines: int) -> float:
    """The em in pixels that the title gets, with room for its mark."""
    block = fit_text(
        scene.scene.line, max_width=zone.width - 0.36 * max_size * scene.grid.unit, max_height=zone.height,
        max_size=max_size * scene.grid.unit, max_lines=lines, weight=900, family=scene.family, leading=LINE,
        least_size=LEAST_TITLE * scene.grid.unit,
    )  # fmt: skip
    return block.style.size


@lru_cache(maxsize=48)
def sticker(
    name: str, picture_set: str, side: int, edge: int, color: Color, tilt: int, shadow: Shadow
) -> Rgba:
    """A drawing cut out with a rim of ``edge`` pixels around it, as one sticks them on; tilted for good."""
    margin = edge + shadow.reach + 2 + round(side * 0.12)
    full = even(side + 2 * margin)
    image = skia.Image.fromarray(np.array(rasterize(name, picture_set, side)), skia.kRGBA_8888_ColorType)
    at = (full - side) / 2
    rim = skia.Paint(
        ImageFilter=skia.ImageFilters.Dilate(edge, edge),
        ColorFilter=skia.ColorFilters.Blend(skia.Color(*color), skia.BlendMode.kSrcIn),
    )

    def drawing(canvas: skia.Canvas) -> None:
        canvas.save()
        canvas.rotate(tilt, full / 2, full / 2)
        if edge:
            canvas.saveLayer(None, rim)
            canvas.drawImage(image, at, at, LINEAR)
            canvas.restore()
        canvas.drawImage(image, at, at, LINEAR)
        canvas.restore()

    return painted(full, full, lambda canvas: with_shadow(canvas, full, full, shadow, drawing))


def stick(
    scene: CoverBuilder,
    choice: PictureChoice,
    x: float,
    y: float,
    side: float,
    *,
    tilt: int = 0,
    rim: bool = True,
) -> None:
    """A drawing at (x, y) as a sticker, or with its shadow alone."""
    edge = scene.px(9) if rim else 0
    rgba = sticker(choice.name, choice.set, int(side), edge, WHITE, tilt, scene.shadow(0.7))
    put(scene, rgba, x, y)
    scene.mark_box(Rect(x - side / 2, y - side / 2, x + side / 2, y + side / 2), choice.name, "picture")


def put(scene: CoverBuilder, rgba: Rgba, x: float, y: float) -> None:
    """A drawing centered at (x, y), standing still."""
    scene.add(rgba, motion.still(round(x), round(y)))


def big_text(text: str, size: float, color: Color, shadow: Shadow | None = None) -> Rgba:
    """One line of the heaviest weight; its ink stands in the middle of the pixels."""
    style = TextStyle(size, 900, tracking=-0.03)
    line = shape(text, weight=900, tracking=-0.03)
    drawing = text_line(text, style, color, shadow=shadow)
    reach = shadow.reach if shadow else 0
    width = even((line.ink[1] - line.ink[0]) * size + 2 * reach + 8)
    height = even(size * 1.0 + 2 * reach)
    start = width / 2 - (line.ink[0] + line.ink[1]) / 2 * size
    return stacked(
        width, height, [(drawing.rgba, start + drawing.dx, height / 2 + MIDDLE * size + drawing.dy)]
    )


def pill(text: str, size: float, fill: Color, ink: Color, room: float, shadow: Shadow | None = None) -> Rgba:
    """A short text on a rounded block, set smaller where ``room`` is less."""
    size = min(size, (room - size) / max(shape(text, weight=800).advance, 1e-6))
    style = TextStyle(float(max(int(size), 6)), 800)
    line = shape(text, weight=800)
    block = card(
        round(line.advance * style.size + 0.9 * style.size), round(1.62 * style.size), 0.5 * style.size, fill, 1.0,
        shadow=shadow,
    )  # fmt: skip
    height, width = block.shape[:2]
    letters = text_line(text, style, ink)
    start = (width - line.advance * style.size) / 2
    return stacked(
        width,
        height,
        [
            (block, width / 2, height / 2),
            (letters.rgba, start + letters.dx, height / 2 + MIDDLE * style.size + letters.dy),
        ],
    )
