"""The designs of a cover: each lays title and drawings out in its own way, on tall, square and wide frames.

All are pure functions of the scene under construction and the drawings at hand (``cast``, the most telling first).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import skia

from generation.media.layers import Rgba
from generation.media.scenes.covers.parts import (
    CoverBuilder,
    big_text,
    headline,
    pill,
    places,
    put,
    stick,
    sticker,
)
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.chart import counted, dial_art
from generation.media.scenes.layouts.quote import quote_art
from generation.media.scenes.ornaments import stage_art, tint
from generation.media.scenes.palettes import Color
from generation.media.scenes.side_pictures import picture_of
from generation.media.scenes.sprites import card, even, paint, painted, pen, turned
from generation.storyboard import Cover, PictureChoice, Storyboard

Cast = Sequence[PictureChoice]
WHITE: Color = (255, 255, 255)
NIGHT: Color = (18, 16, 26)
MOST_STEPS, MOST_STICKERS = 3, 5


def told(board: Storyboard) -> int:
    """How many numbered points the video tells."""
    return len({scene.number for scene in board.scenes if scene.number is not None})


def lay_number(scene: CoverBuilder, cast: Cast) -> None:
    """The number of points as large as the stage, drawings leaning on it."""
    title, stage = places(scene, "top")
    side = min(stage.width, stage.height)
    number = str(told(scene.board))
    x, y = stage.x - 0.12 * side * (len(number) == 1), stage.y
    put(scene, turned(big_text(number, 1.22 * side, scene.palette.marker, scene.shadow(0.9)), -6), x, y)
    spots = (
        (0.34, 0.24, 0.50, 8),
        (-0.40, 0.30, 0.32, -10),
        (0.38, -0.30, 0.30, 12),
        (-0.42, -0.30, 0.24, 8),
    )
    for choice, (dx, dy, share, tilt) in zip(cast, spots, strict=False):
        stick(scene, choice, stage.x + dx * side, stage.y + dy * side, share * side, tilt=tilt)
    headline(scene, title, align=scene.grid.title_align)


def lay_steps(scene: CoverBuilder, cast: Cast) -> None:
    """A flight of numbered cards, one drawing each, joined by a dotted way."""
    title, stage = places(scene, "top")
    steps = list(cast[:MOST_STEPS])
    side = min(stage.width * 0.40, stage.height * 0.44)
    spots = [
        (
            stage.left + side * 0.55 + (stage.width - side * 1.1) * i / max(len(steps) - 1, 1),
            stage.top + side * 0.6 + (stage.height - side * 1.13) * i / max(len(steps) - 1, 1),
        )
        for i in range(len(steps))
    ]
    put(
        scene,
        way_art(scene.size, tuple(spots), scene.px(12), scene.palette.ink),
        scene.size[0] / 2,
        scene.size[1] / 2,
    )
    for i, (choice, (x, y)) in enumerate(zip(steps, spots, strict=True)):
        block = card(round(side), round(side), side * 0.2, WHITE, 1.0, shadow=scene.shadow(0.7))
        put(scene, turned(block, (-4, 3, -3)[i]), x, y)
        rgba = sticker(choice.name, choice.set, int(side * 0.66), 0, WHITE, 0, scene.shadow(0.25))
        put(scene, rgba, x, y)
        tag = pill(
            str(i + 1), side * 0.24, scene.palette.marker, scene.palette.on_marker, side, scene.shadow(0.3)
        )
        put(scene, tag, x - side * 0.5, y - side * 0.3)
    headline(scene, title, align=scene.grid.title_align)


def lay_question(scene: CoverBuilder, cast: Cast) -> None:
    """A question mark taller than the drawing that raises it."""
    title, stage = places(scene, "top")
    side = min(stage.width, stage.height)
    lean = scene.dice.choice((-1, 1))
    mark = big_text("?", 1.14 * side, scene.palette.marker, scene.shadow(0.9))
    put(scene, turned(mark, 10 * lean), stage.x + 0.24 * side * lean, stage.y + 0.02 * side)
    if cast:
        stick(
            scene, cast[0], stage.x - 0.16 * side * lean, stage.y + 0.16 * side, 0.66 * side, tilt=-5 * lean
        )
    headline(scene, title, align=scene.grid.title_align)


def lay_split(scene: CoverBuilder, cast: Cast) -> None:
    """Two fields that meet aslant, a drawing on each with its name, VS where they meet."""
    width, height = scene.size
    title, stage = places(scene, "top")
    color = scene.palette.marker
    tall = scene.grid.shape == "tall"
    put(scene, field_art(scene.size, color, tall, stage.y), width / 2, height / 2)
    side = min(stage.width * 0.48, stage.height * 0.50)
    dx, dy = (0.24, 0.235) if tall else (0.26, 0.2)
    left = (stage.x - dx * stage.width, stage.y - dy * stage.height)
    right = (stage.x + dx * stage.width, stage.y + dy * stage.height)
    versus = next((found.versus for found in scene.board.scenes if found.versus is not None), None)
    names = (versus.left, versus.right) if versus else ("", "")
    for i, ((x, y), choice, name) in enumerate(zip((left, right), _sides(scene, cast), names, strict=False)):
        stick(scene, choice, x, y - 0.05 * side * bool(name) * (1 if i else -1), side, tilt=(-6, 6)[i])
        if name:
            fill, ink = (NIGHT, WHITE) if i else (WHITE, NIGHT)
            tag = pill(
                name, 62 * scene.grid.unit, fill, ink, side * (1.3 if tall else 0.95), scene.shadow(0.3)
            )
            put(scene, tag, x, y + (0.52 if i else -0.5) * side)  # both away from where the fields meet
    badge = pill("VS", 0.2 * side, scene.palette.ink, scene.palette.ground[0], side, scene.shadow(0.5))
    put(scene, turned(badge, -8), stage.x, stage.y)
    headline(scene, title, align=scene.grid.title_align)


def _sides(scene: CoverBuilder, cast: Cast) -> list[PictureChoice]:
    """The drawings of the two sides: those of the comparison, else the first two at hand."""
    versus = next((found.versus for found in scene.board.scenes if found.versus is not None), None)
    if versus is not None:
        words = (versus.left_picture, versus.right_picture)
        found = [picture_of(word, scene.board.language, scene.board.look.picture_set) for word in words]
        if all(found):
            return [PictureChoice(name, of, "") for name, of in (pair for pair in found if pair)]
    return list(cast[:2])


def lay_warning(scene: CoverBuilder, cast: Cast) -> None:
    """A barrier across the frame that carries the title, the danger above it."""
    title, stage = places(scene, "low")
    width, height = scene.size
    if cast:
        side = min(stage.width * 0.8, stage.height * 0.86)
        stick(scene, cast[0], stage.x, stage.y - 0.03 * side, side, tilt=scene.dice.choice((-8, 8)))
    if scene.grid.shape == "wide":
        band = Rect(title.left - 0.03 * width, title.top, width * 1.02, title.bottom)
    else:
        band = Rect(0, title.top - 0.03 * height, width, title.bottom + 0.012 * height)
    put(
        scene,
        barrier_art(even(band.width), even(band.height), scene.palette.marker, scene.palette.on_marker),
        band.x,
        band.y,
    )
    inner = Rect(title.left, title.top + 0.012 * height, title.right, title.bottom - 0.03 * height)
    headline(scene, inner, align="left", color=scene.palette.on_marker, mark=False)
    sign = sign_art(scene.px(190), scene.palette.marker, scene.palette.on_marker)
    put(
        scene,
        turned(sign, 8),
        band.right - (0.14 if scene.grid.shape != "wide" else 0.1) * width,
        band.top - 0.012 * height,
    )


def lay_poster(scene: CoverBuilder, cast: Cast) -> None:
    """One drawing larger than the frame, the title low on it."""
    title, stage = places(scene, "low")
    width, height = scene.size
    wide = scene.grid.shape == "wide"
    if cast:
        side = (height * 0.94) if wide else min(width * 1.04, height * 0.62)
        x = stage.x - 0.02 * width if wide else width * scene.dice.uniform(0.46, 0.56)
        y = height * (0.52 if wide else 0.33 if scene.grid.shape == "tall" else 0.38)
        color, light, strength = tint(scene)
        put(scene, stage_art("halo", int(side * 1.4), color, light, strength, 1), x, y)
        stick(scene, cast[0], x, y, side, tilt=scene.dice.choice((-7, -4, 5)), rim=False)
    if not wide:
        shade = scene.palette.ground[0] if scene.palette.dark else WHITE
        put(scene, foot_art(width, even(height * 0.62), shade), width / 2, height - even(height * 0.62) / 2)
    headline(scene, title, align="left", valign="bottom" if not wide else "middle", max_size=160)


def lay_quote(scene: CoverBuilder, cast: Cast) -> None:
    """The title as something said, on a sheet with its mark, the drawing leaning over the sheet's corner."""
    width, height = scene.size
    grid = scene.grid
    sheet = {
        "tall": Rect(0.065 * width, 0.165 * height, 0.935 * width, 0.475 * height),
        "square": Rect(0.06 * width, 0.17 * height, 0.94 * width, 0.62 * height),
        "wide": Rect(0.045 * width, 0.17 * height, 0.62 * width, 0.92 * height),
    }[grid.shape]
    put(
        scene,
        card(round(sheet.width), round(sheet.height), grid.px(44), WHITE, 1.0, shadow=scene.shadow(0.8)),
        sheet.x,
        sheet.y,
    )
    deep = scene.palette.marker if not scene.palette.dark else scene.palette.ground[1]
    mark = quote_art(grid.px(150), deep)
    put(scene, mark, sheet.left + grid.px(120), sheet.top + grid.px(6))
    inner = Rect(
        sheet.left + grid.px(56),
        sheet.top + grid.px(76),
        sheet.right - grid.px(48),
        sheet.bottom - grid.px(40),
    )
    headline(scene, inner, align="left", color=NIGHT, mark=False, max_size=132)
    if cast:
        spot = {"tall": (0.62, 0.585, 0.56), "square": (0.72, 0.75, 0.44), "wide": (0.79, 0.58, 0.38)}[
            grid.shape
        ]
        stick(scene, cast[0], spot[0] * width, spot[1] * height, spot[2] * width, tilt=6)
    if len(cast) > 1 and grid.shape == "tall":
        stick(scene, cast[1], 0.22 * width, 0.61 * height, 0.27 * width, tilt=-9)


