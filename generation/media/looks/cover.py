"""The cover: the opening's picture with the title set as large as the frame allows."""

from __future__ import annotations

from dataclasses import replace

from generation.media.composition import draw_frame
from generation.media.layers import Rgb
from generation.media.looks.labels import ai_label_layers
from generation.media.looks.picturing import scene_picture
from generation.media.storyboard import Storyboard

SETTLED_SECONDS = 1.6


def cover(storyboard: Storyboard, *, size: tuple[int, int]) -> Rgb:
    """The best scene with the title, everything in place, (H, W, 3): the first with a picture or the creator's own."""
    index = best_scene(storyboard)
    best = storyboard.scenes[index]
    layout = "clip" if best.media is not None else "hero"
    opening = replace(best, layout=layout, line=storyboard.title, seconds=4.0, transition="cut", number=None)
    others = tuple(scene for i, scene in enumerate(storyboard.scenes) if i != index)
    board = replace(storyboard, scenes=(opening, *others))
    picture = scene_picture(board, 0, size=size)
    mark = ai_label_layers(storyboard.language, size=size)[:1]
    later = [type(layer)(layer.rgba, lambda t, m=layer.motion: m(t + 60), layer.key) for layer in mark]
    return draw_frame([picture], later, SETTLED_SECONDS, size)


def best_scene(storyboard: Storyboard) -> int:
    """The opening when it has a picture, else the first scene that has one, else the opening."""
    for index, scene in enumerate(storyboard.scenes):
        if scene.pictures or scene.media is not None:
            return index
    return 0
