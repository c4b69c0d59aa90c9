"""Caption pages as layers: each page laid out once, each word marked while it is said, in five styles.

- ``pill``: white on a dark pill, the word on the accent; ``outline``: outlined letters, the word on the accent;
- ``karaoke``: letters fill with the accent as they are sung; ``pop``: words spring up as they are said;
- ``bar``: on a band of the accent, the word inverted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generation.media.layers import Layer, Motion, Placement, Rgba
from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE
from generation.media.scenes.captions.pages import CaptionPage, CaptionWord
from generation.media.scenes.grid import Box, Grid
from generation.media.scenes.line_breaks import wrap_text
from generation.media.scenes.palettes import Color, Palette
from generation.media.scenes.sprites import Shadow, card, even, marker, stacked, text_line
from generation.media.scenes.typography import TextStyle, shape
from generation.storyboard import digest

CAPTIONS_VERSION = 2
SIZES = {"tall": 68.0, "square": 54.0, "wide": 56.0}  # em in units; a page that would not fit is set smaller
LINE = 1.36  # em from line to line
WHITE: Color = (255, 255, 255)
NIGHT: Color = (14, 14, 20)


@dataclass(frozen=True)
class PlacedWord:
    """A word of a page: ``left`` is its pen's start, ``middle`` the height of its letters' middle, in pixels."""

    word: CaptionWord
    text: str
    left: float
    width: float
    middle: float
    until: float  # seconds at which the next word begins


@dataclass(frozen=True)
class PlacedPage:
    page: CaptionPage
    style: TextStyle
    words: tuple[PlacedWord, ...]
    lines: tuple[tuple[float, float, float], ...]  # left, right, middle of each line


def caption_layers(
    pages: Sequence[CaptionPage], *, style: str, palette: Palette, size: tuple[int, int], aspect: str = ""
) -> list[Layer]:
    """Layers in the seconds of ``pages``; none for style ``none``. ``aspect`` follows from ``size``.

    Raises ``ValueError`` for a style that does not exist.
    """
    if style == "none":
        return []
    if style not in _STYLES:
        raise ValueError(f"No caption style is called {style!r}; choose one of none, {', '.join(_STYLES)}.")
    layers: list[Layer] = []
    key = digest([CAPTIONS_VERSION, style, palette.name, size])
    for page in pages:
        placed = place_page(page, size)
        mine = digest([key, repr(page)])
        for rgba, moves in _STYLES[style](placed, palette, Grid(*size)):
            layers.append(Layer(rgba, moves, f"{mine}:{len(layers)}"))
    return layers


def caption_box(page: CaptionPage, size: tuple[int, int]) -> Box:
    """The bounds of a page's letters and their block."""
    placed = place_page(page, size)
    half = 0.66 * placed.style.size
    pad = 0.3 * placed.style.size
    return Box(
        min(left for left, _, _ in placed.lines) - pad,
        placed.lines[0][2] - half,
        max(right for _, right, _ in placed.lines) + pad,
        placed.lines[-1][2] + half,
        page.text,
        "text",
    )


def place_page(page: CaptionPage, size: tuple[int, int]) -> PlacedPage:
    """Words on one or two lines, centered in the caption zone, their last line at its foot."""
    grid = Grid(*size)
    zone = grid.zone("caption")
    room = zone.width - 1.0 * grid.px(SIZES[grid.shape])
    style = TextStyle(float(grid.px(SIZES[grid.shape])), 800)
    lines = wrap_text(page.text, style, room)
    while style.size > 8 and (len(lines) > 2 or any(_width(line, style) > room for line in lines)):
        style = style.at(style.size - max(1.0, round(style.size * 0.04)))
        lines = wrap_text(page.text, style, room)
    step = LINE * style.size
    foot = zone.bottom - 0.66 * style.size
    middles = [round(foot - step * (len(lines) - 1 - i)) for i in range(len(lines))]
    placed, spans = [], []
    waiting = [word for word in page.words if word.text.strip()]
    for line, middle in zip(lines, middles, strict=True):
        width = _width(line, style)
        pen = round(zone.x - width / 2)
        spans.append((float(pen), pen + width, float(middle)))
        done = ""
        while waiting and len((done + waiting[0].text).rstrip()) <= len(line):
            word = waiting.pop(0)
            left = pen + _width(done, style)
            done += word.text
            until = waiting[0].start if waiting else page.end
            text = word.text.strip()
            placed.append(
                PlacedWord(word, text, left, _width(text, style), float(middle), max(until, word.start))
            )
    return PlacedPage(page, style, tuple(placed), tuple(spans))