def lay_figure(scene: CoverBuilder, cast: Cast) -> None:
    """A number of the video in its dial, as large as the stage."""
    title, stage = places(scene, "top")
    figure = next(found.figure for found in scene.board.scenes if found.figure is not None)
    side = min(stage.width, stage.height)
    radius = 0.46 * side
    x, y = stage.x, stage.y + 0.01 * side
    put(scene, dial_art(round(radius), scene.palette.ink, 0.55), x, y)
    number = counted(figure.value, 1.0)
    rgba = big_text(
        number, min(0.62 * side, 1.18 * side / max(len(number), 1)), scene.palette.ink, scene.shadow(0.5)
    )
    put(scene, rgba, x, y - 0.05 * side)
    if figure.unit:
        unit = pill(
            figure.unit,
            0.1 * side,
            scene.palette.marker,
            scene.palette.on_marker,
            side * 0.8,
            scene.shadow(0.3),
        )
        put(scene, unit, x, y + 0.25 * side)
    for choice, (dx, dy, share, tilt) in zip(
        cast, ((0.42, 0.30, 0.36, 8), (-0.44, -0.30, 0.26, -10)), strict=False
    ):
        stick(scene, choice, x + dx * side, y + dy * side, share * side, tilt=tilt)
    headline(scene, title, align=scene.grid.title_align)


