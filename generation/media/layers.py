"""What a scene looks like, as values: the contract between who draws the look and who blends the frames.

``scenes`` builds a ``SceneLayers`` per scene; ``rendering`` turns it into YUV frames. Both agree on this page only.
Coordinates are pixels of the output frame, origin at the top left, y down; times are seconds since the scene's start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generation.storyboard import TransitionKind

Rgba = NDArray[np.uint8]  # (h, w, 4) straight (not premultiplied) alpha, sRGB
Rgb = NDArray[np.uint8]  # (H, W, 3) sRGB


@dataclass(frozen=True)
class Placement:
    """Where a sprite is at one moment: center in pixels, scale factor, clockwise rotation, opacity in [0, 1].

    ``shown`` is the part of the drawing that is visible (left, top, right, bottom, in [0, 1] of its size): a bar that
    fills, a text that is uncovered. A whole-number center at scale 1 is drawn pixel for pixel, so text stays crisp.
    """

    x: float
    y: float
    scale: float = 1.0
    rotation_degrees: float = 0.0
    opacity: float = 1.0
    shown: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


Motion = Callable[[float], Placement | None]


@dataclass(frozen=True, eq=False)
class Layer:
    """One drawing over the background: ``motion(t)`` says where it is, ``None`` when it is not shown.

    ``motion`` is pure: equal ``t`` gives an equal placement. A scene's layer is asked from 0 to the scene's seconds plus
    half the transition after it, during which it is still seen. ``key`` names the drawing and its motion in the scene's
    hash: equal keys mean equal pixels over the whole scene.
    """

    rgba: Rgba
    motion: Motion
    key: str


@dataclass(frozen=True)
class ClipSource:
    """A creator's clip or image as background: crop before scale, slow zoom towards the focus point.

    ``focus`` is in [0, 1]² of the source picture; ``start`` is where in the clip the scene begins, in seconds;
    ``zoom`` is the scale reached at the scene's end (1.0 = none). A clip shorter than the scene loops.
    """

    path: str
    kind: Literal["clip", "image"]
    sha256: str
    start: float = 0.0
    focus: tuple[float, float] = (0.5, 0.5)
    zoom: float = 1.08


@dataclass(frozen=True)
class Transition:
    """How the scene before gives way to this one, over ``seconds`` centered on the cut."""

    kind: TransitionKind = "cut"
    seconds: float = 0.0


@dataclass(frozen=True, eq=False)
class SceneLayers:
    """Everything drawn in one scene of ``seconds`` length: a background, then ``layers`` from back to front.

    A still background is (H, W, 3) RGB with grain and vignette already in it.
    """

    seconds: float
    background: Rgb | ClipSource
    background_key: str
    layers: tuple[Layer, ...] = ()
    transition: Transition = field(default_factory=Transition)
