"""Two cards side by side: before and after with an arrow, or two things compared with a VS badge."""

from __future__ import annotations

from functools import lru_cache

import skia

from generation.media.layers import Rgba
from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.shots import Place, lay_asides
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.ornaments import WHITE, lay_hills, lay_shapes
from generation.media.scenes.palettes import Color
from generation.media.scenes.side_pictures import picture_of
from generation.media.scenes.sprites import card, even, illustration, paint, painted, pen, stacked, text_line
from generation.media.scenes.typography import TextStyle, shape

GOOD: Color = (32, 178, 107)
BAD: Color = (236, 72, 72)


def lay_compare(scene: SceneBuilder) -> None:
    _lay_pair(scene, before_after=False)


def lay_before_after(scene: SceneBuilder) -> None:
    _lay_pair(scene, before_after=True)


def _lay_pair(scene: SceneBuilder, *, before_after: bool) -> None:
    grid, versus = scene.grid, scene.scene.versus
    if versus is None:
        raise ValueError(
            f"Scene {scene.scene.id!r} has the layout {scene.scene.layout!r} but nothing to set side by side."
        )
    lay_hills(scene)
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=104,
        max_lines=title_lines(scene),
    )
    zone = grid.zone("stage")
    zone = Rect(zone.left, zone.top + grid.px(18), zone.right, zone.bottom)
    gap = grid.px(28)
    width = (zone.width - gap) / 2
    sides = (
        (Rect(zone.left, zone.top, zone.left + width, zone.bottom), versus.left, versus.left_picture),
        (Rect(zone.right - width, zone.top, zone.right, zone.bottom), versus.right, versus.right_picture),
    )
    late = scene.beats[0] if scene.beats else 0.75
    for i, (place, _, _) in enumerate(sides):
        _lay_card(scene, place, at=late if i else 0.12, wins=before_after and i == 1, dx=-1 if i == 0 else 1)
    for i, (place, label, picture) in enumerate(sides):
        _fill_card(
            scene, place, label, picture, at=(late if i else 0.12) + 0.12,
            verdict=(BAD if i == 0 else GOOD) if before_after else None, wins=before_after and i == 1,
        )  # fmt: skip
    lay_shapes(scene, zone.x, zone.y, zone.width * 0.62, count=5)
    badge = (
        arrow_art(grid.px(118), scene.palette.marker, scene.palette.on_marker)
        if before_after
        else _versus_badge(scene)
    )
    scene.add(
        badge,
        motion.pop_in(
            round(zone.x),
            round(zone.top + zone.height * 0.4),
            at=scene.at(late + 0.15),
            character=scene.character,
            turn=-90,
        ),
        leaves=True,
    )
    spots = [
        Place(side.x, side.top + side.height * 0.36, int(side.width * 0.74)) for side, _, _ in sides[::-1]
    ]
    lay_asides(scene, spots, after=2)


def _lay_card(scene: SceneBuilder, place: Rect, *, at: float, wins: bool, dx: int) -> None:
    palette, grid = scene.palette, scene.grid
    width, height = round(place.width), round(place.height)
    radius = 44 * grid.unit
    if wins:
        rgba = card(width, height, radius, WHITE, 1.0, shadow=scene.shadow(0.7))
    elif palette.dark:
        rgba = card(
            width,
            height,
            radius,
            WHITE,
            0.17,
            edge=grid.px(3),
            edge_color=WHITE,
            edge_opacity=0.3,
            shadow=scene.shadow(0.5),
        )
    else:
        rgba = card(
            width,
            height,
            radius,
            WHITE,
            0.66,
            edge=grid.px(3),
            edge_color=WHITE,
            edge_opacity=0.9,
            shadow=scene.shadow(0.5),
        )
    scene.add(
        rgba,
        motion.slide_in(
            round(place.x), round(place.y), at=scene.at(at), dx=dx * grid.px(220), character=scene.character
        ),
    )