def lay_collage(scene: CoverBuilder, cast: Cast) -> None:
    """All drawings stuck together over one another, the first in the middle."""
    title, stage = places(scene, scene.dice.choice(("top", "low")))  # type: ignore[arg-type]
    side = min(stage.width, stage.height)
    flip = scene.dice.choice((-1, 1))
    spots = (
        (-0.33, -0.24, 0.40, -11),
        (0.34, -0.26, 0.36, 9),
        (-0.34, 0.27, 0.36, 8),
        (0.33, 0.26, 0.40, -8),
        (0.0, 0.02, 0.56, 0),
    )
    chosen = list(cast[:MOST_STICKERS])
    ordered = [*chosen[1:], chosen[0]] if chosen else []
    used = spots[-len(ordered) :] if ordered else ()
    for choice, (dx, dy, share, tilt) in zip(ordered, used, strict=True):
        stick(scene, choice, stage.x + flip * dx * side, stage.y + dy * side, share * side, tilt=tilt * flip)
    headline(scene, title, align=scene.grid.title_align)


def lay_polaroid(scene: CoverBuilder, cast: Cast) -> None:
    """The drawing as a snapshot, aslant, the title below it."""
    title, stage = places(scene, "low")
    grid = scene.grid
    side = min(stage.width * 0.82, stage.height * 0.84)
    tilt = scene.dice.choice((-6.0, -4.0, 4.0, 6.0))
    x, y = stage.x, stage.y - 0.015 * side
    for turn, shade in ((-tilt * 1.6, 0.75), (tilt, 1.0)):
        sheet = card(round(side), round(side * 1.08), grid.px(18), WHITE, shade, shadow=scene.shadow(0.8))
        put(scene, turned(sheet, turn), x, y)
    inner = card(
        round(side * 0.88),
        round(side * 0.84),
        grid.px(10),
        scene.palette.ground[2],
        1.0,
        lower=scene.palette.ground[1],
    )
    put(scene, turned(inner, tilt), x, y - 0.045 * side)
    if cast:
        stick(scene, cast[0], x, y - 0.04 * side, side * 0.74, tilt=round(tilt), rim=False)
    for choice, (dx, dy) in zip(cast[1:3], ((0.47, 0.36), (-0.47, -0.36)), strict=False):
        stick(scene, choice, x + dx * side, y + dy * side, side * 0.3, tilt=-round(tilt) * 2)
    headline(scene, title, align="left" if grid.shape == "wide" else "center", valign="middle")


