"""A creator's own clip or image fills the frame; a scrim under the title keeps it readable."""

from __future__ import annotations

from functools import lru_cache

import skia

from generation.media.layers import Rgba
from generation.media.scenes import motion
from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.point import lay_number
from generation.media.scenes.ornaments import WHITE
from generation.media.scenes.palettes import Color
from generation.media.scenes.sprites import even, painted

SCRIM: Color = (10, 10, 16)


def lay_clip(scene: SceneBuilder) -> None:
    grid = scene.grid
    width, height = scene.size
    scene.over_media = True
    zone = grid.zone("title")
    if grid.shape == "wide":
        scrim = scrim_art(even(width * 0.62), height, sideways=True)
        scene.add(scrim, motion.still(scrim.shape[1] / 2, height / 2))
    else:
        scrim = scrim_art(width, even(height * (0.42 if grid.shape == "tall" else 0.48)), sideways=False)
        scene.add(scrim, motion.still(width / 2, scrim.shape[0] / 2))
    bottom = scene.title(
        scene.scene.line,
        zone,
        align=grid.title_align,
        max_size=116,
        max_lines=title_lines(scene),
        color=WHITE,
    )
    if scene.scene.number is not None:
        x = zone.left + grid.px(72) if grid.shape == "wide" else width / 2
        lay_number(scene, scene.scene.number, x, bottom + grid.px(104))


@lru_cache(maxsize=6)
def scrim_art(width: int, height: int, *, sideways: bool) -> Rgba:
    """Darkness that fades out smoothly, downwards or to the right."""
    steps = 12

    def art(canvas: skia.Canvas) -> None:
        colors = []
        for i in range(steps + 1):
            part = i / steps
            fade = 1 - part * part * (3 - 2 * part)
            colors.append(skia.Color(*SCRIM, round(255 * 0.66 * fade)))
        end = skia.Point(width, 0) if sideways else skia.Point(0, height)
        body = skia.Paint(Shader=skia.GradientShader.MakeLinear([skia.Point(0, 0), end], colors), Dither=True)
        canvas.drawRect(skia.Rect.MakeWH(width, height), body)

    return painted(width, height, art)
