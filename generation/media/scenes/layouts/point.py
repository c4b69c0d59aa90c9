"""One point: its number on a tag, the line, one big picture."""

from __future__ import annotations

from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.common import lay_companion, lay_main, main_place
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.ornaments import lay_hills, lay_shapes, lay_stage
from generation.media.scenes.sprites import card, stacked, text_line, turned
from generation.media.scenes.typography import TextStyle, shape


def lay_point(scene: SceneBuilder) -> None:
    grid = scene.grid
    x, y, side = main_place(scene)
    lay_hills(scene)
    lay_stage(scene, x, y, side * 1.46)
    zone = grid.zone("title")
    bottom = scene.title(
        scene.scene.line,
        zone,
        align=grid.title_align,
        max_size=132 if grid.shape == "wide" else 116,
        max_lines=title_lines(scene),
    )
    lay_shapes(scene, x, y, side * 0.66, count=5)
    if scene.pictures():
        lay_main(scene, scene.pictures()[0], x, y, side)
    left = scene.scene.number is None or scene.scene.number % 2 == 1
    for choice in scene.companions(1):
        dx = 0.47 if left else -0.47
        lay_companion(scene, choice, x + dx * side, y + 0.34 * side, int(side * 0.42), at=scene.beat(0.5))
    if scene.scene.number is not None:
        tag_y = max(y - 0.44 * side, bottom + 78 * grid.unit) if grid.shape != "wide" else y - 0.44 * side
        lay_number(scene, scene.scene.number, x + (-0.56 if left else 0.5) * side, tag_y)


def lay_number(scene: SceneBuilder, number: int, x: float, y: float) -> None:
    """The point's number on a tilted tag."""
    size = scene.px(142)
    shadow = scene.shadow(0.5)
    style = TextStyle(size * 0.66, 900)
    text = str(number)
    tag = card(
        size if number < 10 else round(size * 1.3), size, size * 0.3, scene.palette.marker, 1.0, shadow=shadow
    )
    letters = text_line(text, style, scene.palette.on_marker)
    ink = shape(text, weight=900).ink
    height, width = tag.shape[:2]
    start = width / 2 - (ink[0] + ink[1]) / 2 * style.size
    upright = stacked(
        width,
        height,
        [
            (tag, width / 2, height / 2),
            (letters.rgba, start + letters.dx, height / 2 + MIDDLE * style.size + letters.dy),
        ],
    )
    rgba = turned(upright, -7.0 if x < scene.size[0] / 2 else 7.0)
    come = motion.pop_in(round(x), round(y), at=scene.at(0.3), character=scene.character, turn=80)
    scene.add(rgba, come, leaves=True)
    half = size / 2
    scene.mark_box(Rect(x - half, y - half, x + half, y + half), text, "text")
