"""A scene of a storyboard → its picture: background, layers, transition, and the boxes of what matters in it."""

from __future__ import annotations

from generation.media.layers import ClipSource, Rgb, SceneLayers, Transition
from generation.media.scenes.backgrounds import ground
from generation.media.scenes.builder import LOOKS_VERSION, SceneBuilder
from generation.media.scenes.grid import Box
from generation.media.scenes.layouts import LAYERS_OF
from generation.storyboard import Storyboard, digest

TRANSITION_SECONDS = {
    "cut": 0.0, "crossfade": 0.4, "wipe": 0.5, "slide": 0.5, "push": 0.5, "zoom": 0.45, "iris": 0.55, "flash": 0.3,
}  # fmt: skip
SHADES = {
    "list": 0.7, "quote": 0.6, "compare": 0.5, "before_after": 0.5, "chart": 0.4, "split": 0.6, "checklist": 0.6,
    "do_dont": 0.5, "quiz": 0.6, "chat": 0.6, "big_number": 0.4,
}  # fmt: skip


def scene_picture(storyboard: Storyboard, index: int, *, size: tuple[int, int]) -> SceneLayers:
    """Everything drawn in scene ``index`` on a frame of ``size`` (width, height), in the storyboard's look.

    Raises ``ValueError`` for an unknown palette and ``PictureUnknown`` for a drawing that no set has.
    """
    return _compose(storyboard, index, size)[0]


def text_boxes(storyboard: Storyboard, index: int, *, size: tuple[int, int]) -> tuple[Box, ...]:
    """Where the texts and the big pictures of a scene stand once they have come in."""
    return _compose(storyboard, index, size)[1]


def _compose(board: Storyboard, index: int, size: tuple[int, int]) -> tuple[SceneLayers, tuple[Box, ...]]:
    scene = board.scenes[index]
    builder = SceneBuilder(board, index, size)
    layout = "clip" if scene.media is not None else scene.layout
    LAYERS_OF[layout](builder)
    background: Rgb | ClipSource
    if scene.media is not None:
        media = scene.media
        background = ClipSource(media.path, media.kind, media.sha256, media.start, media.focus, media.zoom)
        background_key = digest([media.sha256, media.start, media.focus, media.zoom])
    else:
        seed, shade = board.seed * 31 + index, SHADES.get(layout, 0.0)
        background = ground(builder.palette, size, seed=seed, shade=shade)
        background_key = digest([LOOKS_VERSION, builder.palette.name, size, seed, shade])
    kind = scene.transition if index > 0 else "cut"
    seconds = TRANSITION_SECONDS[kind]
    transition = Transition(kind, seconds)  # type: ignore[arg-type]  # the storyboard's reader checked the name
    picture = SceneLayers(scene.seconds, background, background_key, tuple(builder.layers), transition)
    return picture, tuple(builder.boxes)