def _width(text: str, style: TextStyle) -> float:
    return shape(text, weight=style.weight).advance * style.size


Drawn = list[tuple[Rgba, Motion]]


def _letters(
    word: PlacedWord, style: TextStyle, color: Color, moves_from: float, until: float, **look: object
) -> tuple[Rgba, Motion]:
    drawing = text_line(word.text, style, color, **look)  # type: ignore[arg-type]
    x, y = drawing.center(word.left, word.middle + MIDDLE * style.size)
    return drawing.rgba, motion.still(x, y, since=moves_from, until=until)


def _whole(
    placed: PlacedPage,
    color: Color,
    *,
    stroke: float = 0.0,
    stroke_color: Color = NIGHT,
    shadow: Shadow | None = None,
) -> Drawn:
    """Every line of a page in one color, standing for the page's time."""
    page, style = placed.page, placed.style
    drawn: Drawn = []
    for left, _, middle in placed.lines:
        words = [word for word in placed.words if word.middle == middle]
        text = "".join(word.word.text for word in words).strip()
        if not text:
            continue
        drawing = text_line(text, style, color, stroke=stroke, stroke_color=stroke_color, shadow=shadow)
        x, y = drawing.center(left, middle + MIDDLE * style.size)
        drawn.append((drawing.rgba, motion.still(x, y, since=page.start, until=page.end)))
    return drawn


def _marked(placed: PlacedPage, block: Color, ink: Color) -> Drawn:
    """Each word on its block while it is said."""
    style = placed.style
    drawn: Drawn = []
    for word in placed.words:
        line = shape(word.text, weight=style.weight)
        pad = 0.08 * style.size
        width = even((line.ink[1] - line.ink[0]) * style.size + 2 * pad)
        back = marker(width, round(1.2 * style.size), block)
        letters = text_line(word.text, style, ink)
        height, full = back.shape[:2]
        start = full / 2 - (line.ink[0] + line.ink[1]) / 2 * style.size
        middle = height / 2 + MIDDLE * style.size
        rgba = stacked(
            full,
            height,
            [(back, full / 2, height / 2), (letters.rgba, start + letters.dx, middle + letters.dy)],
        )
        x = round(word.left + (line.ink[0] + line.ink[1]) / 2 * style.size)
        drawn.append((rgba, _bumped(x, word.middle, word.word.start, word.until)))
    return drawn


def _bumped(x: float, y: float, since: float, until: float) -> Motion:
    """Appears slightly small and settles within a tenth of a second."""

    def moves(t: float) -> Placement | None:
        if not since <= t < until:
            return None
        return Placement(x, y, scale=0.9 + 0.1 * motion.ease_out((t - since) / 0.1))

    return moves


def _pill(placed: PlacedPage, palette: Palette, grid: Grid) -> Drawn:
    page, style = placed.page, placed.style
    drawn: Drawn = []
    shadow = Shadow(NIGHT, 0.3, max(12 * grid.unit, 0.6), 6 * grid.unit)
    fill, ink = (NIGHT, WHITE) if palette.dark else (WHITE, palette.ink)
    widest = max(right - left for left, right, _ in placed.lines)
    tall = placed.lines[-1][2] - placed.lines[0][2] + 1.58 * style.size
    rgba = card(
        round(widest + 0.95 * style.size), round(tall), 0.5 * style.size, fill, 0.74 if palette.dark else 0.92,
        shadow=shadow,
    )  # fmt: skip
    x = round((placed.lines[0][0] + placed.lines[0][1]) / 2)
    y = round((placed.lines[0][2] + placed.lines[-1][2]) / 2)
    drawn.append((rgba, motion.still(x, y, since=page.start, until=page.end)))
    return [*drawn, *_whole(placed, ink), *_marked(placed, palette.marker, palette.on_marker)]


