from generation.media.looks.building import SceneBuilder
from generation.media.looks.layouts.point import lay_point


def lay_before_after(scene: SceneBuilder) -> None:
    lay_point(scene)


def lay_compare(scene: SceneBuilder) -> None:
    lay_point(scene)
