"""Which keywords stand in a text: Chinese by substring judged against jieba's word borders, English by stems.

A keyword that another, longer keyword covers does not count: 火车 is no 火 and no 车.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from generation.language.hanzi import HANZI
from generation.language.stems import stem
from generation.language.stop_words import STOP_EN, STOP_ZH
from generation.language.words import commonness_zh, latin_words, segment_zh, segment_zh_with_unknown

_LONGEST_ZH = 8  # hanzi
_LONGEST_EN = 5  # words


@dataclass(frozen=True)
class KeywordMatch:
    """A keyword found at ``[start, end)`` of the text; ``fit`` in (0, 1] says how surely it is a word there."""

    keyword: str
    start: int
    end: int
    fit: float


class KeywordIndex:
    """Finds the keywords of one language in texts; ``keywords`` are lower-case."""

    def __init__(self, keywords: Iterable[str]) -> None:
        self._zh: set[str] = set()
        self._en: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for keyword in keywords:
            if HANZI.search(keyword):
                self._zh.add(keyword)
            else:
                words = [word for word, _, _ in latin_words(keyword)]
                if not all(word in STOP_EN for word in words):
                    stems = tuple(stem(word) for word in words)
                    self._en[stems].append(keyword)

    def find(self, text: str) -> list[KeywordMatch]:
        """The keywords of ``text``, in the order of the text; where two overlap, the longer one."""
        found = self._find_zh(text.lower()) + self._find_en(text)
        kept: list[KeywordMatch] = []
        spans: set[tuple[int, int]] = set()
        # 1 where a kept span lies: kept ones are apart or the same, so one look says whether another lies in the way
        covered = bytearray(max((one.end for one in found), default=0))
        for one in sorted(found, key=lambda f: (-(f.end - f.start) * f.fit, f.start)):
            span = (one.start, one.end)
            if span in spans or covered.find(1, *span) < 0:
                kept.append(one)
                spans.add(span)
                covered[one.start : one.end] = b"\1" * (one.end - one.start)
        return sorted(kept, key=lambda f: f.start)

    def _find_zh(self, text: str) -> list[KeywordMatch]:
        found = []
        for start, end, fit in _zh_spans(text):
            keyword = text[start:end]
            if keyword in self._zh and keyword not in STOP_ZH:
                found.append(KeywordMatch(keyword, start, end, fit))
        return found

    def _find_en(self, text: str) -> list[KeywordMatch]:
        parts = latin_words(text)
        stems = [stem(part) for part, _, _ in parts]
        found = []
        for i in range(len(parts)):
            for n in range(1, min(_LONGEST_EN, len(parts) - i) + 1):
                for keyword in self._en.get(tuple(stems[i : i + n]), ()):
                    if n == 1 and parts[i][0] in STOP_EN:
                        continue
                    said = " ".join(part for part, _, _ in parts[i : i + n])
                    found.append(
                        KeywordMatch(
                            keyword,
                            parts[i][1],
                            parts[i + n - 1][2],
                            1.0 if said == keyword else 0.95,
                        )
                    )
        return found


def _zh_spans(text: str) -> list[tuple[int, int, float]]:
    """(start, end, fit) of every span that could be a word: fit is 1 on jieba's borders, less inside or across them."""
    borders = {0}
    tokens: dict[int, tuple[int, int]] = {}
    start = 0
    for token in segment_zh(text):
        end = start + len(token)
        tokens.update((at, (start, end)) for at in range(start, end))
        borders.add(end)
        start = end
    inner = _inside_unknown(text)
    spans = []
    for start in range(len(text)):
        for end in range(start + 1, min(start + _LONGEST_ZH, len(text)) + 1):
            fit = 0.0 if end == start + 1 and start in inner else _fit(start, end, borders, tokens)
            spans.append((start, end, fit))
    return [span for span in spans if span[2] > 0]


def _inside_unknown(text: str) -> set[int]:
    """Places of hanzi that belong to a longer word, also to a name that no dictionary holds: the 卡 of 卡皮巴拉."""
    inside: set[int] = set()
    start = 0
    for token in segment_zh_with_unknown(text):
        if len(token) > 1 and commonness_zh(token) == 0:
            inside.update(range(start, start + len(token)))
        start += len(token)
    return inside


def _fit(start: int, end: int, borders: set[int], tokens: dict[int, tuple[int, int]]) -> float:
    size = end - start
    if start in borders and end in borders:
        return 1.0 if size > 1 else 0.9  # a single hanzi has many senses
    token_start, token_end = tokens[start]
    if end <= token_end:  # inside one token: Chinese words carry their head at the end (红酒 is a 酒)
        if size >= 2:
            return 0.85 if end == token_end else 0.7
        return 0.45 if end == token_end and token_end - token_start == 2 else 0.0
    return 0.6 if size >= 3 else 0.3 if size == 2 else 0.0
