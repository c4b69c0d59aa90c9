"""A figure as large as the frame allows: it counts up and lands when it is said, its drawing under it."""

from __future__ import annotations

from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.layouts.chart import count_start, lay_number
from generation.media.scenes.layouts.common import main_place
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.shots import Place, lay_asides, lay_shots
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.ornaments import lay_hills, lay_stage

# by the frame's shape, in shares of width and height: the number's middle and reach, the drawing's place and side
_PLACES = {
    "tall": (0.5, 0.4, 0.25, 0.5, 0.553, 0.108),
    "square": (0.5, 0.47, 0.3, 0.5, 0.69, 0.2),
    "wide": (0.735, 0.36, 0.34, 0.735, 0.64, 0.28),
}


def lay_big_number(scene: SceneBuilder) -> None:
    figure, grid = scene.scene.figure, scene.grid
    if figure is None:
        raise ValueError(
            f"Scene {scene.scene.id!r} has the layout 'big_number' but no figure to count up to."
        )
    width, height = scene.size
    nx, ny, reach, px, py, share = _PLACES[grid.shape]
    x, y, radius = nx * width, ny * height, reach * height
    lay_hills(scene)
    lay_stage(scene, x, y, radius * 2.0, kind="burst")
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=104,
        max_lines=title_lines(scene) if grid.shape == "wide" else 1,  # the number needs the height
    )
    starts = count_start(scene, figure.value)
    cast = scene.cast()
    small = Place(px * width, py * height, int(share * height))
    if scene.beats and starts >= scene.beats[0] - 0.05:  # the drawing alone, then the number before it
        bx, by, side = main_place(scene)
        shots = [{0: Place(bx, by, int(side * 0.94))}, {0: small}]
        lay_shots(scene, cast[:1], shots)
    else:
        lay_shots(scene, cast[:1], [{0: small}])
    label_top = lay_number(scene, figure.value, figure.unit, x, y, radius, starts)
    if figure.label:
        block = fit_text(
            figure.label, max_width=radius * 1.5, max_height=radius * 0.24, max_size=58 * grid.unit, max_lines=1,
            weight=800, family=scene.family, least_size=scene.grid.least_letters,
        )  # fmt: skip
        scene.text(
            "".join(block.lines),
            block.style,
            scene.palette.ink,
            x=x,
            middle=label_top + block.style.size * 0.6,
            at=starts + 0.2 - scene.lead,
            shadow=scene.text_shadow,
        )
    side = int(small.side * 1.1)
    spots = [Place(small.x + 1.25 * side, small.y, side), Place(small.x - 1.25 * side, small.y, side)]
    lay_asides(scene, spots, after=2, cast=cast[1:])
