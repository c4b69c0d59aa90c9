"""Text as shaped glyphs: HarfBuzz decides which and where, Skia draws their outlines, emoji come from the drawings.

Shaping is done in font units once per text and weight; a size is only a factor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import skia
import uharfbuzz

from generation.assets import asset_path
from generation.errors import PictureUnknown
from generation.media.pictures import rasterize

# family → (file, face in the collection, design axis for weight)
FAMILIES = {
    "sans": ("fonts/NotoSansCJK-VF.otf.ttc", 2, True),  # face 2 holds the mainland forms
    "play": ("fonts/ZCOOLKuaiLe-Regular.ttf", 0, False),
}
HALVED = "，。、：；！？）》」』】”’（《「『【“‘…"  # full-width marks with an empty half
IGNORED = "\ufe0e\ufe0f\u200d\u200b\u2060\ufeff"  # selectors and joiners: nothing to draw of their own
EMOJI_SET = "noto"
EMOJI_ADVANCE, EMOJI_SIZE = 1.16, 1.06  # em
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")


@dataclass(frozen=True)
class TextStyle:
    """``size`` is the em in pixels, ``weight`` 100–900, ``tracking`` extra space per glyph in em."""

    size: float
    weight: int = 900
    family: str = "sans"
    tracking: float = 0.0

    def at(self, size: float) -> TextStyle:
        return TextStyle(size, self.weight, self.family, self.tracking)


@dataclass(frozen=True, eq=False)
class Face:
    typeface: skia.Typeface
    shaper: uharfbuzz.Font
    characters: frozenset[int]
    units: int


@dataclass(frozen=True)
class Run:
    """Glyphs of one face, or one emoji (``emoji`` is its drawing's name); positions and advance in em."""

    family: str
    glyphs: tuple[int, ...]
    xs: tuple[float, ...]
    emoji: str = ""


@dataclass(frozen=True)
class ShapedLine:
    """``advance``, ``ink`` (left, right) are in em from the pen's start."""

    runs: tuple[Run, ...]
    advance: float
    ink: tuple[float, float]


@lru_cache(maxsize=32)
def face(family: str, weight: int) -> Face:
    """One font at one weight. Raises ``AssetMissing`` when set-up has not put the file in place."""
    file, index, variable = FAMILIES[family]
    path = asset_path(file)
    # of no other manager: the usual one reads the machine's list of fonts first, and tells its mistakes on the screen
    typeface = skia.FontMgr.New_Custom_Empty().makeFromFile(str(path), index)
    shaping = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), index)
    shaper = uharfbuzz.Font(shaping)
    if variable:
        axis = skia.FontArguments.VariationPosition.Coordinate(0x77676874, float(weight))  # 'wght'
        coordinates = skia.FontArguments.VariationPosition.Coordinates([axis])
        arguments = skia.FontArguments()
        arguments.setCollectionIndex(index)
        arguments.setVariationDesignPosition(skia.FontArguments.VariationPosition(coordinates))
        typeface = typeface.makeClone(arguments)
        shaper.set_variations({"wght": float(weight)})
    return Face(typeface, shaper, frozenset(shaping.unicodes), shaping.upem)


@lru_cache(maxsize=1)
def _emoji_names() -> dict[str, str]:
    """Characters without selectors → name in the emoji set."""
    table = json.loads(asset_path(f"pictures/{EMOJI_SET}.chars.json").read_text(encoding="utf-8"))
    return {
        _plain("".join(chr(int(part, 16)) for part in key.split("-"))): name for key, name in table.items()
    }


def _plain(text: str) -> str:
    return text.replace("\ufe0f", "").replace("\ufe0e", "")


@lru_cache(maxsize=512)
def _drawable(name: str) -> bool:
    try:
        rasterize(name, EMOJI_SET, 16)
    except PictureUnknown:
        return False
    return True


def _emoji_at(text: str, start: int) -> tuple[str, int]:
    """(drawing's name, where it ends) of the longest emoji at ``start``, or ("", start)."""
    names = _emoji_names()
    for end in range(min(len(text), start + 12), start, -1):
        if end < len(text) and text[end] in "\ufe0f\u200d" and end - start > 1:
            continue  # a sequence that goes on is one emoji, not its first part
        part = _plain(text[start:end])
        for candidate in (part, _SKIN.sub("", part)):
            name = names.get(candidate, "")
            if name and _drawable(name):
                return name, end
    return "", start