def _outline_colors(palette: Palette) -> tuple[Color, Color]:
    """(fill, stroke) that read on the palette's ground."""
    return (WHITE, NIGHT) if palette.dark else (palette.ink, WHITE)


def _outline(placed: PlacedPage, palette: Palette, grid: Grid) -> Drawn:
    fill, stroke = _outline_colors(palette)
    base = _whole(placed, fill, stroke=0.085 * placed.style.size, stroke_color=stroke)
    return [*base, *_marked(placed, palette.marker, palette.on_marker)]


def _karaoke(placed: PlacedPage, palette: Palette, grid: Grid) -> Drawn:
    fill, stroke = _outline_colors(palette)
    width = 0.085 * placed.style.size
    drawn = _whole(placed, fill, stroke=width, stroke_color=stroke)
    for word in placed.words:
        letters = text_line(word.text, placed.style, palette.marker, stroke=width, stroke_color=stroke)
        x, y = letters.center(word.left, word.middle + MIDDLE * placed.style.size)
        drawn.append((letters.rgba, _sung(x, y, word, placed.page.end)))
    return drawn


def _sung(x: float, y: float, word: PlacedWord, until: float) -> Motion:
    length = max(min(word.word.end, word.until) - word.word.start, 0.05)

    def moves(t: float) -> Placement | None:
        if not word.word.start <= t < until:
            return None
        return Placement(x, y, shown=(0.0, 0.0, min((t - word.word.start) / length, 1.0), 1.0))

    return moves


def _pop(placed: PlacedPage, palette: Palette, grid: Grid) -> Drawn:
    fill, stroke = _outline_colors(palette)
    style, page = placed.style, placed.page
    lively = motion.CHARACTERS["lively"]
    drawn: Drawn = []
    for word in placed.words:
        look = {"stroke": 0.095 * style.size, "stroke_color": stroke}
        said = text_line(word.text, style, palette.marker, **look)  # type: ignore[arg-type]
        x, y = said.center(word.left, word.middle + MIDDLE * style.size)
        drawn.append((said.rgba, _popped(x, y, word.word.start, word.until, lively)))
        drawn.append(_letters(word, style, fill, word.until, page.end, **look))
    return drawn


def _popped(x: float, y: float, since: float, until: float, character: motion.Character) -> Motion:
    def moves(t: float) -> Placement | None:
        if not since <= t < until:
            return None
        return Placement(x, y, scale=0.62 + 0.38 * motion.spring(t - since + 1 / 60, character))

    return moves


def _bar(placed: PlacedPage, palette: Palette, grid: Grid) -> Drawn:
    page, style = placed.page, placed.style
    shadow = Shadow(NIGHT, 0.28, max(12 * grid.unit, 0.6), 6 * grid.unit)
    drawn: Drawn = []
    for left, right, middle in placed.lines:
        rgba = card(
            round(right - left + 0.76 * style.size), round(1.3 * style.size), 0.16 * style.size, palette.marker, 1.0,
            shadow=shadow,
        )  # fmt: skip
        drawn.append(
            (rgba, motion.still(round((left + right) / 2), round(middle), since=page.start, until=page.end))
        )
    return [*drawn, *_whole(placed, palette.on_marker), *_marked(placed, palette.on_marker, palette.marker)]


_STYLES = {"pill": _pill, "outline": _outline, "karaoke": _karaoke, "pop": _pop, "bar": _bar}
