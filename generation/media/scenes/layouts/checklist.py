"""A checklist that grows: the drawing is shown, then put on the list below what was told before, and ticked."""

from __future__ import annotations

from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.common import main_place
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.listing import Row, beside_rows, lay_rows, row_picture, rows_zone
from generation.media.scenes.layouts.shots import Place, lay_asides, lay_shots
from generation.media.scenes.ornaments import lay_hills, lay_stage

MOST_ROWS = 5


def lay_checklist(scene: SceneBuilder) -> None:
    grid = scene.grid
    x, y, side = main_place(scene)
    lay_hills(scene)
    lay_stage(scene, x, y, side * 1.46)
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=104,
        max_lines=title_lines(scene),
    )
    told = [other.line for other in scene.board.scenes[: scene.index] if other.number is not None]
    told = [*told[1 - MOST_ROWS :], scene.scene.line]
    comes = scene.beats[0] if scene.beats else 0.3
    cast = scene.cast()
    zone = rows_zone(scene)
    rows = [
        Row(item, row_picture(scene, item), comes + 0.06 * i, comes + 0.2 + 0.05 * i)
        for i, item in enumerate(told)
    ]
    last = rows[-1]
    checks = scene.beats[1] if len(scene.beats) > 1 else comes + 0.55
    rows[-1] = Row(last.text, None, last.at, checks)
    places = lay_rows(scene, rows, zone, lit=len(rows) - 1)
    icon = Place(*_icon(places[-1]))
    if scene.beats:
        lay_shots(scene, cast[:1], [{0: Place(x, y, side)}, *({0: icon} for _ in scene.beats)])
    else:
        lay_shots(scene, cast[:1], [{0: icon}])
    lay_asides(scene, beside_rows(zone, places), after=2, cast=cast[1:])


def _icon(row: Rect) -> tuple[float, float, int]:
    return row.left + 0.72 * row.height, row.y, int(row.height * 0.9)
