"""The cover: the title set as large as the frame allows, in one of several designs chosen by content."""

from __future__ import annotations

import random
from dataclasses import replace

from generation.media.layers import Rgb, SceneLayers
from generation.media.rendering import draw_frame
from generation.media.scenes import motion
from generation.media.scenes.backgrounds import ground
from generation.media.scenes.composer import scene_picture
from generation.media.scenes.covers.choice import choose_cover, covers_for, with_fitting_cover
from generation.media.scenes.covers.designs import DESIGNS
from generation.media.scenes.covers.grounds import PATTERNS, TREATMENTS, WHITE, pattern_art, treated
from generation.media.scenes.covers.parts import CoverBuilder, cast_of, places
from generation.media.scenes.grid import Box
from generation.media.scenes.overlays import corner_mark
from generation.storyboard import Storyboard

__all__ = ["choose_cover", "cover", "cover_boxes", "covers_for", "with_fitting_cover"]

SETTLED_SECONDS = 1.6
LONG_SECONDS = 4.0


def cover(storyboard: Storyboard, *, size: tuple[int, int]) -> Rgb:
    """The video's still with everything in place, (H, W, 3), in the design of ``storyboard.cover``."""
    board = with_fitting_cover(storyboard)
    mark = corner_mark(board.language, size=size)
    picture = _opening(board, size) if board.cover == "opening" else _designed(board, size)[0]
    return draw_frame([picture], [mark], SETTLED_SECONDS, size)


def cover_boxes(storyboard: Storyboard, *, size: tuple[int, int]) -> tuple[Box, ...]:
    """Where texts and drawings of a designed cover stand; none for the opening, whose scene tells its own."""
    board = with_fitting_cover(storyboard)
    return () if board.cover == "opening" else _designed(board, size)[1]


def _designed(board: Storyboard, size: tuple[int, int]) -> tuple[SceneLayers, tuple[Box, ...]]:
    dice = random.Random(f"cover ground {board.seed} {board.title}")
    sheet = replace(
        board.scenes[0], layout="hero", line=board.title, seconds=LONG_SECONDS, pictures=(), number=None
    )
    builder = CoverBuilder(replace(board, scenes=(sheet, *board.scenes[1:])), 0, size)
    builder.board = board
    builder.palette = treated(builder.palette, dice.choice(TREATMENTS))
    palette = builder.palette
    _, stage = places(builder, "low" if board.cover in ("poster", "polaroid", "warning") else "top")
    pattern = "plain" if board.cover == "split" else dice.choice(PATTERNS)
    color = WHITE if palette.dark else palette.marker
    art = pattern_art(
        pattern, *size, color, 0.13 if palette.dark else 0.1, (round(stage.x), round(stage.y)), board.seed
    )
    builder.add(art, motion.still(size[0] / 2, size[1] / 2))
    DESIGNS[board.cover](builder, cast_of(board))
    back = ground(palette, size, seed=board.seed)
    return SceneLayers(LONG_SECONDS, back, "cover", tuple(builder.layers)), tuple(builder.boxes)


def _opening(board: Storyboard, size: tuple[int, int]) -> SceneLayers:
    """The opening's picture, or the first scene's that has one or is the creator's own."""
    index = best_scene(board)
    best = board.scenes[index]
    opening = replace(
        best,
        layout="hero" if best.media is None else "clip",
        line=board.title,
        seconds=LONG_SECONDS,
        transition="cut",
        number=None,
    )
    others = tuple(scene for i, scene in enumerate(board.scenes) if i != index)
    return scene_picture(replace(board, scenes=(opening, *others)), 0, size=size)


def best_scene(storyboard: Storyboard) -> int:
    """The opening when it has a picture, else the first scene that has one, else the opening."""
    for index, scene in enumerate(storyboard.scenes):
        if scene.pictures or scene.media is not None:
            return index
    return 0