def _spans(text: str, family: str) -> Iterator[tuple[str, str]]:
    """(family, text) spans in order; an emoji is ("emoji", name), what nobody can draw is ("missing", character)."""
    order = [family] if family == "sans" else [family, "sans"]
    held, held_family, position = "", "", 0
    while position < len(text):
        character = text[position]
        if character in IGNORED:
            position += 1
            continue
        follows = text[position + 1 : position + 2]
        found = next((f for f in order if ord(character) in face(f, 900).characters), "")
        if character == " " and held_family in order:
            found = held_family
        name, end = ("", position)
        if not found or follows in ("\ufe0f", "\u20e3", "\u200d"):
            name, end = _emoji_at(text, position)
        this = "emoji" if name else found or "missing"
        if held and (this != held_family or this in ("emoji", "missing")):
            yield held_family, held
            held = ""
        held_family = this
        held += name or character
        position = end if name else position + 1
    if held:
        yield held_family, held


def missing_glyphs(text: str, family: str = "sans") -> list[str]:
    """The characters of ``text`` that neither the fonts nor the drawings can show, in order, without repeats."""
    missing = [part for kind, part in _spans(text, family) if kind == "missing" and not part.isspace()]
    return list(dict.fromkeys(missing))


@lru_cache(maxsize=4096)
def shape(text: str, *, weight: int = 900, family: str = "sans", tracking: float = 0.0) -> ShapedLine:
    """One line of text as positioned glyphs, in em."""
    runs: list[Run] = []
    pen, left, right = 0.0, float("inf"), 0.0
    for kind, part in _spans(text, family):
        if kind == "emoji":
            runs.append(Run("emoji", (), (pen,), part))
            left, right = min(left, pen), max(right, pen + EMOJI_ADVANCE)
            pen += EMOJI_ADVANCE
            continue
        used = face(kind if kind != "missing" else "sans", weight)
        glyphs, xs, advance, ink = _shape_run(part, used, tracking)
        runs.append(Run(kind if kind != "missing" else "sans", glyphs, tuple(pen + x for x in xs)))
        if ink[1] > ink[0]:
            left, right = min(left, pen + ink[0]), max(right, pen + ink[1])
        pen += advance
    return ShapedLine(tuple(runs), pen, (min(left, right), right))


def _shape_run(
    text: str, used: Face, tracking: float
) -> tuple[tuple[int, ...], tuple[float, ...], float, tuple[float, float]]:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    # of two marks in a row the first gives up its empty half, as typesetters do
    halved = [[i, i + 1, True] for i in range(len(text) - 1) if text[i] in HALVED and text[i + 1] in HALVED]
    features: dict[str, object] = {"kern": True, "liga": True}
    if halved:
        features["halt"] = halved
    uharfbuzz.shape(used.shaper, buffer, features)
    glyphs, xs, pen = [], [], 0.0
    left, right = float("inf"), float("-inf")
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append(info.codepoint)
        xs.append((pen + place.x_offset) / used.units)
        extents = used.shaper.get_glyph_extents(info.codepoint)
        if extents is not None and extents.width:
            edge = pen + place.x_offset + extents.x_bearing
            left, right = min(left, edge), max(right, edge + extents.width)
        pen += place.x_advance + tracking * used.units
    return tuple(glyphs), tuple(xs), pen / used.units, (left / used.units, right / used.units)


def width(text: str, style: TextStyle) -> float:
    """Advance of one line in pixels."""
    line = shape(text, weight=style.weight, family=style.family, tracking=style.tracking)
    return line.advance * style.size


def draw_text(
    canvas: skia.Canvas, line: ShapedLine, x: float, baseline: float, style: TextStyle, paint: skia.Paint
) -> None:
    """Draw ``line`` with its pen starting at ``x``; emoji keep their own colors and take the fill pass only."""
    for run in line.runs:
        if run.emoji:
            if paint.getStyle() == skia.Paint.kFill_Style:
                _draw_emoji(canvas, run, x, baseline, style, paint)
            continue
        font = skia.Font(face(run.family, style.weight).typeface, style.size)
        font.setEdging(skia.Font.Edging.kAntiAlias)
        font.setSubpixel(True)
        font.setHinting(skia.FontHinting.kNone)
        builder = skia.TextBlobBuilder()
        builder.allocRunPosH(font, list(run.glyphs), [x + at * style.size for at in run.xs], baseline)
        canvas.drawTextBlob(builder.make(), 0, 0, paint)


def _draw_emoji(
    canvas: skia.Canvas, run: Run, x: float, baseline: float, style: TextStyle, paint: skia.Paint
) -> None:
    side = max(round(style.size * EMOJI_SIZE), 4)
    image = skia.Image.fromarray(np.array(rasterize(run.emoji, EMOJI_SET, side)), skia.kRGBA_8888_ColorType)
    inset = (EMOJI_ADVANCE * style.size - side) / 2
    place = (x + run.xs[0] * style.size + inset, baseline - 0.88 * style.size)
    canvas.drawImage(
        image, *place, skia.SamplingOptions(skia.FilterMode.kLinear), skia.Paint(Alphaf=paint.getAlphaf())
    )
