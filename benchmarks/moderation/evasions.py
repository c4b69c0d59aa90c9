"""Eight ways to write past a filter, made otherwise than those that the classifier was trained on.

| kind | here | seen in training |
|---|---|---|
| word swap | the two hanzi of a word change places | never |
| traditional | OpenCC phrases for Hong Kong (s2hk) | one character for one, OpenCC's reverse table |
| emoji | the emoji whose own Chinese name or tag (emojibase) is the character or sounds like it | never |
| split | the last way of the table to take a character apart | any way of the same table |
| look-alike | the most similar glyph of Noto Sans CJK among everyday characters | never |
| homophone | the most usual other character of the same reading and tone | a random one of a near sound |
| initials | first letters of the reading in its phrase, upper case | lower case, character by character |
| full pinyin | the reading in its phrase, joined by word | character by character, with and without spaces |

Who evades hides what offends: in each text, harmless ones too, the three pairs of hanzi that a count over the training
texts finds most offensive are rewritten. ``whole_pinyin`` beside them writes every hanzi of the text in pinyin.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from generation.assets import asset_path
from generation.language.hanzi import HANZI_RUN

PAIRS = 3
EVERYDAY = 3500


class Attacker:
    """Knows the training texts, as whoever tries what passes would; rewrites the worst pairs of a text."""

    def __init__(self, texts: Sequence[str], labels: Sequence[int]) -> None:
        bad: Counter[str] = Counter()
        good: Counter[str] = Counter()
        letters: Counter[str] = Counter()
        for text, label in zip(texts, labels, strict=True):
            for run in HANZI_RUN.findall(text):
                letters.update(run)
                (bad if label else good).update({run[i : i + 2] for i in range(len(run) - 1)})
        total_bad, total_good = sum(bad.values()), sum(good.values())
        self._odds = {
            pair: float(np.log((bad[pair] + 1) / total_bad) - np.log((good[pair] + 1) / total_good))
            for pair in bad
            if bad[pair] >= 3
        }
        self.everyday = [one for one, _ in letters.most_common(EVERYDAY)]

    def rewritten(self, text: str, kind: Callable[[str], str]) -> str:
        """``text`` with its worst pairs in ``kind``."""
        places = [
            (self._odds.get(text[i : i + 2], -9.0), i)
            for run in HANZI_RUN.finditer(text)
            for i in range(run.start(), run.end() - 1)
        ]
        taken: list[int] = []
        for _, place in sorted(places, key=lambda one: (-one[0], one[1])):
            if len(taken) < PAIRS and all(abs(place - other) >= 2 for other in taken):
                taken.append(place)
        for place in sorted(taken, reverse=True):
            text = text[:place] + kind(text[place : place + 2]) + text[place + 2 :]
        return text


def kinds(attacker: Attacker) -> dict[str, Callable[[str], str]]:
    """The eight, by name, each rewriting a short word."""
    from generation.language.evasion.parts import ways_apart

    usual = attacker.everyday
    same_sound = _by_toned_reading(tuple(usual))
    looks = _look_alikes(tuple(usual))
    emoji = _emoji()

    def each(replacement: Callable[[str], str]) -> Callable[[str], str]:
        return lambda word: "".join(replacement(one) for one in word)

    def apart(one: str) -> str:
        ways = [way for way in ways_apart().get(one, []) if 2 <= len(way) <= 4]
        return "".join(ways[-1]) if ways else one

    def other(one: str) -> str:
        return next((found for found in same_sound.get(_toned(one), []) if found != one), one)

    return {
        "word_swap": lambda word: word[::-1],
        "traditional": _traditional,
        "emoji": each(lambda one: emoji.get(one) or emoji.get(_toned(one)) or one),
        "split": each(apart),
        "look_alike": each(lambda one: looks.get(one, one)),
        "homophone": each(other),
        "initials": lambda word: "".join(_reading(word, first=True)).upper(),
        "full_pinyin": lambda word: "".join(_reading(word)),
    }


def whole_pinyin(text: str) -> str:
    return HANZI_RUN.sub(lambda run: " ".join(_reading(run.group())), text)


def _reading(word: str, *, first: bool = False) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    return list(lazy_pinyin(word, style=Style.FIRST_LETTER if first else Style.NORMAL))


@cache
def _toned(one: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return str(lazy_pinyin(one, style=Style.TONE3)[0])


@cache
def _by_toned_reading(usual: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in usual:
        found.setdefault(_toned(one), []).append(one)
    return found


@cache
def _converter() -> object:
    import opencc

    return opencc.OpenCC("s2hk")


def _traditional(word: str) -> str:
    return str(_converter().convert(word))  # type: ignore[attr-defined]


@cache
def _emoji() -> dict[str, str]:
    """One hanzi, or its toned reading, → the first emoji that is named or tagged so."""
    told = json.loads(asset_path("pictures/emojibase.zh.json").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for entry in told:
        sign = entry.get("emoji") or entry.get("unicode") or ""
        for name in (entry.get("label", ""), *entry.get("tags", ())):
            if len(name) == 1 and HANZI_RUN.match(name):
                found.setdefault(name, sign)
                found.setdefault(_toned(name), sign)
    return found


@cache
def _look_alikes(usual: tuple[str, ...]) -> dict[str, str]:
    """Each everyday character → the one whose glyph at 32 pixels is nearest to its own."""
    font = ImageFont.truetype(str(asset_path("fonts/NotoSansCJK-VF.otf.ttc")), 30, index=2)
    glyphs = np.stack([_glyph(one, font) for one in usual])
    glyphs /= np.linalg.norm(glyphs, axis=1, keepdims=True) + 1e-6
    near: dict[str, str] = {}
    for start in range(0, len(usual), 500):
        like = glyphs[start : start + 500] @ glyphs.T
        like[np.arange(len(like)), start + np.arange(len(like))] = -1
        for row, place in enumerate(like.argmax(axis=1)):
            near[usual[start + row]] = usual[int(place)]
    return near


def _glyph(one: str, font: ImageFont.FreeTypeFont) -> NDArray[np.float32]:
    picture = Image.new("L", (34, 40))
    ImageDraw.Draw(picture).text((2, 0), one, fill=255, font=font)
    return np.asarray(picture.resize((17, 20), Image.Resampling.BOX), np.float32).ravel()
