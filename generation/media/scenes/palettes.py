"""The colors of a video: a gradient's four, the ink on it, and one accent that marks what matters."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Color = tuple[int, int, int]
LEARNED = "learned"  # as a recipe asks for it: every video gets colors of its own
_CODED = f"{LEARNED}-"


def color(code: str) -> Color:
    """``#rrggbb`` as three bytes."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


@dataclass(frozen=True)
class Palette:
    """``ground`` is the gradient: its base first, then blobs; ``marker`` is the accent, ``on_marker`` what stands on it.

    ``ink`` is the title's color, ``shapes`` color the decorations.
    """

    name: str
    dark: bool
    ground: tuple[Color, Color, Color, Color]
    ink: Color
    marker: Color
    on_marker: Color
    shapes: tuple[Color, Color, Color]


def _palette(name: str, ground: str, ink: str, marker: str, on_marker: str, shapes: str) -> Palette:
    base, one, two, three = (color(code) for code in ground.split())
    first, second, third = (color(code) for code in shapes.split())
    dark = sum(color(ink)) > 384
    return Palette(
        name,
        dark,
        (base, one, two, three),
        color(ink),
        color(marker),
        color(on_marker),
        (first, second, third),
    )


_TABLE = (
    # name, ground (base and three blobs), ink, marker, on the marker, shapes
    ("violet", "#25107a #5b21d6 #c01fb8 #ff5c9e", "#ffffff", "#ffd60a", "#1c1033", "#ff8ad1 #7cf0ff #ffd60a"),
    ("ocean", "#04296b #0a5fd0 #12a8dc #3fe0c8", "#ffffff", "#ffe14d", "#052147", "#7df3e1 #ffb65c #ffe14d"),
    ("forest", "#044034 #0a7350 #2fa866 #b9d84a", "#ffffff", "#ffd43b", "#06281f", "#c9f27b #7ce8b9 #ffb25e"),
    ("sunset", "#5a0f4d #c91f5e #ff5b38 #ffb13d", "#ffffff", "#fff06a", "#4a0c33", "#ffd98a #ff9ab5 #ffffff"),
    ("ember", "#5c0d16 #b81f24 #f0562e #ffa23c", "#ffffff", "#ffe14d", "#3f0a0d", "#ffc98a #ff8f70 #fff0c2"),
    ("night", "#0a0d33 #1c2a86 #3c56f2 #19b9e8", "#ffffff", "#a8ff60", "#08122e", "#5ce1ff #b48cff #a8ff60"),
    ("berry", "#48093f #961b70 #e83a7e #ff9273", "#ffffff", "#ffe29a", "#3a0833", "#ffb6cf #ffd08a #b9a5ff"),
    ("lagoon", "#03404c #06808a #1fb8a5 #a5e8b5", "#ffffff", "#ffe45e", "#022e36", "#c8ffe0 #ffb38a #8be9ff"),
    ("gold", "#17151f #37304c #5d4a63 #b98a4a", "#ffffff", "#ffcf5c", "#1d1826", "#ffe2a0 #c9b8ff #f0a26b"),
    ("peach", "#ffe9dc #ffc9b3 #ffab9c #ffe09a", "#43182c", "#f2384f", "#ffffff", "#ff8f8a #ffc94d #8ecae6"),
    ("mint", "#e2fbef #aeeed2 #86dfd6 #e6f5a3", "#0b3a37", "#0a8f6c", "#ffffff", "#3cc7a4 #ffc857 #ff9a8b"),
    ("sky", "#e6f3ff #b7d9ff #95c2ff #dccfff", "#12264f", "#2b5cf0", "#ffffff", "#6aa8ff #ffcf5c #ff9ab5"),
    ("lemon", "#fff6cf #ffe27a #ffc95c #ffd9bd", "#3b2500", "#ef5a24", "#ffffff", "#ff9d4d #66c7b4 #f77fa0"),
    ("lilac", "#f3eaff #dcc6ff #c2b0ff #ffd0ea", "#2b1756", "#7434ea", "#ffffff", "#a885ff #ff9fcb #6fd3ff"),
)

