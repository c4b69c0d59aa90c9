"""A close-up: a window onto a part of the drawing, along which the eye travels, then the whole of it."""

from __future__ import annotations

from functools import lru_cache

import skia

from generation.media.layers import Motion, Placement, Rgba
from generation.media.scenes import motion
from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.point import lay_number, lay_point_ground, tag_height
from generation.media.scenes.layouts.shots import lay_shots, lay_words, shots_of
from generation.media.scenes.ornaments import WHITE, tint
from generation.media.scenes.palettes import Color
from generation.media.scenes.sprites import card, even, illustration, paint, painted
from generation.storyboard import PictureChoice

TRAVEL = 0.2  # of the frame's width, by which the drawing passes behind the window
NEAR = 1.55  # the drawing's side in widths of the window


def lay_detail(scene: SceneBuilder) -> None:
    grid, number = scene.grid, scene.scene.number
    above, (x, y, side), bottom = lay_point_ground(scene)
    cast = scene.cast()
    left = number is None or number % 2 == 1
    if cast:
        half = side * 0.56 if grid.shape == "tall" else side * 0.6
        window = Rect(x - half, y - 0.38 * side, x + half, y + 0.42 * side)
        end = scene.beats[0] if scene.beats else float("inf")
        lay_window(scene, cast[0], window, at=scene.at(0.08), end=end)
        lay_shots(scene, cast, shots_of(scene, cast, x, y, side, left=left, first=1), first=1)
    if len(cast) == 1:
        lay_words(scene, x, y, side)
    if number is not None:
        tag_y = tag_height(scene, y - 0.4 * side, bottom, above=above)
        lay_number(scene, number, x + (-0.56 if left else 0.5) * side, tag_y)


def lay_window(scene: SceneBuilder, choice: PictureChoice, window: Rect, *, at: float, end: float) -> None:
    """A framed view of a part of the drawing that passes by from ``at`` to ``end``; then the frame shrinks away."""
    grid = scene.grid
    border = grid.px(16)
    frame, ground = frame_art(round(window.width), round(window.height), border, WHITE), tint(scene)[1]
    back = card(round(window.width), round(window.height), grid.px(40), ground, 0.5, shadow=scene.shadow(0.9))
    place = (round(window.x), round(window.y))
    rgba = illustration(choice.name, choice.set, int(window.width * NEAR), None)
    inner = window.inset(border, border)
    seconds = min(end, scene.seconds) - at
    way = scene.dice.choice((-1, 1))
    travel = way * max(TRAVEL * scene.size[0], 0.0)

    def fades(moves: Motion) -> Motion:
        return motion.leaving(moves, at=end, seconds=0.2)

    def passing(t: float) -> Placement | None:
        if t < at or t >= end:
            return None
        part = motion.smooth((t - at) / seconds) - 0.5
        x, y = window.x + travel * part, window.y + 0.12 * window.height * part
        height, width = rgba.shape[:2]
        left, top = x - width / 2, y - height / 2
        shown = (
            max((inner.left - left) / width, 0.0),
            max((inner.top - top) / height, 0.0),
            min((inner.right - left) / width, 1.0),
            min((inner.bottom - top) / height, 1.0),
        )
        return Placement(x, y, opacity=motion.smooth((t - at) / 0.15), shown=shown)

    scene.add(back, fades(motion.fade_in(*place, at=at, seconds=0.15)), leaves=True)
    scene.add(rgba, passing)
    scene.add(frame, fades(motion.fade_in(*place, at=at, seconds=0.15)), leaves=True)
    scene.mark_box(window, choice.name, "picture")


@lru_cache(maxsize=8)
def frame_art(width: int, height: int, border: int, color: Color) -> Rgba:
    """The white border of a print: softly cornered outside and inside."""
    full_width, full_height = even(width + 4), even(height + 4)

    def art(canvas: skia.Canvas) -> None:
        box = skia.Rect.MakeXYWH((full_width - width) / 2, (full_height - height) / 2, width, height)
        outer = skia.RRect.MakeRectXY(box, border * 2.2, border * 2.2)
        inner = skia.RRect.MakeRectXY(box.makeInset(border, border), border * 1.2, border * 1.2)
        canvas.drawDRRect(outer, inner, paint(color))

    return painted(full_width, full_height, art)
