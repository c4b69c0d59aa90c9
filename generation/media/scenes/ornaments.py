"""What surrounds the pictures: the stage they stand on, shapes that float, hills at the foot, confetti, sparks."""

from __future__ import annotations

import math
import random
from functools import lru_cache

import skia

from generation.media.layers import Rgba
from generation.media.scenes import motion
from generation.media.scenes.backgrounds import mix
from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.palettes import Color
from generation.media.scenes.sprites import even, paint, painted, pen

STAGES = ("halo", "disc", "burst", "blob", "rings")
WHITE: Color = (255, 255, 255)


@lru_cache(maxsize=24)
def stage_art(kind: str, side: int, color: Color, light: Color, strength: float, seed: int) -> Rgba:
    """The shape behind the main picture, ``side`` pixels square, softly translucent."""
    full = even(side)
    middle, radius = full / 2, full / 2 - 2

    def art(canvas: skia.Canvas) -> None:
        if kind == "halo":
            _radial(canvas, middle, radius, light, [0.75 * strength, 0.32 * strength, 0.0])
        elif kind == "disc":
            body = paint(color, 0.9 * strength)
            points = [skia.Point(0, middle - radius), skia.Point(0, middle + radius)]
            ends = [
                skia.Color(*c, round(255 * a))
                for c, a in ((light, 0.62 * strength), (color, 0.16 * strength))
            ]
            body.setShader(skia.GradientShader.MakeLinear(points, ends))
            canvas.drawCircle(middle, middle, radius * 0.8, body)
            canvas.drawCircle(middle, middle, radius * 0.92, pen(light, radius * 0.012, 0.45 * strength))
        elif kind == "burst":
            _burst(canvas, middle, radius, light, strength)
        elif kind == "blob":
            body = paint(light, 0.42 * strength)
            canvas.drawPath(_blob(middle, radius * 0.93, seed), body)
            canvas.drawPath(_blob(middle, radius * 0.76, seed + 1), paint(light, 0.26 * strength))
        else:
            for i, share in enumerate((0.52, 0.74, 0.96)):
                canvas.drawCircle(
                    middle, middle, radius * share, paint(light, (0.26, 0.15, 0.10)[i] * strength)
                )
                edge = pen(light, max(radius * 0.008, 1), (0.5, 0.34, 0.22)[i] * strength)
                canvas.drawCircle(middle, middle, radius * share, edge)

    return painted(full, full, art)


def _radial(canvas: skia.Canvas, middle: float, radius: float, color: Color, opacities: list[float]) -> None:
    colors = [skia.Color(*color, round(255 * min(a, 1))) for a in opacities]
    body = paint(color)
    body.setShader(
        skia.GradientShader.MakeRadial(skia.Point(middle, middle), radius, colors, [0.0, 0.5, 1.0])
    )
    body.setDither(True)
    canvas.drawCircle(middle, middle, radius, body)


def _burst(canvas: skia.Canvas, middle: float, radius: float, color: Color, strength: float) -> None:
    """Sun rays that fade outwards."""
    rays = 14
    path = skia.Path()
    for i in range(rays):
        a, b = (2 * math.pi * (i + part) / rays for part in (0.0, 0.5))
        path.moveTo(middle, middle)
        path.lineTo(middle + radius * math.cos(a), middle + radius * math.sin(a))
        path.lineTo(middle + radius * math.cos(b), middle + radius * math.sin(b))
        path.close()
    colors = [skia.Color(*color, round(255 * a * strength)) for a in (0.62, 0.34, 0.0)]
    body = paint(color)
    body.setShader(
        skia.GradientShader.MakeRadial(skia.Point(middle, middle), radius, colors, [0.1, 0.6, 1.0])
    )
    canvas.drawPath(path, body)
    _radial(canvas, middle, radius * 0.72, color, [0.5 * strength, 0.24 * strength, 0.0])


def _blob(middle: float, radius: float, seed: int) -> skia.Path:
    """A closed smooth curve around the middle, each blob a little different."""
    dice = random.Random(f"blob {seed}")
    count = 7
    points = []
    for i in range(count):
        angle = 2 * math.pi * i / count + dice.uniform(-0.1, 0.1)
        reach = radius * dice.uniform(0.82, 1.0)
        points.append((middle + reach * math.cos(angle), middle + reach * math.sin(angle)))
    path = skia.Path()
    halfway = [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(points, points[1:] + points[:1], strict=True)
    ]
    path.moveTo(*halfway[-1])
    for corner, end in zip(points, halfway, strict=True):
        path.quadTo(*corner, *end)
    path.close()
    return path


