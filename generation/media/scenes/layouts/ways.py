"""Ways with stations: the steps of something that is done one after another, and the years of something that happened."""

from __future__ import annotations

from functools import lru_cache

import skia

from generation.media.layers import Placement, Rgba
from generation.media.scenes import motion
from generation.media.scenes.backgrounds import mix
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.grid import LEAST_LETTERS, Rect
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.shots import lay_shots, lay_words, shots_of
from generation.media.scenes.layouts.versus import GOOD, verdict_art
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.ornaments import WHITE, lay_hills, lay_stage
from generation.media.scenes.palettes import Color
from generation.media.scenes.sprites import card, even, paint, painted, stacked, text_line
from generation.media.scenes.typography import TextStyle, shape
from generation.storyboard import Scene

NIGHT: Color = (28, 24, 34)
MOST_STATIONS = 6
# by the frame's shape, in shares of width and height: first and last station and their height; the picture's place and side
_STEPS = {
    "tall": (0.16, 0.84, 0.352, 0.5, 0.485, 0.212),
    "square": (0.14, 0.86, 0.385, 0.5, 0.6, 0.34),
    "wide": (0.57, 0.91, 0.2, 0.735, 0.53, 0.48),
}
_YEARS = {
    "tall": (0.19, 0.77, 0.553, 0.5, 0.428, 0.212),
    "square": (0.15, 0.85, 0.705, 0.5, 0.505, 0.33),
    "wide": (0.58, 0.89, 0.69, 0.735, 0.4, 0.46),
}


def lay_steps(scene: SceneBuilder) -> None:
    """The way of all steps: those done are ticked, the one that is told is lit."""
    told, at = _stations(scene, scene.told())
    numbers = [other.number or i for i, other in enumerate(told, 1)]
    xs, y = _lay_way(scene, _STEPS, len(told), at)
    radius = scene.px(46)
    for i, x in enumerate(xs):
        if i < at:
            disc = verdict_art(2 * radius, GOOD, check=True)
            scene.add(disc, motion.still(round(x), y))
        elif i > at:
            disc = number_art(numbers[i], radius, WHITE, NIGHT, 0.8)
            scene.add(disc, motion.still(round(x), y))
    lit = number_art(numbers[at], round(radius * 1.32), scene.palette.marker, scene.palette.on_marker, 1.0)
    come = motion.pop_in(round(xs[at]), y, at=scene.at(0.3), character=scene.character, turn=70)
    scene.add(lit, come, leaves=True)
    scene.mark_box(Rect(xs[at] - radius, y - radius, xs[at] + radius, y + radius), str(numbers[at]), "text")


def lay_timeline(scene: SceneBuilder) -> None:
    """The years on a line that is drawn on to the one that is told."""
    if not scene.scene.year:
        raise ValueError(f"Scene {scene.scene.id!r} has the layout 'timeline' but no year.")
    told, at = _stations(scene, [other for other in scene.told() if other.year])
    years = [other.year for other in told]
    xs, y = _lay_way(scene, _YEARS, len(told), at)
    grid = scene.grid
    room = min(xs[1] - xs[0] if len(xs) > 1 else scene.size[0], 0.155 * scene.size[0]) * 0.94
    for i, x in enumerate(xs):
        dot = dot_art(
            scene.px(26 if i == at else 15), scene.palette.marker if i <= at else _faint(scene), WHITE
        )
        come = (
            motion.pop_in(round(x), y, at=scene.at(0.45), character=scene.character)
            if i == at
            else motion.still(round(x), y)
        )
        scene.add(dot, come)
        block = fit_text(
            years[i], max_width=room, max_height=grid.px(60), max_size=(58 if i == at else LEAST_LETTERS) * grid.unit,
            max_lines=1, weight=900 if i == at else 700, family=scene.family,
        )  # fmt: skip
        scene.text(
            years[i],
            block.style,
            scene.palette.ink,
            x=x,
            middle=y + grid.px(58),
            at=0.45 if i == at else 0.05,
            opacity=1.0 if i == at else 0.6 if i < at else 0.35,
            shadow=scene.text_shadow,
            rise=24 if i == at else 0,
        )


def _stations(scene: SceneBuilder, told: list[Scene]) -> tuple[list[Scene], int]:
    """The stations around this scene, and its place among them; of more than fit those next to it."""
    if all(other.id != scene.scene.id for other in told):
        told = [scene.scene]
    at = next(i for i, other in enumerate(told) if other.id == scene.scene.id)
    first = min(max(at - MOST_STATIONS // 2, 0), max(len(told) - MOST_STATIONS, 0))
    return told[first : first + MOST_STATIONS], at - first


def _lay_way(
    scene: SceneBuilder,
    places: dict[str, tuple[float, float, float, float, float, float]],
    count: int,
    at: int,
) -> tuple[list[float], int]:
    """Title, pictures and the line through all stations, filled up to the one ``at``; returns the stations' places."""
    grid = scene.grid
    width, height = scene.size
    left, right, line, px, py, share = places[grid.shape]
    x, y, side = px * width, py * height, int(share * height)
    lay_hills(scene)
    lay_stage(scene, x, y, side * 1.5)
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=110,
        max_lines=title_lines(scene),
    )
    start, end, row = left * width, right * width, round(line * height)
    gaps = max(count - 1, 1)
    xs = [start + (end - start) * i / gaps for i in range(count)] if count > 1 else [(start + end) / 2]
    thick = scene.px(14)
    place = (round((start + end) / 2), row)
    scene.add(card(round(end - start), thick, thick / 2, _faint(scene), 0.55), motion.still(*place))
    before, now = max(at - 1, 0) / gaps, at / gaps

    def filling(t: float) -> Placement | None:
        part = before + (now - before) * motion.ease_out((t - scene.at(0.15)) / 0.5)
        return Placement(*place, shown=(0.0, 0.0, part, 1.0)) if part > 0 else None

    scene.add(card(round(end - start), thick, thick / 2, scene.palette.marker, 1.0), filling)
    cast = scene.cast()
    lay_shots(scene, cast, shots_of(scene, cast, x, y, side, left=scene.index % 2 == 0))
    if len(cast) == 1:
        lay_words(scene, x, y, side)
    return xs, row


def _faint(scene: SceneBuilder) -> Color:
    return WHITE if scene.palette.dark else mix(scene.palette.ground[2], scene.palette.ink, 0.12)


@lru_cache(maxsize=32)
def number_art(number: int, radius: int, color: Color, ink: Color, opacity: float) -> Rgba:
    """A disc with a number."""
    disc = card(2 * radius, 2 * radius, radius, color, opacity)
    style = TextStyle(radius * (1.16 if number < 10 else 0.9), 900)
    letters = text_line(str(number), style, ink, opacity=opacity)
    ink_left, ink_right = shape(str(number), weight=900).ink
    height, width = disc.shape[:2]
    start = width / 2 - (ink_left + ink_right) / 2 * style.size
    middle = height / 2 + MIDDLE * style.size
    return stacked(
        width,
        height,
        [(disc, width / 2, height / 2), (letters.rgba, start + letters.dx, middle + letters.dy)],
    )


@lru_cache(maxsize=16)
def dot_art(radius: int, color: Color, edge: Color) -> Rgba:
    full = even(2 * radius + 4)

    def art(canvas: skia.Canvas) -> None:
        canvas.drawCircle(full / 2, full / 2, radius, paint(edge))
        canvas.drawCircle(full / 2, full / 2, radius * 0.72, paint(color))

    return painted(full, full, art)