DESIGNS: dict[Cover, Callable[[CoverBuilder, Cast], None]] = {
    "number": lay_number,
    "steps": lay_steps,
    "question": lay_question,
    "split": lay_split,
    "warning": lay_warning,
    "poster": lay_poster,
    "quote": lay_quote,
    "figure": lay_figure,
    "collage": lay_collage,
    "polaroid": lay_polaroid,
}


@lru_cache(maxsize=4)
def way_art(
    size: tuple[int, int], spots: tuple[tuple[float, float], ...], width: float, color: Color
) -> Rgba:
    """A dotted line from spot to spot over the whole frame."""

    def art(canvas: skia.Canvas) -> None:
        line = pen(color, width, 0.75)
        line.setPathEffect(skia.DashPathEffect.Make([0.1, width * 2.4], 0))
        path = skia.Path()
        path.moveTo(*spots[0])
        for (x, y), (px, py) in zip(spots[1:], spots, strict=False):
            path.cubicTo(x, py, px, y, x, y)
        canvas.drawPath(path, line)

    return painted(even(size[0]), even(size[1]), art)


@lru_cache(maxsize=4)
def field_art(size: tuple[int, int], color: Color, tall: bool, middle: float) -> Rgba:
    """The second field of a split: the frame's lower right, or its right."""
    width, height = float(size[0]), float(size[1])

    def art(canvas: skia.Canvas) -> None:
        path = skia.Path()
        if tall:
            lean = 0.17 * width
            points = [(0.0, middle + lean), (width, middle - lean), (width, height), (0.0, height)]
        elif width > height:
            points = [(width * 0.84, 0.0), (width, 0.0), (width, height), (width * 0.67, height)]
        else:
            points = [
                (0.0, middle + 0.12 * width),
                (width, middle - 0.2 * width),
                (width, height),
                (0, height),
            ]
        path.addPoly([skia.Point(*point) for point in points], True)
        canvas.drawPath(path, paint(color))

    return painted(even(width), even(height), art)


@lru_cache(maxsize=4)
def barrier_art(width: int, height: int, color: Color, ink: Color) -> Rgba:
    """A block with slanted stripes along its upper and lower edge."""

    def art(canvas: skia.Canvas) -> None:
        canvas.drawRect(skia.Rect.MakeWH(width, height), paint(color))
        strip = min(height * 0.11, 44.0 * height / 400)
        for top in (0.0, height - strip):
            canvas.save()
            canvas.clipRect(skia.Rect.MakeXYWH(0, top, width, strip))
            canvas.drawRect(skia.Rect.MakeXYWH(0, top, width, strip), paint(ink))
            step = strip * 1.5
            for i in range(-1, int(width / step) + 2, 2):
                path = skia.Path()
                left = i * step
                path.addPoly([skia.Point(left, top + strip), skia.Point(left + strip, top), skia.Point(left + strip + step, top), skia.Point(left + step, top + strip)], True)  # fmt: skip
                canvas.drawPath(path, paint(color))
            canvas.restore()

    return painted(width, height, art)


@lru_cache(maxsize=4)
def sign_art(side: int, color: Color, ink: Color) -> Rgba:
    """A rounded triangle with an exclamation mark."""
    full = even(side + 8)

    def art(canvas: skia.Canvas) -> None:
        middle, radius = full / 2, side / 2
        path = skia.Path()
        path.addPoly([skia.Point(middle, middle - radius * 0.86), skia.Point(middle + radius * 0.94, middle + radius * 0.76), skia.Point(middle - radius * 0.94, middle + radius * 0.76)], True)  # fmt: skip
        for body in (pen(ink, side * 0.2), pen(color, side * 0.1), paint(color)):
            body.setStrokeJoin(skia.Paint.kRound_Join)
            canvas.drawPath(path, body)
        canvas.drawLine(middle, middle - radius * 0.22, middle, middle + radius * 0.22, pen(ink, side * 0.11))
        canvas.drawCircle(middle, middle + radius * 0.54, side * 0.065, paint(ink))

    return painted(full, full, art)


@lru_cache(maxsize=4)
def foot_art(width: int, height: int, color: Color) -> Rgba:
    """The ground's own color rising from the frame's foot, so that a title reads over a drawing."""

    def art(canvas: skia.Canvas) -> None:
        steps = 12
        colors = [
            skia.Color(*color, round(255 * min(1.25 * (i / steps) ** 1.2, 0.94))) for i in range(steps + 1)
        ]
        body = skia.Paint(
            Shader=skia.GradientShader.MakeLinear([skia.Point(0, 0), skia.Point(0, height)], colors),
            Dither=True,
        )
        canvas.drawRect(skia.Rect.MakeWH(width, height), body)

    return painted(even(width), height, art)
