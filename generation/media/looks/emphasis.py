"""Which word of a line is the one to mark: a number, the word that chose the picture, or the longest that means much."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generation.media.looks.linebreaking import CLOSING, OPENING, unbreakable

_NUMBER = re.compile(r"[$￥¥]?\d[\d.,:]*\s?(?:%|％|°C|℃)?[^\W\d_]?")
_WEAK = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "your",
        "you",
        "are",
        "was",
        "were",
        "not",
        "but",
        "has",
        "have",
        "had",
        "this",
        "that",
        "what",
        "when",
        "why",
        "how",
        "who",
        "from",
        "into",
        "than",
        "then",
        "them",
        "they",
        "its",
        "it's",
        "can",
        "can't",
        "will",
        "won't",
        "don't",
        "does",
        "did",
        "one",
        "ever",
        "every",
        "before",
        "after",
        "about",
        "over",
        "under",
        "more",
        "most",
        "less",
        "make",
        "makes",
        "get",
        "gets",
        "got",
        "too",
        "very",
        "just",
        "only",
        "even",
        "still",
        "out",
        "off",
        "up",
        "our",
        "his",
        "her",
        "always",
        "never",
        "without",
    ]
)
_WEAK_ZH = frozenset(
    [
        "什么",
        "怎么",
        "为什么",
        "这个",
        "那个",
        "我们",
        "你们",
        "他们",
        "可以",
        "没有",
        "不是",
        "就是",
        "一个",
        "还是",
        "已经",
        "自己",
        "所以",
        "因为",
        "如果",
        "真的",
    ]
)
_TRIM = "".join(CLOSING - {"%", "％", "°", "℃"}) + "".join(OPENING) + " "


def marked_word(line: str, language: str, hints: Iterable[str] = ()) -> str:
    """The part of ``line`` to mark, or "" when no word stands out; it is never more than half of the line."""
    limit = max(len(line) * 0.55, 2)
    number = _NUMBER.search(line)
    if number and len(number.group().strip(_TRIM)) <= limit:
        return _number_with_unit(line, number, language)
    for hint in sorted((h for h in hints if h), key=len, reverse=True):
        at = line.lower().find(hint.lower())
        if at >= 0 and 1 < len(hint) <= limit:
            return line[at : at + len(hint)]
    words = [part.strip(_TRIM) for part in unbreakable(line)]
    if language == "zh":
        good = [w.rstrip("的了吗呢吧啊着过") for w in words]
        good = [w for w in good if len(w) >= 2 and w not in _WEAK_ZH and len(w) <= limit and w in line]
    else:
        good = [w for w in words if len(w) >= 4 and w.lower() not in _WEAK and len(w) <= limit]
    return max(good, key=lambda w: (min(len(w), 8), line.rfind(w)), default="")


def _number_with_unit(line: str, number: re.Match[str], language: str) -> str:
    found = number.group()
    if language == "en" and found[-1].isalpha():  # the letter begins a word: take the number alone
        rest = line[number.end() - 1 :]
        unit = re.match(r"[A-Za-z]+", rest)
        if unit and len(unit.group()) > 2:
            found = found[:-1]
    return found.strip(_TRIM)
