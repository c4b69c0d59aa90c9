"""A question with three answers and a countdown; the right one stays when it is said, and the point's line comes."""

from __future__ import annotations

import random
from dataclasses import replace

from generation.media.layers import Placement
from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.chart import counted
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.listing import rows_zone
from generation.media.scenes.layouts.shots import Place, lay_shots, shots_of
from generation.media.scenes.layouts.versus import GOOD, verdict_art
from generation.media.scenes.layouts.ways import number_art
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.ornaments import WHITE, lay_hills
from generation.media.scenes.sprites import card, stacked, text_line
from generation.media.scenes.typography import shape
from generation.storyboard import FigureData

ANSWERS = 3
LEAST_THINKING = 1.1  # seconds before the answer is shown
_FACTORS = (
    (0.25, 0.5),
    (0.5, 2.0),
    (2.0, 4.0),
    (0.5, 1.5),
    (1.5, 3.0),
)  # of the right figure, for the wrong ones


def lay_quiz(scene: SceneBuilder) -> None:
    figure, grid = scene.scene.figure, scene.grid
    if figure is None:
        raise ValueError(f"Scene {scene.scene.id!r} has the layout 'quiz' but no figure to ask for.")
    reveal = reveal_at(scene, figure.value)
    lay_hills(scene)
    began = len(scene.layers)
    _lay_title(scene, question(figure, scene.board.language), at=0.04, mark=False)
    scene.end_layers(began, reveal)
    _lay_title(scene, scene.scene.line, at=reveal - scene.lead + scene.carried)
    zone = rows_zone(scene)
    zone = Rect(zone.left, zone.top, zone.right, zone.bottom - grid.px(40))
    answers = answers_of(figure, random.Random(f"quiz {scene.board.seed} {scene.scene.id}"))
    step = zone.height / ANSWERS
    rows = [
        Rect(zone.left, zone.top + step * i, zone.right, zone.top + step * (i + 0.84)) for i in range(ANSWERS)
    ]
    right = next(i for i, value in enumerate(answers) if value == figure.value)
    for i, (value, row) in enumerate(zip(answers, rows, strict=True)):
        text = f"{counted(value, 1.0)} {figure.unit}".strip()
        _lay_answer(scene, row, i, text, rows[0] if i == right else None, reveal)
    _lay_countdown(scene, zone, reveal)
    _lay_drawings(scene, zone, rows, reveal)


def _lay_drawings(scene: SceneBuilder, zone: Rect, rows: list[Rect], reveal: float) -> None:
    """The drawing looks on while it is thought about; with the answer it takes the wrong ones' place."""
    cast = scene.cast()
    foot = rows_zone(scene).bottom
    side = int(foot - rows[1].top)
    place = Place(zone.x, (rows[1].top + foot) / 2, side)
    before = sum(beat < reveal - 0.05 for beat in scene.beats)
    peep = Place(zone.right - 0.14 * side, zone.top + 0.06 * side, int(side * 0.5))
    waiting = [{}, *({0: peep} for _ in range(before))]
    after = shots_of(scene, cast, place.x, place.y, side, left=True, first=before + 1)
    lay_shots(scene, cast, [*waiting, *after])


def reveal_at(scene: SceneBuilder, value: float) -> float:
    """The beat on which the right answer is shown: the one nearest to when it is said."""
    said = scene.said_at(f"{value:g}") or LEAST_THINKING
    late = [beat for beat in scene.beats if beat >= LEAST_THINKING]
    if late:
        return min(late, key=lambda beat: abs(beat - said))
    return min(max(said, LEAST_THINKING), max(scene.seconds - 0.8, 0.6))


def question(figure: FigureData, language: str) -> str:
    """What is asked, from what the figure counts."""
    if language == "zh":
        return f"{figure.label}，多少{figure.unit}？" if figure.label else f"猜猜是多少{figure.unit}？"
    what = f"How many {figure.unit}" if figure.unit.strip("%％ ") else "How many percent"
    return f"{what} {figure.label}?" if figure.label else f"{what}?"


def answers_of(figure: FigureData, dice: random.Random) -> list[float]:
    """The right figure and two wrong ones of the same kind, in rising order; no percentage above a hundred."""
    value = figure.value
    most = 100.0 if figure.unit.strip() in ("%", "％") and value <= 100 else float("inf")
    factors = list(_FACTORS)
    dice.shuffle(factors)
    for pair in factors:
        wrong = [_alike(value, value * factor) for factor in pair]
        if len({value, *wrong}) == ANSWERS and all(0 < w <= most for w in wrong):
            return sorted([value, *wrong])
    step = max(abs(value) * 0.1, 1.0)
    return [value, value + step, value + 2 * step]