@lru_cache(maxsize=128)
def shape_art(kind: str, side: int, color: Color, opacity: float) -> Rgba:
    """One small decoration, ``side`` pixels square."""
    full = even(side + 4)
    middle, radius = full / 2, side / 2

    def art(canvas: skia.Canvas) -> None:
        line = pen(color, side * 0.17, opacity)
        if kind == "ring":
            canvas.drawCircle(middle, middle, radius * 0.8, line)
        elif kind == "dot":
            canvas.drawCircle(middle, middle, radius * 0.7, paint(color, opacity))
        elif kind == "plus":
            canvas.drawLine(middle - radius * 0.7, middle, middle + radius * 0.7, middle, line)
            canvas.drawLine(middle, middle - radius * 0.7, middle, middle + radius * 0.7, line)
        elif kind == "triangle":
            path = skia.Path()
            for i in range(3):
                angle = 2 * math.pi * i / 3 - math.pi / 2
                point = (middle + radius * 0.75 * math.cos(angle), middle + radius * 0.75 * math.sin(angle))
                path.moveTo(*point) if i == 0 else path.lineTo(*point)
            path.close()
            canvas.drawPath(path, pen(color, side * 0.14, opacity))
        elif kind == "wave":
            path = skia.Path()
            path.moveTo(middle - radius * 0.85, middle)
            for i in range(3):
                left = middle - radius * 0.85 + radius * 0.57 * i
                path.quadTo(
                    left + radius * 0.28,
                    middle + radius * (0.6 if i % 2 else -0.6),
                    left + radius * 0.57,
                    middle,
                )
            canvas.drawPath(path, line)
        else:  # a four-pointed spark
            path = skia.Path()
            path.moveTo(middle, middle - radius)
            for i in range(4):
                angle = math.pi * (i + 1) / 2 - math.pi / 2
                path.quadTo(
                    middle, middle, middle + radius * math.cos(angle), middle + radius * math.sin(angle)
                )
            canvas.drawPath(path, paint(color, opacity))

    return painted(full, full, art)


@lru_cache(maxsize=8)
def hills_art(width: int, height: int, color: Color, opacity: float, seed: int) -> Rgba:
    """Two soft ridges over the frame's foot, the nearer one denser: the ground everything stands before."""
    full_width, full_height = even(width), even(height)
    dice = random.Random(f"hills {seed}")

    def ridge(top: float, swing: float) -> skia.Path:
        path = skia.Path()
        path.moveTo(0, top + dice.uniform(-1, 1) * swing)
        third = full_width / 3
        heights = [top + dice.uniform(-1, 1) * swing for _ in range(6)]
        path.cubicTo(third * 0.5, heights[0], third, heights[1], third * 1.5, top)
        path.cubicTo(third * 2, 2 * top - heights[1], third * 2.5, heights[2], full_width, heights[3])
        path.lineTo(full_width, full_height)
        path.lineTo(0, full_height)
        path.close()
        return path

    def art(canvas: skia.Canvas) -> None:
        canvas.drawPath(ridge(full_height * 0.26, full_height * 0.2), paint(color, opacity * 0.55))
        canvas.drawPath(ridge(full_height * 0.58, full_height * 0.16), paint(color, opacity * 0.8))

    return painted(full_width, full_height, art)


def tint(scene: SceneBuilder) -> tuple[Color, Color, float]:
    """(color, light, strength) of stages and cards on this palette."""
    palette = scene.palette
    if palette.dark:
        return palette.ground[2], mix(palette.ground[3], WHITE, 0.45), 0.62
    return palette.ground[1], WHITE, 1.0


def lay_stage(
    scene: SceneBuilder, x: float, y: float, side: float, *, at: float = 0.0, kind: str = ""
) -> None:
    """The stage behind the main picture, growing in: another one than in the scenes before and after."""
    chosen = kind or STAGES[(scene.video_dice.randrange(len(STAGES)) + 2 * scene.index) % len(STAGES)]
    color, light, strength = tint(scene)
    rgba = stage_art(chosen, int(side), color, light, strength, scene.board.seed % 1000 + scene.index)
    scene.add(
        rgba,
        motion.pop_in(
            round(x), round(y), at=scene.at(at) - scene.carried, character=motion.CHARACTERS["gentle"]
        ),
    )


