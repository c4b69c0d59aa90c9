"""The end card: what stays with the viewer, confetti, and the hashtags as chips."""

from __future__ import annotations

from collections.abc import Sequence

from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.common import lay_companion, lay_main, main_place
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.listing import Row, beside_rows, lay_rows, rows_zone
from generation.media.scenes.layouts.shots import Place, corners_of, lay_asides, lay_shots
from generation.media.scenes.ornaments import lay_hills, lay_shapes, lay_stage, throw_confetti
from generation.media.scenes.sprites import card, stacked, text_line
from generation.media.scenes.typography import TextStyle, shape
from generation.storyboard import Scene

MOST_ROWS = 4


def lay_end(scene: SceneBuilder) -> None:
    grid = scene.grid
    x, y, side = main_place(scene)
    if grid.shape != "wide":
        y -= side * 0.04
        side = int(side * 0.88)
    lay_hills(scene)
    lay_stage(scene, x, y, side * 1.6)
    zone = grid.zone("title")
    bottom = scene.title(
        scene.scene.line, zone, align=grid.title_align, max_size=118, max_lines=title_lines(scene)
    )
    chips = Rect(zone.left, bottom, zone.right, bottom)
    if grid.shape == "wide":
        lay_chips(scene, chips.left, bottom + 62 * grid.unit, zone.width, align_left=True)
    else:
        row = scene.size[1] * (0.718 if grid.shape == "tall" else 0.795)  # clear of the captions
        lay_chips(scene, scene.size[0] / 2, row, grid.zone("caption").width, align_left=False)
    lay_shapes(scene, x, y, side * 0.72, count=5)
    told = told_before(scene)
    if len(told) >= 2 and scene.beats:
        cast = scene.cast()[:1]
        place = Place(x, y, side)
        lay_shots(scene, cast, [{0: place} for _ in cast] + [{} for _ in scene.beats])
        lay_recap(scene, told)
    else:
        if scene.pictures():
            lay_main(scene, scene.pictures()[0], x, y, side)
        around = ((-0.6, 0.24, 0.32), (0.6, 0.28, 0.30), (0.52, -0.38, 0.24), (-0.5, -0.38, 0.24))
        comes = scene.beats[0] if scene.beats else 0.4
        for i, choice in enumerate(scene.companions(4)):
            dx, dy, share = around[i]
            lay_companion(scene, choice, x + dx * side, y + dy * side, int(side * share), at=comes + 0.12 * i)
        spots = corners_of(Rect(x - 0.7 * side, y - 0.5 * side, x + 0.7 * side, y), int(side * 0.5))
        lay_asides(scene, spots, after=2)
    throw_confetti(scene, x, y + side * 0.2)


def told_before(scene: SceneBuilder) -> list[Scene]:
    """The points that this video told; of many the first and the last ones."""
    found = [other for other in scene.told() if other.id != scene.scene.id]
    return found if len(found) <= MOST_ROWS else [*found[:2], *found[-2:]]


def lay_recap(scene: SceneBuilder, told: Sequence[Scene]) -> None:
    """What was told, a row each with its drawing, from the first beat on; the checks come with the second."""
    zone = rows_zone(scene)
    if scene.grid.shape == "square":  # the hashtags stand below
        zone = Rect(zone.left, zone.top, zone.right, zone.bottom - 0.06 * scene.size[1])
    starts = scene.beats[0]
    checks = scene.beats[1] if len(scene.beats) > 1 else starts + 0.5
    rows = []
    for i, other in enumerate(told):
        said = scene.said_at(other.line)
        at = starts + 0.14 * i if said is None else max(said, starts)
        picture = (other.pictures[0].name, other.pictures[0].set) if other.pictures else None
        rows.append(Row(other.line, picture, at, max(checks, at + 0.3) + 0.12 * i))
    lay_asides(scene, beside_rows(zone, lay_rows(scene, rows, zone)), after=2)


def lay_chips(scene: SceneBuilder, x: float, y: float, room: float, *, align_left: bool) -> None:
    """Hashtags in pills, as many as one row holds."""
    style = TextStyle(scene.px(38), 700)
    pad, gap, height = scene.px(26), scene.px(16), scene.px(70)
    widths: list[tuple[str, int]] = []
    for tag in scene.board.hashtags:
        text = f"#{tag.lstrip('#')}"
        width = round(shape(text, weight=700).advance * style.size) + 2 * pad
        if sum(w for _, w in widths) + gap * len(widths) + width > room:
            break
        widths.append((text, width))
    total = sum(w for _, w in widths) + gap * (len(widths) - 1)
    pen = x if align_left else x - total / 2
    dark = scene.palette.dark
    fill = scene.palette.ground[0] if dark else (255, 255, 255)
    for i, (text, width) in enumerate(widths):
        pill = card(
            width, height, height / 2, fill, 0.42 if dark else 0.85,
            edge=scene.px(2), edge_color=scene.palette.ink, edge_opacity=0.35 if dark else 0.12,
        )  # fmt: skip
        letters = text_line(text, style, scene.palette.ink)
        start = pill.shape[1] / 2 - shape(text, weight=700).advance * style.size / 2
        middle = pill.shape[0] / 2
        rgba = stacked(
            pill.shape[1],
            pill.shape[0],
            [
                (pill, pill.shape[1] / 2, middle),
                (letters.rgba, start + letters.dx, middle + MIDDLE * style.size + letters.dy),
            ],
        )
        cx = round(pen + width / 2)
        scene.add(
            rgba,
            motion.rise_in(
                cx, round(y), at=scene.at(0.5 + 0.1 * i), distance=scene.px(40), character=scene.character
            ),
        )
        scene.mark_box(Rect(pen, y - height / 2, pen + width, y + height / 2), text, "text")
        pen += width + gap
