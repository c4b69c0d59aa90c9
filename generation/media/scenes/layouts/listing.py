"""A list that fills: one row after another, each with its drawing, then its check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generation.media.scenes import motion
from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.shots import Place, lay_asides
from generation.media.scenes.layouts.versus import GOOD, verdict_art
from generation.media.scenes.line_breaks import TextBlock, fit_text
from generation.media.scenes.ornaments import WHITE, lay_hills, lay_shapes
from generation.media.scenes.palettes import Color
from generation.media.scenes.side_pictures import picture_of
from generation.media.scenes.sprites import card, illustration

MOST_ROWS = 6
LATEST_FIRST_ROW = 1.2  # seconds from the scene's start


@dataclass(frozen=True)
class Row:
    """``at`` is when it comes, ``checked`` when its check does, both in seconds since the scene's start."""

    text: str
    picture: tuple[str, str] | None  # (name, set)
    at: float
    checked: float


def lay_list(scene: SceneBuilder) -> None:
    grid = scene.grid
    items = [item for item in scene.scene.items if item.strip()][:MOST_ROWS]
    lay_hills(scene)
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=104,
        max_lines=title_lines(scene),
    )
    if not items:
        raise ValueError(f"Scene {scene.scene.id!r} has the layout 'list' but no items.")
    zone = rows_zone(scene)
    rows = [
        Row(item, row_picture(scene, item), at, at + 0.34)
        for item, at in zip(items, row_times(scene, items), strict=True)
    ]
    places = lay_rows(scene, rows, zone)
    later = sum(beat > rows[-1].at + 0.3 for beat in scene.beats)
    lay_asides(scene, beside_rows(zone, places), after=1 + len(scene.beats) - later)
    lay_shapes(scene, zone.x, zone.y, zone.width * 0.62, count=5)


def rows_zone(scene: SceneBuilder) -> Rect:
    """Where rows stand: the stage, down to the captions."""
    stage, grid = scene.grid.zone("stage"), scene.grid
    low = grid.px(26) if grid.shape == "tall" else 0
    return Rect(stage.left, stage.top + grid.px(8), stage.right, stage.bottom - low)


def lay_rows(scene: SceneBuilder, rows: Sequence[Row], zone: Rect, *, lit: int | None = None) -> list[Rect]:
    """Rows of one height and one size of letters, each with its drawing and its check; the one ``lit`` stands out.

    Returns where they stand.
    """
    step = min(zone.height / len(rows), 168 * scene.grid.unit)
    height = step * 0.86
    top = zone.y - step * len(rows) / 2
    blocks = [fitted_row(scene, row.text, zone.width - 2.5 * height, height) for row in rows]
    size = min(block.style.size for block in blocks)  # all rows in the same size
    places = []
    for i, (row, block) in enumerate(zip(rows, blocks, strict=True)):
        middle = top + step * (i + 0.5)
        places.append(Rect(zone.left, middle - height / 2, zone.right, middle + height / 2))
        lay_row(scene, zone, middle, height, row.at, lit=i == lit)
        color = scene.palette.on_marker if i == lit else scene.palette.ink
        lay_row_text(scene, block, size, zone.left + 1.32 * height, middle, row.at + 0.06, row.text, color)
    for row, place in zip(rows, places, strict=True):
        if row.picture is not None:
            art = illustration(*row.picture, int(height * 0.84), scene.shadow(0.2))
            come = motion.pop_in(
                round(place.left + 0.72 * height),
                round(place.y),
                at=scene.at(row.at + 0.1),
                character=scene.character,
                turn=-30,
            )
            scene.add(art, come)
        check = verdict_art(round(height * 0.5), GOOD, check=True)
        come = motion.pop_in(
            round(place.right - 0.58 * height),
            round(place.y),
            at=scene.at(row.checked),
            character=scene.character,
            turn=-60,
        )
        scene.add(check, come)
    return places


def beside_rows(zone: Rect, places: Sequence[Rect]) -> list[Place]:
    """Places for asides that cover no row's words: below the rows where there is room, else over their ends, where checks are."""
    height, free = places[0].height, zone.bottom - places[-1].bottom
    if free >= height:
        return [Place(zone.x + dx * zone.width, zone.bottom - free / 2, int(free)) for dx in (0.18, -0.18)]
    return [Place(row.right - 0.5 * height, row.y, int(1.4 * height)) for row in (places[0], places[-1])]


def row_times(scene: SceneBuilder, items: Sequence[str]) -> list[float]:
    """When each row comes: when it is said; where it is not, the rows share the scene's beats."""
    said = [scene.said_at(item) for item in items]
    if any(at is None for at in said):
        spread = min(0.55, max(0.55 * scene.seconds - 0.4, 0.4) / len(items))
        beats = scene.moments(len(items)) if len(scene.beats) + 1 >= len(items) else []
        return beats or [0.3 + spread * i for i in range(len(items))]
    times = [float(at) for at in said if at is not None]
    return [min(times[0], LATEST_FIRST_ROW), *times[1:]]


def row_picture(scene: SceneBuilder, item: str) -> tuple[str, str] | None:
    """The drawing of the scene that says the same, else one that a word of the row decides."""
    for other in scene.board.scenes:
        if other.line == item and other.pictures and other.id != scene.scene.id:
            return other.pictures[0].name, other.pictures[0].set
    return picture_of(item, scene.board.language, scene.board.look.picture_set, surely=True)


def fitted_row(scene: SceneBuilder, item: str, room: float, height: float) -> TextBlock:
    return fit_text(
        item, max_width=room, max_height=height * 0.84, max_size=54 * scene.grid.unit, max_lines=2, weight=800,
        family=scene.family, leading=1.16, least_size=scene.grid.least_letters,
    )  # fmt: skip


def lay_row(
    scene: SceneBuilder, zone: Rect, middle: float, height: float, at: float, *, lit: bool = False
) -> None:
    dark, grid = scene.palette.dark, scene.grid
    rgba = card(
        round(zone.width), round(height), height * 0.34, scene.palette.marker if lit else WHITE,
        1.0 if lit else 0.16 if dark else 0.78,
        edge=grid.px(2), edge_color=WHITE, edge_opacity=0.28 if dark else 0.9, shadow=scene.shadow(0.3),
    )  # fmt: skip
    scene.add(
        rgba,
        motion.slide_in(
            round(zone.x), round(middle), at=scene.at(at), dx=zone.width * 0.3, character=scene.character
        ),
    )


def lay_row_text(
    scene: SceneBuilder,
    block: TextBlock,
    size: float,
    left: float,
    middle: float,
    at: float,
    name: str,
    color: Color,
) -> None:
    step = 1.16 * size
    for i, line in enumerate(block.lines):
        y = middle + step * (i - (len(block.lines) - 1) / 2)
        scene.text(
            line, block.style.at(size), color, x=left, middle=y, align="left", at=at, name=name, rise=18
        )
