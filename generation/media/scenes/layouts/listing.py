"""A list that fills: one row after another, each with its drawing, then its check."""

from __future__ import annotations

from generation.media.scenes import motion
from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.versus import GOOD, verdict_art
from generation.media.scenes.line_breaks import TextBlock, fit_text
from generation.media.scenes.ornaments import WHITE, lay_hills, lay_shapes
from generation.media.scenes.side_pictures import picture_of
from generation.media.scenes.sprites import card, illustration

MOST_ROWS = 6


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
    stage = grid.zone("stage")
    zone = Rect(
        stage.left,
        stage.top + grid.px(8),
        stage.right,
        stage.bottom + (grid.px(20) if grid.shape == "tall" else 0),
    )
    if not items:
        raise ValueError(f"Scene {scene.scene.id!r} has the layout 'list' but no items.")
    step = min(zone.height / len(items), 150 * grid.unit)
    height = step * 0.86
    top = zone.y - step * len(items) / 2 if grid.shape != "tall" else zone.top
    pace = min(0.55, max(0.55 * scene.seconds - 0.4, 0.4) / len(items))
    blocks = [_fitted(scene, item, zone.width - 2.4 * height, height) for item in items]
    size = min(block.style.size for block in blocks)  # all rows in the same size
    icons = [_row_picture(scene, item) for item in items]
    rows = [(top + step * (i + 0.5), 0.3 + pace * i) for i in range(len(items))]
    for middle, at in rows:
        _lay_row(scene, zone, middle, height, at)
    for (middle, at), item, block in zip(rows, items, blocks, strict=True):
        _lay_text(scene, block, size, zone.left + 1.32 * height, middle, at + 0.06, item)
    for (middle, at), icon in zip(rows, icons, strict=True):
        if icon is not None:
            art = illustration(*icon, int(height * 0.82), scene.shadow(0.2))
            x = zone.left + 0.72 * height
            scene.add(
                art,
                motion.pop_in(
                    round(x), round(middle), at=scene.at(at + 0.1), character=scene.character, turn=-30
                ),
            )
        check = verdict_art(round(height * 0.5), GOOD, check=True)
        x = zone.right - 0.58 * height
        scene.add(
            check,
            motion.pop_in(
                round(x), round(middle), at=scene.at(at + 0.34), character=scene.character, turn=-60
            ),
        )
    lay_shapes(scene, zone.x, zone.y, zone.width * 0.62, count=5)


def _row_picture(scene: SceneBuilder, item: str) -> tuple[str, str] | None:
    """The drawing of the scene that says the same, else one that a word of the row decides."""
    for other in scene.board.scenes:
        if other.line == item and other.pictures and other.id != scene.scene.id:
            return other.pictures[0].name, other.pictures[0].set
    return picture_of(item, scene.board.language, scene.board.look.picture_set, surely=True)


def _fitted(scene: SceneBuilder, item: str, room: float, height: float) -> TextBlock:
    return fit_text(
        item, max_width=room, max_height=height * 0.84, max_size=54 * scene.grid.unit, max_lines=2, weight=800,
        family=scene.family, leading=1.16,
    )  # fmt: skip


def _lay_row(scene: SceneBuilder, zone: Rect, middle: float, height: float, at: float) -> None:
    dark, grid = scene.palette.dark, scene.grid
    rgba = card(
        round(zone.width), round(height), height * 0.34, WHITE, 0.16 if dark else 0.78,
        edge=grid.px(2), edge_color=WHITE, edge_opacity=0.28 if dark else 0.9, shadow=scene.shadow(0.3),
    )  # fmt: skip
    scene.add(
        rgba,
        motion.slide_in(
            round(zone.x), round(middle), at=scene.at(at), dx=grid.px(90), character=scene.character
        ),
    )


def _lay_text(
    scene: SceneBuilder, block: TextBlock, size: float, left: float, middle: float, at: float, name: str
) -> None:
    step = 1.16 * size
    for i, line in enumerate(block.lines):
        y = middle + step * (i - (len(block.lines) - 1) / 2)
        scene.text(
            line,
            block.style.at(size),
            scene.palette.ink,
            x=left,
            middle=y,
            align="left",
            at=at,
            name=name,
            rise=18,
        )