def _alike(value: float, other: float) -> float:
    """``other`` rounded to as many decimals, or trailing zeros, as ``value`` has."""
    if value != int(value):
        return round(other, len(f"{value:g}".partition(".")[2]))
    unit = 1
    while value and int(value) % (unit * 10) == 0 and unit < abs(value):
        unit *= 10
    return float(round(other / unit) * unit) if other >= unit else float(round(other))


def _lay_title(scene: SceneBuilder, text: str, *, at: float, mark: bool = True) -> None:
    grid = scene.grid
    scene.title(
        text,
        grid.zone("title"),
        align=grid.title_align,
        max_size=100,
        max_lines=title_lines(scene),
        at=at,
        mark=mark,
    )


def _lay_answer(
    scene: SceneBuilder, row: Rect, place: int, text: str, top: Rect | None, reveal: float
) -> None:
    """One answer; the right one, which has a place at the ``top``, turns green and goes there."""
    dark, grid = scene.palette.dark, scene.grid
    at = 0.12 + 0.1 * place
    width, height, x, y = round(row.width), round(row.height), round(row.x), round(row.y)
    plain = card(
        width, height, row.height * 0.34, WHITE, 0.18 if dark else 0.8,
        edge=grid.px(2), edge_color=WHITE, edge_opacity=0.3 if dark else 0.9, shadow=scene.shadow(0.35),
    )  # fmt: skip
    began = len(scene.layers)
    scene.add(plain, motion.slide_in(x, y, at=scene.at(at), dx=row.width * 0.3, character=scene.character))
    number = number_art(
        place + 1, round(row.height * 0.27), scene.palette.marker, scene.palette.on_marker, 1.0
    )
    scene.add(number, motion.fade_in(round(row.left + 0.46 * row.height), y, at=scene.at(at + 0.05)))
    block = fit_text(
        text, max_width=row.width - 2.0 * row.height, max_height=row.height * 0.8, max_size=82 * grid.unit,
        max_lines=1, weight=900, family=scene.family, least_size=scene.grid.least_letters,
    )  # fmt: skip
    shown = "".join(block.lines)
    scene.text(shown, block.style, scene.palette.ink, x=row.x, middle=row.y, at=at + 0.06, rise=14)
    if top is None:
        scene.layers[began:] = [
            replace(layer, motion=motion.leaving(layer.motion, at=reveal, seconds=0.25))
            for layer in scene.layers[began:]
        ]
        return
    scene.end_layers(began, reveal)
    green = card(width, height, row.height * 0.34, GOOD, 1.0, shadow=scene.shadow(0.5))
    letters = text_line(shown, block.style, WHITE)
    ink = shape(shown, weight=900, family=scene.family).ink
    full_height, full_width = green.shape[:2]
    start = full_width / 2 - (ink[0] + ink[1]) / 2 * block.style.size
    middle = full_height / 2 + MIDDLE * block.style.size
    mark = verdict_art(round(row.height * 0.6), (16, 122, 72), check=True)
    parts = [
        (green, full_width / 2, full_height / 2),
        (letters.rgba, start + letters.dx, middle + letters.dy),
        (mark, full_width / 2 + row.width / 2 - 0.5 * row.height, full_height / 2),
    ]
    goes = motion.glide(x, round(top.y), at=reveal, start=(x, y, 1.0), character=motion.CHARACTERS["gentle"])
    scene.add(stacked(full_width, full_height, parts), goes)
    scene.mark_box(top, text, "text")


def _lay_countdown(scene: SceneBuilder, zone: Rect, reveal: float) -> None:
    """A bar that runs out until the answer."""
    thick = scene.px(16)
    bar = card(round(zone.width * 0.8), thick, thick / 2, scene.palette.marker, 1.0)
    x, y = round(zone.x), round(zone.bottom + scene.px(18))

    def running(t: float) -> Placement | None:
        left = 1 - max(t, 0.0) / reveal
        return Placement(x, y, shown=(0.0, 0.0, left, 1.0)) if left > 0 else None

    scene.add(bar, running)
