from generation.media.looks.building import SceneBuilder
from generation.media.looks.layouts.point import lay_point


def lay_list(scene: SceneBuilder) -> None:
    lay_point(scene)
