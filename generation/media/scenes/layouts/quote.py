"""A sentence worth keeping: set left under a large quotation mark, the picture below it."""

from __future__ import annotations

from functools import lru_cache

import skia

from generation.media.layers import Rgba
from generation.media.scenes import motion
from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.shots import lay_shots, lay_words, shots_of
from generation.media.scenes.ornaments import lay_hills, lay_shapes, lay_stage
from generation.media.scenes.palettes import Color
from generation.media.scenes.sprites import even, paint, painted


def lay_quote(scene: SceneBuilder) -> None:
    grid = scene.grid
    width, height = scene.size
    zones = {
        "tall": (Rect(0.09 * width, 0.222 * height, 0.91 * width, 0.395 * height), (0.56, 0.53, 0.265)),
        "square": (Rect(0.09 * width, 0.275 * height, 0.91 * width, 0.49 * height), (0.64, 0.645, 0.31)),
        "wide": (Rect(0.07 * width, 0.30 * height, 0.56 * width, 0.74 * height), (0.77, 0.48, 0.54)),
    }
    zone, (px, py, share) = zones[grid.shape]
    x, y, side = px * width, py * height, int(share * height)
    lay_hills(scene)
    lay_stage(scene, x, y, side * 1.5)
    mark = quote_art(grid.px(118), scene.palette.marker)
    scene.add(
        mark,
        motion.pop_in(
            round(zone.left + mark.shape[1] / 2),
            round(zone.top - grid.px(54)),
            at=scene.at(0.02),
            character=scene.character,
            turn=-25,
        ),
    )
    scene.title(
        scene.scene.line.strip('“”"「」'), zone, align="left", max_size=96, max_lines=4, at=0.12, valign="top"
    )
    lay_shapes(scene, x, y, side * 0.7, count=5)
    cast = scene.cast()
    lay_shots(scene, cast, shots_of(scene, cast, x, y, side, left=True))
    if len(cast) == 1:
        lay_words(scene, x, y, side)


@lru_cache(maxsize=8)
def quote_art(side: int, color: Color) -> Rgba:
    """An opening quotation mark drawn as two drops, ``side`` pixels wide."""
    width, height = even(side + 4), even(side * 0.8 + 4)

    def art(canvas: skia.Canvas) -> None:
        for i in range(2):
            left = 2 + i * side * 0.53
            radius = side * 0.22
            path = skia.Path()
            path.moveTo(left + side * 0.40, 2)
            path.quadTo(left, 2 + side * 0.10, left, height - radius - 2)
            path.lineTo(left + radius * 2, height - radius - 2)
            path.quadTo(left + radius * 1.3, 2 + side * 0.32, left + side * 0.46, 2 + side * 0.17)
            path.close()
            canvas.drawPath(path, paint(color))
            canvas.drawCircle(left + radius, height - radius - 2, radius, paint(color))

    return painted(width, height, art)