def _fill_card(
    scene: SceneBuilder,
    place: Rect,
    label: str,
    words: str,
    *,
    at: float,
    verdict: Color | None,
    wins: bool,
) -> None:
    """The picture above, the label below, a cross or check on the corner."""
    grid, palette = scene.grid, scene.palette
    side = int(min(place.width * 0.76, place.height * 0.54))
    y = place.top + place.height * 0.36
    color = (28, 24, 34) if wins else palette.ink
    block = fit_text(
        label, max_width=place.width * 0.86, max_height=place.height * 0.29, max_size=58 * grid.unit, max_lines=3,
        weight=800, family=scene.family, leading=1.22, least_size=scene.grid.least_letters,
    )  # fmt: skip
    step = 1.22 * block.style.size
    top = place.top + place.height * 0.815 - step * len(block.lines) / 2
    for i, line in enumerate(block.lines):
        scene.text(
            line, block.style, color, x=place.x, middle=top + step * (i + 0.5), at=at + 0.06 * i, name=label
        )
    choice = picture_of(words, scene.board.language, scene.board.look.picture_set)
    if choice is not None:
        shadow = scene.shadow(0.6)
        rgba = illustration(*choice, side, shadow)
        come = motion.pop_in(place.x, y, at=scene.at(at + 0.05), character=scene.character, turn=-10)
        moves = motion.floating(
            come,
            height=scene.px(scene.character.float_share * 0.7),
            phase=scene.dice.random(),
            since=at + 0.6,
        )
        scene.add(rgba, moves, leaves=True)
        scene.mark_drawn(rgba, place.x, y, choice[0], inset=shadow.reach + 2)
    if verdict is not None:
        art = verdict_art(grid.px(84), verdict, check=wins)
        x = place.left + grid.px(58)
        scene.add(
            art,
            motion.pop_in(
                round(x),
                round(place.top + grid.px(58)),
                at=scene.at(at + 0.35),
                character=scene.character,
                turn=-60,
            ),
            leaves=True,
        )


@lru_cache(maxsize=16)
def verdict_art(side: int, color: Color, *, check: bool) -> Rgba:
    """A disc with a check or a cross."""
    full = even(side + 4)
    middle, radius = full / 2, side / 2

    def art(canvas: skia.Canvas) -> None:
        canvas.drawCircle(middle, middle, radius, paint(color))
        line = pen(WHITE, side * 0.12)
        reach = radius * 0.4
        if check:
            path = skia.Path()
            path.moveTo(middle - reach * 1.05, middle + reach * 0.05)
            path.lineTo(middle - reach * 0.25, middle + reach * 0.85)
            path.lineTo(middle + reach * 1.1, middle - reach * 0.8)
            canvas.drawPath(path, line)
        else:
            canvas.drawLine(middle - reach, middle - reach, middle + reach, middle + reach, line)
            canvas.drawLine(middle - reach, middle + reach, middle + reach, middle - reach, line)

    return painted(full, full, art)


@lru_cache(maxsize=8)
def arrow_art(side: int, color: Color, ink: Color) -> Rgba:
    """A disc with an arrow to the right."""
    full = even(side + 4)
    middle, radius = full / 2, side / 2

    def art(canvas: skia.Canvas) -> None:
        canvas.drawCircle(middle, middle, radius, paint(color))
        path = skia.Path()
        reach = radius * 0.46
        path.moveTo(middle - reach, middle)
        path.lineTo(middle + reach, middle)
        path.moveTo(middle + reach * 0.2, middle - reach * 0.8)
        path.lineTo(middle + reach, middle)
        path.lineTo(middle + reach * 0.2, middle + reach * 0.8)
        canvas.drawPath(path, pen(ink, side * 0.11))

    return painted(full, full, art)


def _versus_badge(scene: SceneBuilder) -> Rgba:
    side = scene.px(128)
    disc = card(side, side, side / 2, scene.palette.marker, 1.0, shadow=scene.shadow(0.5))
    style = TextStyle(side * 0.44, 900, tracking=-0.02)
    letters = text_line("VS", style, scene.palette.on_marker)
    ink = shape("VS", weight=900, tracking=-0.02).ink
    height, width = disc.shape[:2]
    start = width / 2 - (ink[0] + ink[1]) / 2 * style.size
    middle = height / 2 + MIDDLE * style.size
    return stacked(
        width,
        height,
        [(disc, width / 2, height / 2), (letters.rgba, start + letters.dx, middle + letters.dy)],
    )
