"""Flashes that can bring on a seizure, by WCAG 2.3.1 (https://www.w3.org/TR/WCAG22/#three-flashes-or-below-threshold).

| rule | here |
|---|---|
| general flash | two opposing changes of relative luminance by at least 0.1 where the darker side is below 0.8 |
| red flash | two opposing changes by more than 0.2 in CIE 1976 u′v′, one side with R ÷ (R + G + B) ≥ 0.8 |
| too many | more than three flashes of either kind within any one second |
| too large | at the same time over at least a quarter of the picture, which on a phone fills the 10° field of view |

Each place of a small picture is followed on its own: its last turning point, and when it moved away from it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]  # (h, w, 3)
Plane = NDArray[np.float32]  # (h, w)
Mask = NDArray[np.bool_]

LUMINANCE_STEP = 0.1
DARKER_BELOW = 0.8
RED_SHARE = 0.8
CHROMA_STEP = 0.2
MOST_FLASHES = 3
LEAST_AREA = 0.25
WINDOW_SECONDS = 1.0
_LINEAR = np.array(
    [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255], np.float32
)


@dataclass(frozen=True)
class FlashEvent:
    kind: Literal["general", "red"]
    seconds: float  # where the worst second begins
    area: float  # 0–1 of the picture
    flashes: int  # in that second, over that area


class FlashMeter:
    """Takes small frames in the order of time, all of one size and at least 20 a second."""

    def __init__(self) -> None:
        self._general = _Counter("general")
        self._red = _Counter("red")
        self._turn: Plane | None = None  # luminance at the last turning point
        self._rising: NDArray[np.int8] | None = None  # 1 up, −1 down, 0 not yet moved
        self._chroma: NDArray[np.float32] | None = None  # (h, w, 2) at the last change of hue
        self._was_red: Mask | None = None

    def add(self, seconds: float, rgb: Rgb) -> None:
        """One frame, (h, w, 3) sRGB; 48 × 27 places are enough."""
        linear = _LINEAR[rgb]
        luminance = linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        self._general.add(seconds, self._turned(luminance))
        self._red.add(seconds, self._reddened(linear))

    def found(self) -> list[FlashEvent]:
        """What breaks the rule: at most one event a kind, its worst second."""
        return [event for event in (self._general.worst, self._red.worst) if event is not None]

    def _turned(self, luminance: Plane) -> Mask:
        """Places that have moved a step against the direction they moved in before."""
        if self._turn is None or self._rising is None:
            self._turn, self._rising = luminance.copy(), np.zeros(luminance.shape, np.int8)
            return np.zeros(luminance.shape, bool)
        step = luminance - self._turn
        dark = np.minimum(luminance, self._turn) < DARKER_BELOW
        up = (step >= LUMINANCE_STEP) & dark & (self._rising <= 0)
        down = (step <= -LUMINANCE_STEP) & dark & (self._rising >= 0)
        further = ((self._rising > 0) & (step > 0)) | ((self._rising < 0) & (step < 0))
        self._rising = np.where(up, 1, np.where(down, -1, self._rising)).astype(np.int8)
        self._turn = np.where(up | down | further, luminance, self._turn)
        turned: Mask = up | down
        return turned

    def _reddened(self, linear: NDArray[np.float32]) -> Mask:
        """Places whose hue has jumped into saturated red or out of it."""
        chroma, red = _chromaticity(linear), _is_red(linear)
        if self._chroma is None or self._was_red is None:
            self._chroma, self._was_red = chroma, red
            return np.zeros(red.shape, bool)
        far = np.linalg.norm(chroma - self._chroma, axis=-1) > CHROMA_STEP
        jumped: Mask = far & (red != self._was_red)
        self._chroma = np.where(jumped[..., None], chroma, self._chroma)
        self._was_red = np.where(jumped, red, self._was_red)
        return jumped


class _Counter:
    """How often each place turned within the last second, and the worst second so far."""

    def __init__(self, kind: Literal["general", "red"]) -> None:
        self.kind = kind
        self.worst: FlashEvent | None = None
        self._recent: deque[tuple[float, Mask]] = deque()
        self._turns: NDArray[np.int16] | None = None

    def add(self, seconds: float, turned: Mask) -> None:
        if self._turns is None:
            self._turns = np.zeros(turned.shape, np.int16)
        while self._recent and seconds - self._recent[0][0] > WINDOW_SECONDS:
            self._turns -= self._recent.popleft()[1]
        if not turned.any():
            return
        self._recent.append((seconds, turned))
        self._turns += turned
        flashes = self._turns // 2
        area = float((flashes > MOST_FLASHES).mean())
        if area >= LEAST_AREA and (self.worst is None or area > self.worst.area):
            count = int(np.median(flashes[flashes > MOST_FLASHES]))
            self.worst = FlashEvent(self.kind, self._recent[0][0], round(area, 3), count)


def _is_red(linear: NDArray[np.float32]) -> Mask:
    total = linear.sum(axis=-1)
    red: Mask = (linear[..., 0] >= RED_SHARE * total) & (total > 0.02)
    return red


def _chromaticity(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """CIE 1976 u′v′ of linear sRGB; black takes the white point, for it has no hue."""
    matrix = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32
    )
    xyz = linear @ matrix.T
    divisor = xyz @ np.array([1.0, 15.0, 3.0], np.float32)
    safe = np.maximum(divisor, 1e-6)
    uv = np.stack([4 * xyz[..., 0] / safe, 9 * xyz[..., 1] / safe], axis=-1)
    return np.where((divisor > 0.02)[..., None], uv, np.array([0.1978, 0.4683], np.float32)).astype(
        np.float32
    )
