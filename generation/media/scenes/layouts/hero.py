"""The opening: the hook set large, the topic's picture, and what is to come around it."""

from __future__ import annotations

from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.layouts.common import lay_companion, lay_main, main_place
from generation.media.scenes.layouts.shots import Place, lay_asides
from generation.media.scenes.ornaments import lay_hills, lay_shapes, lay_stage


def lay_hero(scene: SceneBuilder) -> None:
    grid = scene.grid
    x, y, side = main_place(scene)
    lay_hills(scene)
    lay_stage(scene, x, y, side * 1.5)
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=140 if grid.shape == "wide" else 124,
        max_lines=title_lines(scene),
    )
    lay_shapes(scene, x, y, side * 0.68, count=6)
    if scene.pictures():
        lay_main(scene, scene.pictures()[0], x, y, side)
    spots = ((-0.53, 0.36, 0.40), (0.54, 0.40, 0.34), (0.5, -0.36, 0.30))
    comes = scene.beats[0] - scene.lead if scene.beats else 0.62
    for i, choice in enumerate(scene.companions(3)):
        dx, dy, share = spots[i]
        lay_companion(scene, choice, x + dx * side, y + dy * side, int(side * share), at=comes + 0.14 * i)
    taken = len(scene.companions(3))
    lay_asides(
        scene,
        [Place(x + dx * side, y - 0.3 * side, int(side * 0.4)) for dx in (-0.5, 0.5)],
        after=2 if taken else 1,
    )


def title_lines(scene: SceneBuilder) -> int:
    return 4 if scene.grid.shape == "wide" else 2
