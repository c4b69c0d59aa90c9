"""Where lines break: between words, never before a closing mark or after an opening one, and evenly.

Chinese words come from jieba, so that no word is torn; a Latin word or number is split only where it would have to be set
smaller than can be read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
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
_JOINTS = "/.-_?&=:@#+,"  # an address may be split behind them
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


def pieces(word: str, *, most_em: float, weight: int, family: str = "sans") -> tuple[str, ...]:
    """``word`` in as few pieces as are at most ``most_em`` wide each; letters that go on get a hyphen, an address its mark.

    A word that fits is its only piece. One that cannot be divided so far is cut letter by letter.
    """

    def advance(text: str) -> float:
        return shape(text.strip(), weight=weight, family=family).advance

    if advance(word) <= most_em:
        return (word,)
    whole = [at for at in range(1, len(word)) if not _is_inside_emoji(word, at)]
    for places in ([at for at in whole if word[at] not in CLOSING - set(_JOINTS)], whole):
        for count in range(math.ceil(advance(word) / most_em), len(places) + 2):
            cuts = sorted({_near(word, round(len(word) * i / count), places) for i in range(1, count)})
            edges = [0, *cuts, len(word)]
            made = [word[a:b] + ("-" if _goes_on(word, b) else "") for a, b in pairwise(edges)]
            if all(advance(piece) <= most_em for piece in made):
                return tuple(made)
    return tuple(word[a:b] for a, b in pairwise([0, *whole, len(word)]))


def _is_inside_emoji(word: str, at: int) -> bool:
    after = word[at]
    return after in "\ufe0f\u200d\u20e3 " or "\U0001f3fb" <= after <= "\U0001f3ff" or word[at - 1] == "\u200d"


def _near(word: str, ideal: int, places: Sequence[int]) -> int:
    """The place to split nearest to ``ideal``: behind a mark of an address, else where a syllable seems to end."""

    def cost(at: int) -> float:
        before, after = word[at - 1].lower(), word[at : at + 1].lower()
        kind = -4.0 if before in _JOINTS else -1.0 if before in "aeiouy" and after not in "aeiouy" else 0.0
        return abs(at - ideal) + kind

    return min(places, key=cost)


def _goes_on(word: str, at: int) -> bool:
    """Whether letters of an alphabet stand on both sides of a split."""
    return 0 < at < len(word) and all(
        letter.isalpha() and letter.isascii() for letter in word[at - 1 : at + 1]
    )


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
    least_size: float = 0.0,
) -> TextBlock:
    """``text`` broken so that it stands as large as ``max_width`` × ``max_height`` and ``max_size`` allow.

    Fewer lines win unless one more makes the letters at least a tenth larger. Sizes are whole pixels. Where letters would
    be smaller than ``least_size``, long words are split, lines added as the height allows (not to a single one), and last
    the end of the text gives way to an ellipsis.
    """
    parts = unbreakable(" ".join(text.split()))
    style = TextStyle(max_size, weight, family, tracking)
    least = min(least_size, max_size)

    def fitted(parts: Sequence[str], most: int) -> tuple[float, tuple[str, ...]] | None:
        best: tuple[float, tuple[str, ...]] | None = None
        for lines in range(1, most + 1):
            broken = break_evenly(parts, lines, weight=weight, family=family)
            if broken is None:
                break
            widest = max(width(line, style.at(1.0)) for line in broken)
            size = min(max_size, max_width / max(widest, 1e-6), max_height / (leading * lines))
            if best is None or size > best[0] * 1.1:
                best = (size, broken)
        return best

    best = fitted(parts, max_lines)
    if best is None:
        return TextBlock((), style)
    if best[0] < least:
        most = max_lines if max_lines == 1 else max(max_lines, int(max_height / (leading * least)))
        em = max_width / least - tracking * len(text)
        if most > 1:
            split = [pieces(part, most_em=em, weight=weight, family=family) for part in parts]
            parts = tuple(piece for some in split for piece in some)
        best = fitted(parts, most) or best
        if best[0] < least:
            best = _ended(parts, lambda some: fitted(some, most), least) or best
    return TextBlock(best[1], style.at(float(max(int(best[0]), 1))))


def _ended(
    parts: Sequence[str],
    fitted: Callable[[Sequence[str]], tuple[float, tuple[str, ...]] | None],
    least: float,
) -> tuple[float, tuple[str, ...]] | None:
    """As much of the beginning as stands at ``least``, with an ellipsis; letter by letter when not even one part does."""
    for whole in (parts, "".join(parts)):
        low, high = 1, len(whole) - 1
        best = None
        while low <= high:
            middle = (low + high) // 2
            text = "".join(whole[:middle]).rstrip(" -，、,：:；;.") + "…"
            found = fitted(unbreakable(text))
            if found is not None and found[0] >= least:
                best, low = found, middle + 1
            else:
                high = middle - 1
        if best is not None:
            return best
    return None


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