PALETTES: dict[str, Palette] = {row[0]: _palette(*row) for row in _TABLE}

# which palettes suit a mood, the best first, and what a category likes; where both agree, the choice is among those
MOODS: dict[str, tuple[str, ...]] = {
    "bright": ("sunset", "lemon", "sky", "violet", "lagoon", "peach"),
    "warm": ("peach", "sunset", "ember", "berry", "lemon"),
    "suspense": ("night", "gold", "violet", "berry", "ocean"),
    "epic": ("ember", "night", "gold", "violet", "ocean"),
    "healing": ("mint", "lilac", "lagoon", "sky", "forest"),
    "tech": ("night", "ocean", "violet", "sky", "lagoon"),
    "funny": ("lemon", "violet", "sunset", "peach", "berry"),
    "calm": ("lagoon", "mint", "ocean", "forest", "lilac", "sky"),
}
CATEGORIES: dict[str, tuple[str, ...]] = {
    "coffee_tea": ("ember", "peach", "gold", "sunset"),
    "cooking": ("sunset", "ember", "lemon", "peach"),
    "fitness": ("ember", "night", "violet", "sunset"),
    "history": ("gold", "ember", "berry"),
    "home": ("peach", "mint", "sky", "lagoon"),
    "money": ("gold", "ember", "forest", "violet"),
    "outdoors": ("forest", "sunset", "violet", "lagoon"),
    "parenting": ("sky", "peach", "lemon", "lilac"),
    "pets": ("lemon", "peach", "violet", "sky"),
    "photography": ("night", "gold", "berry", "ocean"),
    "plants": ("forest", "mint", "lagoon"),
    "productivity": ("ocean", "sky", "violet", "mint"),
    "safety": ("ember", "night", "ocean"),
    "science": ("ocean", "night", "violet", "lagoon"),
    "sleep": ("night", "lilac", "berry", "ocean"),
    "space": ("night", "violet", "ocean"),
    "study": ("sky", "ocean", "lilac", "lemon"),
    "technology": ("night", "ocean", "violet", "sky"),
    "travel": ("lagoon", "sunset", "ocean", "sky"),
}


def palette_for(category: str, mood: str, seed: int) -> Palette:
    """A palette that suits both, drawn by ``seed``; an unknown category or mood leaves the other to decide."""
    by_mood, by_category = MOODS.get(mood, ()), CATEGORIES.get(category, ())
    both = [name for name in by_category if name in by_mood]
    pool = both * 2 + list(by_category) + list(by_mood[:3]) if by_category else list(by_mood)
    return PALETTES[random.Random(f"palette {seed}").choice(pool or list(PALETTES))]


def coded(colors: NDArray[np.uint8]) -> Palette:
    """A palette of ten colors (10, 3) — ground, ink, marker, on the marker, shapes — named by their hexadecimal digits."""
    codes = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in colors.tolist()]
    name = _CODED + "".join(code[1:] for code in codes)
    return _palette(name, " ".join(codes[:4]), codes[4], codes[5], codes[6], " ".join(codes[7:]))


def is_named(name: str) -> bool:
    """Whether ``named`` knows it."""
    return name in PALETTES or re.fullmatch(_CODED + "[0-9a-f]{60}", name) is not None


def named(name: str) -> Palette:
    """One of the table, or one named by its colors. Raises ``ValueError`` naming the known palettes for any other name."""
    if name not in PALETTES and is_named(name):
        return coded(np.frombuffer(bytes.fromhex(name.removeprefix(_CODED)), np.uint8).reshape(10, 3))
    if name not in PALETTES:
        raise ValueError(f"No palette is called {name!r}; choose one of {', '.join(PALETTES)}.")
    return PALETTES[name]