def lay_hills(scene: SceneBuilder) -> None:
    """Ridges at the frame's foot, standing still."""
    width, height = scene.size
    share = 0.27 if scene.grid.shape == "tall" else 0.24
    tall = even(height * share)
    color = scene.palette.ground[0] if scene.palette.dark else scene.palette.ground[2]
    rgba = hills_art(
        width, tall, color, 0.62 if scene.palette.dark else 0.5, scene.board.seed % 997 + scene.index
    )
    scene.add(rgba, motion.still(round(width / 2), height - tall / 2))


def lay_shapes(scene: SceneBuilder, x: float, y: float, reach: float, *, count: int = 6) -> None:
    """Small decorations around (x, y) at two depths; those behind are smaller, fainter and drift less."""
    kinds = ("ring", "dot", "plus", "triangle", "wave", "spark")
    turn = scene.dice.uniform(0, 2 * math.pi)
    narrow = scene.grid.shape == "tall"
    for i in range(count):
        near = i % 2 == 0
        angle = turn + 2 * math.pi * i / count + scene.dice.uniform(-0.2, 0.2)
        away = reach * scene.dice.uniform(0.92, 1.2)
        px = x + away * math.cos(angle) * (0.94 if narrow else 1.15)
        py = y + away * math.sin(angle) * (0.92 if narrow else 0.8)
        margin = 40 * scene.grid.unit
        px = min(max(px, margin), scene.size[0] - margin)
        if _crosses_text(scene, px, py, 70 * scene.grid.unit):
            continue
        side = scene.px(scene.dice.uniform(52, 74) if near else scene.dice.uniform(30, 44))
        color = scene.palette.shapes[i % 3]
        rgba = shape_art(scene.dice.choice(kinds), side, color, 0.95 if near else 0.6)
        come = motion.pop_in(
            px,
            py,
            at=scene.at(0.25 + 0.06 * i),
            character=scene.character,
            turn=scene.dice.uniform(-120, 120),
        )
        moves = motion.floating(
            come,
            height=scene.px(9 if near else 5),
            period=scene.dice.uniform(3.2, 4.6),
            phase=scene.dice.random(),
        )
        depth = 34 if near else 14
        drift = motion.drifting(moves, dx=scene.px(depth), dy=-scene.px(depth * 0.4), seconds=scene.seconds)
        scene.add(rgba, drift, leaves=True)


def _crosses_text(scene: SceneBuilder, x: float, y: float, margin: float) -> bool:
    return any(
        box.kind == "text"
        and box.left - margin < x < box.right + margin
        and box.top - margin < y < box.bottom + margin
        for box in scene.boxes
    )


def throw_confetti(scene: SceneBuilder, x: float, y: float, *, count: int = 34, at: float = 0.15) -> None:
    """Paper thrown up from (x, y), in the palette's colors."""
    unit = scene.grid.unit
    colors = (*scene.palette.shapes, scene.palette.marker)
    for i in range(count):
        angle = scene.dice.uniform(-math.pi * 0.92, -math.pi * 0.08)
        speed = scene.dice.uniform(700, 2100) * unit
        rgba = paper_art(i % 3, scene.px(scene.dice.uniform(16, 30)), colors[i % 4])
        scene.add(
            rgba,
            motion.confetto(
                x,
                y,
                speed=(speed * math.cos(angle) * 0.8, speed * math.sin(angle)),
                gravity=scene.dice.uniform(520, 760) * unit,
                spin=scene.dice.uniform(-420, 420),
                at=max(scene.at(at), 0.0) + scene.dice.uniform(0, 0.12),
                seconds=scene.dice.uniform(1.9, 2.8),
            ),
        )


@lru_cache(maxsize=96)
def paper_art(kind: int, side: int, color: Color) -> Rgba:
    width, height = ((side, side * 0.55), (side * 0.7, side * 0.7), (side * 1.2, side * 0.32))[kind]
    full = even(side * 1.3 + 2)

    def art(canvas: skia.Canvas) -> None:
        box = skia.Rect.MakeXYWH((full - width) / 2, (full - height) / 2, width, height)
        canvas.drawRoundRect(box, side * 0.12, side * 0.12, paint(color))

    return painted(full, full, art)
