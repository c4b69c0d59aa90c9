"""Where lines break: between words, never before a closing mark or after an opening one, and evenly.

Chinese words come from jieba, so that no word is torn; a Latin word or number is never split.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from generation.language.words import segment_zh
from generation.media.scenes.typography import TextStyle, shape, width

CLOSING = frozenset("，。、：；！？）》〉」』】〕”’…—～％%,.:;!?)]}·°℃")
OPENING = frozenset("（《〈「『【〔“‘([{#￥$¥")
CLINGING = frozenset("的了吗呢吧啊着过们么呀哦嘛地得里上下中后前内外")  # a line should not begin with one
LEADING = frozenset(
    "最很太更不没别只就也都还再又才每第这那真好多几一两"
)  # a line should not end with one alone
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.,:/&+\-]*[A-Za-z0-9%°+]|[A-Za-z0-9]|\s+|[^A-Za-z0-9\s]+")
_LATIN = re.compile(r"[A-Za-z0-9]")
_PAUSE = frozenset("，。、：；！？,.:;!?…—")


@dataclass(frozen=True)
class TextBlock:
    """Broken text at its fitted size: ``lines`` in order, ``style.size`` in pixels."""

    lines: tuple[str, ...]
    style: TextStyle

    @property
    def widths(self) -> tuple[float, ...]:
        return tuple(width(line, self.style) for line in self.lines)


@lru_cache(maxsize=2048)
def unbreakable(text: str) -> tuple[str, ...]:
    """The parts of ``text`` that stay on one line each, spaces kept at the end of a part; joined they are the text."""
    words: list[str] = []
    for part in _PART.findall(text):
        if part.isspace() or _LATIN.match(part):
            words.append(part)
        else:
            words += [word for word in segment_zh(part) if word]
    return tuple(_glued(words))


def _glued(words: Sequence[str]) -> list[str]:
    parts: list[str] = []
    for word in words:
        before = parts[-1] if parts else ""
        tail = before.rstrip()[-1:]
        spaced = before != before.rstrip()
        joins = (
            word.isspace()
            or word[0] in CLOSING
            or tail in OPENING
            or (not spaced and word in CLINGING and not _ends_clause(before))
            or (not spaced and tail.isdigit() and not _LATIN.match(word) and len(word) <= 2)
            or (
                not spaced
                and tail != ""
                and _LATIN.match(tail) is not None
                and _LATIN.match(word) is not None
            )
            or (before in LEADING and not _LATIN.match(word))
            or word[0] in "\ufe0f\u200d\u20e3"
            or "\U0001f3fb" <= word[0] <= "\U0001f3ff"  # a skin tone belongs to the hand before it
            or before.endswith("\u200d")
        )
        if parts and joins:
            parts[-1] += word
        else:
            parts.append(word)
    return parts


def _ends_clause(part: str) -> bool:
    return bool(part) and part.rstrip()[-1:] in _PAUSE


def break_evenly(parts: Sequence[str], lines: int, *, weight: int, family: str) -> tuple[str, ...] | None:
    """``parts`` in exactly ``lines`` lines of like width, preferring to break after a pause; ``None`` if too few."""
    count = len(parts)
    if lines > count:
        return None
    advances = [shape(part, weight=weight, family=family).advance for part in parts]
    trailing = [shape(part.rstrip(), weight=weight, family=family).advance for part in parts]
    ideal = sum(advances) / lines
    sums = [0.0]
    for advance in advances:
        sums.append(sums[-1] + advance)

    def cost(start: int, stop: int) -> float:
        line = sums[stop - 1] - sums[start] + trailing[stop - 1]
        uneven = ((line - ideal) / max(ideal, 1e-6)) ** 2
        if stop == count:
            return uneven
        return uneven - (0.12 if _ends_clause(parts[stop - 1]) else 0.0)

    best: list[list[tuple[float, int]]] = [[(0.0, 0)] + [(float("inf"), 0)] * count]
    for _ in range(lines):
        row = [(float("inf"), 0)]
        for stop in range(1, count + 1):
            row.append(
                min(
                    (best[-1][start][0] + cost(start, stop), start)
                    for start in range(stop)
                    if start <= stop - 1
                )
            )
        best.append(row)
    stops, stop = [], count
    for line in range(lines, 0, -1):
        stops.append(stop)
        stop = best[line][stop][1]
    edges = [0, *reversed(stops)]
    return tuple("".join(parts[a:b]).strip() for a, b in pairwise(edges))


@lru_cache(maxsize=1024)
def fit_text(
    text: str,
    *,
    max_width: float,
    max_height: float,
    max_size: float,
    max_lines: int = 3,
    weight: int = 900,
    family: str = "sans",
    tracking: float = 0.0,
    leading: float = 1.22,
) -> TextBlock:
    """``text`` broken so that it stands as large as ``max_width`` × ``max_height`` and ``max_size`` allow.

    Fewer lines win unless one more makes the letters at least a tenth larger. Sizes are whole pixels.
    """
    parts = unbreakable(" ".join(text.split()))
    style = TextStyle(max_size, weight, family, tracking)
    best: tuple[float, tuple[str, ...]] | None = None
    for lines in range(1, max_lines + 1):
        broken = break_evenly(parts, lines, weight=weight, family=family)
        if broken is None:
            break
        widest = max(width(line, style.at(1.0)) for line in broken)
        size = min(max_size, max_width / max(widest, 1e-6), max_height / (leading * lines))
        if best is None or size > best[0] * 1.1:
            best = (size, broken)
    if best is None:
        return TextBlock((), style)
    return TextBlock(best[1], style.at(float(max(int(best[0]), 1))))


def wrap_text(text: str, style: TextStyle, max_width: float) -> tuple[str, ...]:
    """``text`` in as few lines as ``max_width`` allows at the given style, then evened out.

    A single part wider than the line stands alone on it: nothing is ever split.
    """
    parts = unbreakable(" ".join(text.split()))
    for lines in range(1, len(parts) + 1):
        broken = break_evenly(parts, lines, weight=style.weight, family=style.family)
        if broken is not None and all(width(line, style) <= max_width for line in broken):
            return broken
    return tuple(part.strip() for part in parts)
