"""What stands over the whole video: the visible AI label, then its corner mark, and the line that shows progress.

The label follows GB 45438-2025: from the first frame, for at least two seconds, letters of 5 % of the shorter side.
"""

from __future__ import annotations

from collections.abc import Sequence

from generation.media.layers import Layer, Motion, Placement, Rgba
from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE
from generation.media.scenes.grid import Box, Grid
from generation.media.scenes.ornaments import shape_art
from generation.media.scenes.palettes import Color, Palette
from generation.media.scenes.sprites import card, even, stacked, text_line
from generation.media.scenes.typography import TextStyle, shape
from generation.storyboard import digest

TEXTS = {"zh": "AI 生成", "en": "AI-generated"}
LABEL_SECONDS = 2.6
LETTER_SHARE = 0.053  # capital and hanzi height as a share of the shorter side; the standard asks 0.05
CAPITAL = 0.733  # capital height in em
WHITE: Color = (255, 255, 255)
NIGHT: Color = (14, 14, 20)


def ai_label_layers(
    language: str, *, size: tuple[int, int], aspect: str = "", total_seconds: float = 0.0
) -> list[Layer]:
    """The label from frame 0 on, shrinking into a discreet mark in the same corner that stays to the end."""
    grid = Grid(*size)
    key = digest(["ai-label", 1, language, size])
    big, mark = _pill(language, grid, 1.0), _pill(language, grid, 0.46)
    left, top = label_corner(size)
    x, y = round(left + big.shape[1] / 2), round(top + big.shape[0] / 2)
    mark_x, mark_y = round(left + mark.shape[1] / 2), round(top + mark.shape[0] / 2)

    def label(t: float) -> Placement | None:
        if t < LABEL_SECONDS:
            return Placement(x, y)
        part = motion.smooth((t - LABEL_SECONDS) / 0.4)
        if part >= 1:
            return None
        scale = 1 - 0.54 * part
        return Placement(
            left + big.shape[1] * scale / 2, top + big.shape[0] * scale / 2, scale, opacity=1 - part**4
        )

    return [
        Layer(mark, motion.fade_in(mark_x, mark_y, at=LABEL_SECONDS + 0.2, seconds=0.2), f"{key}:mark"),
        Layer(big, label, f"{key}:label"),
    ]


def corner_mark(language: str, *, size: tuple[int, int]) -> Layer:
    """The discreet mark alone, from the first moment on: for a still picture."""
    mark = _pill(language, Grid(*size), 0.46)
    left, top = label_corner(size)
    moves = motion.still(round(left + mark.shape[1] / 2), round(top + mark.shape[0] / 2))
    return Layer(mark, moves, digest(["ai-mark", 1, language, size]))


def label_corner(size: tuple[int, int]) -> tuple[float, float]:
    zone = Grid(*size).zone("label")
    return round(zone.left), round(zone.top)


def label_box(language: str, *, size: tuple[int, int]) -> Box:
    """The bounds of the large label."""
    left, top = label_corner(size)
    height, width = _pill(language, Grid(*size), 1.0).shape[:2]
    return Box(left, top, left + width, top + height, TEXTS[language], "text")


def letter_height(size: tuple[int, int]) -> float:
    """Height of the label's capitals in pixels; hanzi are taller."""
    return _em(Grid(*size)) * CAPITAL


def _em(grid: Grid) -> float:
    return float(-(-LETTER_SHARE * min(grid.width, grid.height) // CAPITAL))  # rounded up


def _pill(language: str, grid: Grid, factor: float) -> Rgba:
    """The label on a dark glass pill, a spark before the text."""
    text = TEXTS[language]
    style = TextStyle(_em(grid) * factor, 700, tracking=0.01)
    line = shape(text, weight=700, tracking=0.01)
    height = round(style.size * 1.42)
    spark = round(style.size * 0.72)
    side, gap = round(style.size * 0.42), round(style.size * 0.2)
    width = round(line.advance * style.size) + spark + gap + 2 * side
    pill = card(
        width, height, height / 2, NIGHT, 0.62 if factor == 1 else 0.42,
        edge=max(grid.unit * 2 * factor, 0.5), edge_color=WHITE, edge_opacity=0.22,
    )  # fmt: skip
    full_height, full_width = pill.shape[:2]
    letters = text_line(text, style, WHITE, opacity=1.0 if factor == 1 else 0.88)
    middle = full_height / 2
    start = (full_width - width) / 2 + side
    parts = [
        (pill, full_width / 2, middle),
        (shape_art("spark", spark, (255, 214, 10), 1.0), start + spark / 2, middle),
        (letters.rgba, start + spark + gap + letters.dx, middle + MIDDLE * style.size + letters.dy),
    ]
    return stacked(full_width, full_height, parts)


def progress_layers(
    scene_seconds: Sequence[float], *, palette: Palette, size: tuple[int, int]
) -> list[Layer]:
    """A thin line at the frame's foot, one piece per scene, filling with time: the empty pieces and the full ones."""
    grid = Grid(*size)
    key = digest(["progress", 2, palette.name, list(scene_seconds), size])
    total = sum(scene_seconds)
    margin, gap, thick = 0.06 * grid.width, grid.px(10), grid.px(8)
    room = grid.width - 2 * margin - gap * (len(scene_seconds) - 1)
    color = WHITE if palette.dark else palette.ink
    pieces: list[tuple[float, float]] = []  # left edge and width of each
    pen = margin
    for seconds in scene_seconds:
        pieces.append((pen, max(round(room * seconds / total), thick)))
        pen += pieces[-1][1] + gap
    height = even(thick + 4)
    left, width = int(margin) - 2, even(pen - gap - margin + 6)
    x, y = left + width // 2, round(grid.height * 0.975)

    def drawn(opacity: float) -> Rgba:
        parts = [
            (card(round(wide), thick, thick / 2, color, opacity), start - left + wide / 2, height / 2)
            for start, wide in pieces
        ]
        return stacked(width, height, parts)

    edges = [((start - left) / width, (start - left + wide) / width) for start, wide in pieces]
    return [
        Layer(drawn(0.26), motion.still(x, y), f"{key}:back"),
        Layer(drawn(0.95), _filling(x, y, scene_seconds, edges), f"{key}:front"),
    ]


def _filling(
    x: float, y: float, scene_seconds: Sequence[float], edges: Sequence[tuple[float, float]]
) -> Motion:
    """Shows all up to the present moment; ``edges`` are where each scene's piece begins and ends, in [0, 1]."""

    def moves(t: float) -> Placement | None:
        if t <= 0:
            return None
        for seconds, (left, right) in zip(scene_seconds, edges, strict=True):
            if t < seconds:
                return Placement(x, y, shown=(0.0, 0.0, left + (right - left) * t / seconds, 1.0))
            t -= seconds
        return Placement(x, y)

    return moves
