"""Compile the inner loops once, at set-up, so that no creator waits for them."""

from __future__ import annotations

import numpy as np

from generation.media.layers import Rgba
from generation.media.rendering.compositing.frames import Frame
from generation.media.rendering.compositing.sprites import WHOLE, Spot, Sprite
from generation.media.rendering.compositing.transitions import transition
from generation.media.rendering.compositing.zoom import halve_plane, zoom_plane
from generation.storyboard import TRANSITIONS


def warm_up() -> None:
    """Run every numba function on tiny pictures; the machine code is kept beside the modules (``__pycache__``)."""
    rgba: Rgba = np.full((40, 40, 4), 128, np.uint8)
    first, second, out = (Frame.of_rgb(np.full((64, 64, 3), level, np.uint8)) for level in (40, 200, 0))
    fixed = rgba.copy()
    fixed.setflags(write=False)  # as drawings come from the looks; numba takes that for another type
    Sprite(fixed)
    sprite = Sprite(rgba)
    for scale in (16384, 15000, 5000):
        for turn in (0, 2560):
            sprite.blend(out, Spot(32 * 128, 32 * 128, scale, turn, 256, WHOLE))
    for kind in TRANSITIONS:
        transition(kind, first, second, 0.5, out)  # type: ignore[arg-type]
    zoom_plane(first.y, 64, out.y, 64, 4.0, 4.0, 50.0, 50.0)  # as clips call it, without a share
    halve_plane(first.y, 64)
    out.to_rgb()
