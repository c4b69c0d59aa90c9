"""Where things stand in a frame of any size: zones by aspect that keep clear of the feed's buttons and lines.

On tall frames captions keep between 55 % and 70 % of the height; nothing that matters stands below 74 %, in the top
8 %, or in the right 15 % between 45 % and 80 % of the height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LEAST_LETTERS = 46.0  # units


@dataclass(frozen=True)
class Rect:
    """In pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2

    def inset(self, dx: float, dy: float) -> Rect:
        return Rect(self.left + dx, self.top + dy, self.right - dx, self.bottom - dy)


@dataclass(frozen=True)
class Box(Rect):
    """The bounds of something that matters, for whoever judges the frame: a text or a picture, by name."""

    name: str = ""
    kind: Literal["text", "picture"] = "text"


Shape = Literal["tall", "square", "wide"]

# shares of width and height: left, top, right, bottom
_ZONES: dict[Shape, dict[str, tuple[float, float, float, float]]] = {
    "tall": {
        "label": (0.06, 0.084, 0.94, 0.142),
        "title": (0.075, 0.156, 0.925, 0.314),
        "title_low": (0.15, 0.488, 0.85, 0.597),
        "stage": (0.15, 0.315, 0.85, 0.62),
        "caption": (0.15, 0.60, 0.85, 0.697),
        "whole": (0.075, 0.152, 0.85, 0.60),
    },
    "square": {
        "label": (0.05, 0.04, 0.95, 0.135),
        "title": (0.07, 0.158, 0.93, 0.325),
        "title_low": (0.08, 0.602, 0.92, 0.775),
        "stage": (0.08, 0.335, 0.92, 0.80),
        "caption": (0.08, 0.79, 0.92, 0.935),
        "whole": (0.08, 0.145, 0.92, 0.78),
    },
    "wide": {
        "label": (0.04, 0.05, 0.96, 0.16),
        "title": (0.055, 0.19, 0.50, 0.74),
        "title_low": (0.505, 0.19, 0.945, 0.74),
        "stage": (0.53, 0.13, 0.945, 0.78),
        "caption": (0.14, 0.80, 0.86, 0.94),
        "whole": (0.055, 0.18, 0.945, 0.78),
    },
}


@dataclass(frozen=True)
class Grid:
    """``unit`` is 1 on a frame whose shorter side is 1080 pixels: designs are given in it and scale with the frame."""

    width: int
    height: int

    @property
    def unit(self) -> float:
        return min(self.width, self.height) / 1080

    @property
    def shape(self) -> Shape:
        ratio = self.height / self.width
        return "tall" if ratio >= 1.3 else "wide" if ratio <= 1 / 1.3 else "square"

    def zone(self, name: str) -> Rect:
        left, top, right, bottom = _ZONES[self.shape][name]
        return Rect(left * self.width, top * self.height, right * self.width, bottom * self.height)

    @property
    def least_letters(self) -> float:
        """The em in pixels below which nothing that is read may be set: capitals and hanzi are then 3 % of the shorter side."""
        return LEAST_LETTERS * self.unit

    def px(self, units: float) -> int:
        """``units`` in whole pixels, at least one."""
        return max(round(units * self.unit), 1)

    @property
    def title_align(self) -> Literal["center", "left"]:
        return "left" if self.shape == "wide" else "center"


def is_safe(box: Rect, size: tuple[int, int]) -> bool:
    """Whether ``box`` keeps clear of what the feed and the player cover, on a frame of ``size``."""
    width, height = size
    inside = box.left >= 0.03 * width - 1 and box.right <= 0.97 * width + 1
    if Grid(width, height).shape != "tall":
        return inside and box.top >= 0.03 * height - 1 and box.bottom <= 0.96 * height + 1
    buttons = box.bottom > 0.45 * height + 1 and box.top < 0.80 * height and box.right > 0.85 * width + 1
    return inside and box.top >= 0.08 * height - 1 and box.bottom <= 0.74 * height + 1 and not buttons
