"""One point: its number on a tag, the line, one big picture."""

from __future__ import annotations

from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.common import main_place
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.shots import lay_shots, lay_words, shots_of
from generation.media.scenes.ornaments import lay_hills, lay_shapes, lay_stage
from generation.media.scenes.sprites import card, stacked, text_line, turned
from generation.media.scenes.typography import TextStyle, shape


def lay_point(scene: SceneBuilder) -> None:
    """Title over the picture in one point, under it (beside it on wide frames) in the next."""
    number = scene.scene.number
    above, (x, y, side), bottom = lay_point_ground(scene)
    lay_shapes(scene, x, y, side * 0.66, count=5)
    left = number is None or number % 2 == 1
    cast = scene.cast()
    lay_shots(scene, cast, shots_of(scene, cast, x, y, side, left=left))
    if len(cast) == 1:
        lay_words(scene, x, y, side)
    if number is not None:
        tag_y = tag_height(scene, y - 0.44 * side, bottom, above=above)
        lay_number(scene, number, x + (-0.56 if left else 0.5) * side, tag_y)


def lay_point_ground(scene: SceneBuilder) -> tuple[bool, tuple[float, float, int], float]:
    """Hills, stage and title of a point: whether the picture stands above, its (x, y, side), and where the title ends."""
    grid = scene.grid
    above = stands_above(scene)
    x, y, side = main_place(scene, above=above)
    lay_hills(scene)
    lay_stage(scene, x, y, side * 1.46)
    bottom = scene.title(
        scene.scene.line,
        grid.zone("title_low" if above else "title"),
        align=grid.title_align,
        max_size=132 if grid.shape == "wide" else 96 if above else 116,
        max_lines=title_lines(scene),
    )
    return above, (x, y, side), bottom


def tag_height(scene: SceneBuilder, y: float, title_bottom: float, *, above: bool) -> float:
    """Where the number's tag stands: at ``y``, but clear of the AI label over it or of the title."""
    grid = scene.grid
    if above:
        return max(y, grid.zone("label").bottom + 102 * grid.unit)
    return y if grid.shape == "wide" else max(y, title_bottom + 78 * grid.unit)


def stands_above(scene: SceneBuilder) -> bool:
    """Whether the picture stands above the title: in every other scene."""
    return (scene.board.seed + scene.index) % 2 == 0


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
