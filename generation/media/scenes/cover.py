"""The cover: the opening's picture with the title set as large as the frame allows."""

from __future__ import annotations

from dataclasses import replace

from generation.media.layers import Rgb
from generation.media.rendering import draw_frame
from generation.media.scenes.composer import scene_picture
from generation.media.scenes.overlays import corner_mark
from generation.storyboard import Storyboard

SETTLED_SECONDS = 1.6


def cover(storyboard: Storyboard, *, size: tuple[int, int]) -> Rgb:
    """The best scene with the title, everything in place, (H, W, 3): the first with a picture or the creator's own."""
    index = best_scene(storyboard)
    best = storyboard.scenes[index]
    opening = replace(
        best,
        layout="hero" if best.media is None else "clip",
        line=storyboard.title,
        seconds=4.0,
        transition="cut",
        number=None,
    )
    others = tuple(scene for i, scene in enumerate(storyboard.scenes) if i != index)
    board = replace(storyboard, scenes=(opening, *others))
    picture = scene_picture(board, 0, size=size)
    mark = corner_mark(storyboard.language, size=size)
    return draw_frame([picture], [mark], SETTLED_SECONDS, size)


def best_scene(storyboard: Storyboard) -> int:
    """The opening when it has a picture, else the first scene that has one, else the opening."""
    for index, scene in enumerate(storyboard.scenes):
        if scene.pictures or scene.media is not None:
            return index
    return 0
