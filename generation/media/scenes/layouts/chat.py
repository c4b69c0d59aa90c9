"""A chat on a phone: a question comes in, and is answered clause by clause as the answer is said."""

from __future__ import annotations

from dataclasses import dataclass

from generation.media.layers import Motion, Placement, Rgba
from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.ornaments import WHITE, lay_hills
from generation.media.scenes.palettes import Color
from generation.media.scenes.sprites import card, illustration, stacked, text_line
from generation.media.scenes.typography import shape
from generation.storyboard import PictureChoice

NIGHT: Color = (26, 24, 36)
FIRST_ANSWER = 0.7  # seconds from the question to the first answer
_SCROLL = 0.35  # seconds
_OUT = 0.25  # share of a bubble that stands out at the top when it is gone


@dataclass(frozen=True, eq=False)
class _Bubble:
    art: Rgba
    text: str
    mine: bool  # stands at the right
    at: float
    width: float  # without its shadow
    height: float


def lay_chat(scene: SceneBuilder) -> None:
    grid = scene.grid
    lay_hills(scene)
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=104,
        max_lines=title_lines(scene),
    )
    stage = grid.zone("stage")
    low = grid.px(20) if grid.shape == "tall" else 0
    phone = Rect(
        stage.left - grid.px(18), stage.top + grid.px(10), stage.right + grid.px(18), stage.bottom - low
    )
    dark = scene.palette.dark
    body = card(
        round(phone.width), round(phone.height), grid.px(56), WHITE, 0.14 if dark else 0.6,
        edge=grid.px(6), edge_color=scene.palette.ink, edge_opacity=0.5 if dark else 0.8, shadow=scene.shadow(0.6),
    )  # fmt: skip
    come = motion.slide_in(
        round(phone.x),
        round(phone.y),
        at=scene.at(0.0) - scene.carried,
        dx=grid.px(120),
        character=scene.character,
    )
    scene.add(body, come)
    zone = phone.inset(grid.px(34), grid.px(28))
    zone = Rect(
        zone.left,
        zone.top,
        min(zone.right, 0.845 * scene.size[0]) if grid.shape == "tall" else zone.right,
        zone.bottom,
    )
    for choice in scene.cast()[:1]:  # who answers
        side = int(0.25 * zone.width)
        art = illustration(choice.name, choice.set, side, scene.shadow(0.3))
        place = (round(zone.left + 0.36 * side), round(zone.bottom - 0.38 * side))
        scene.add(
            art, motion.pop_in(*place, at=scene.at(0.35), character=scene.character, turn=-20), leaves=True
        )
    _lay_bubbles(scene, _bubbles(scene, question_of(scene), zone), zone)


def question_of(scene: SceneBuilder) -> str:
    """What is asked: what the video opens with, which in its own opening is its title."""
    return scene.board.title if scene.index == 0 else scene.board.scenes[0].line or scene.board.title


def _bubbles(scene: SceneBuilder, question: str, zone: Rect) -> list[_Bubble]:
    found = [_written(scene, question, zone, mine=False, at=0.08)]
    cast, sent = scene.cast()[1:], ""
    starts = [clause.start for clause in scene.clauses[1:]]
    times = sorted({*scene.beats, *(scene.pulse.snapped(at) if scene.pulse else at for at in starts)})
    for at in (FIRST_ANSWER, *(at for at in times if at >= FIRST_ANSWER + 0.4)):
        clause = scene.clause_at(at)
        if clause and clause != sent:
            found.append(_written(scene, clause, zone, mine=True, at=at))
        elif cast and at in scene.beats:
            found.append(_sent(scene, cast.pop(0), zone, at))
        sent = clause
    return found


def _written(scene: SceneBuilder, text: str, zone: Rect, *, mine: bool, at: float) -> _Bubble:
    grid = scene.grid
    fill, ink = (scene.palette.marker, scene.palette.on_marker) if mine else (WHITE, NIGHT)
    block = fit_text(
        text, max_width=zone.width * 0.74, max_height=zone.height * 0.34, max_size=62 * grid.unit, max_lines=3,
        weight=800, family=scene.family, leading=1.2, least_size=scene.grid.least_letters,
    )  # fmt: skip
    step = 1.2 * block.style.size
    pad = grid.px(26)
    width, height = max(block.widths) + 2 * pad, step * len(block.lines) + 1.2 * pad
    bubble = card(
        round(width), round(height), min(height / 2, grid.px(40)), fill, 1.0, shadow=scene.shadow(0.3)
    )
    full_height, full_width = bubble.shape[:2]
    parts = [(bubble, full_width / 2, full_height / 2)]
    left = (full_width - width) / 2 + pad
    for i, line in enumerate(block.lines):
        letters = text_line(line, block.style, ink)
        start = left - shape(line, weight=800, family=scene.family).ink[0] * block.style.size
        middle = full_height / 2 + step * (i - (len(block.lines) - 1) / 2)
        parts.append((letters.rgba, start + letters.dx, middle + MIDDLE * block.style.size + letters.dy))
    return _Bubble(stacked(full_width, full_height, parts), text, mine, at, width, height)


def _sent(scene: SceneBuilder, choice: PictureChoice, zone: Rect, at: float) -> _Bubble:
    side = int(zone.height * 0.4)
    art = illustration(choice.name, choice.set, side, scene.shadow(0.3))
    return _Bubble(art, "", True, at, side, side)


def _lay_bubbles(scene: SceneBuilder, bubbles: list[_Bubble], zone: Rect) -> None:
    """Each below the one before; what finds no room any more is pushed out at the top."""
    gap = scene.px(18)
    tops: list[float] = []
    shifts: list[tuple[float, float]] = []  # (from when on, how far up everything stands then)
    pen = 0.0
    for bubble in bubbles:
        tops.append(pen)
        pen += bubble.height + gap
        shifts.append((bubble.at, max(pen - gap - zone.height, 0.0)))
    for bubble, top in zip(bubbles, tops, strict=True):
        x = zone.right - bubble.width / 2 if bubble.mine else zone.left + bubble.width / 2
        y = zone.top + top + bubble.height / 2
        moves = _pushed(scene, round(x), round(y), bubble, zone, shifts)
        scene.add(bubble.art, moves)
        last = y - shifts[-1][1]
        if bubble.text and last - bubble.height / 2 >= zone.top - 1:
            half = bubble.width / 2
            box = Rect(x - half, last - bubble.height / 2, x + half, last + bubble.height / 2)
            scene.mark_box(box, bubble.text, "text")


def _pushed(
    scene: SceneBuilder, x: float, y: float, bubble: _Bubble, zone: Rect, shifts: list[tuple[float, float]]
) -> Motion:
    come = motion.pop_in(x, y, at=scene.at(bubble.at), character=scene.character)

    def moves(t: float) -> Placement | None:
        place = come(t)
        if place is None:
            return None
        up = 0.0
        for at, shift in shifts:
            if t >= scene.at(at):
                up += (shift - up) * motion.smooth((t - scene.at(at)) / _SCROLL)
        over = zone.top - (y - up - bubble.height / 2)  # pixels that stand out at the top
        if over >= bubble.height * _OUT:
            return None
        fade = 1 - max(over, 0.0) / (bubble.height * _OUT)
        return Placement(x, round(y - up), place.scale, place.rotation_degrees, fade)

    return moves
