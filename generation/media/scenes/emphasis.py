"""Which word of a line is the one to mark: a number, the word that chose the picture, or the longest that means much."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generation.language.hanzi import HANZI_CLASS
from generation.media.scenes.line_breaks import CLOSING, LEADING, OPENING, unbreakable

_UNITS = (
    "小时|分钟|秒钟|厘米|毫米|公里|千米|公斤|千克|毫克|毫升|平方|英寸|摄氏度|个月|星期|点钟|美元"
    f"|[{HANZI_CLASS}]"
)
# a number with its sign, then a percentage or degree, or its Chinese unit, or a short Latin word as its unit
_NUMBER = re.compile(rf"[$￥¥]?\d[\d.,:]*(?:\s?(?:%|％|°C|℃)|{_UNITS}|\s?[A-Za-z]{{1,8}}(?![A-Za-z]))?")

# words that carry little on their own
_WEAK_EN = """
the and for with your you are was were not but has have had this that what when why how who from into than then them
they its it's can can't will won't don't does did one ever every before after about over under more most less make makes
get gets got too very just only even still out off our his her always never without
"""
_WEAK_ZH = (
    "什么 怎么 为什么 这个 那个 我们 你们 他们 可以 没有 不是 就是 一个 还是 已经 自己 所以 因为 如果 真的"
)
_WEAK = frozenset(f"{_WEAK_EN} {_WEAK_ZH}".split())
_TRIM = "".join(CLOSING - {"%", "％", "°", "℃"}) + "".join(OPENING) + " "


def marked_word(line: str, language: str, hints: Iterable[str] = ()) -> str:
    """The part of ``line`` to mark, or "" when no word stands out; it is never much more than half of the line."""
    limit = max(len(line) * 0.55, 2)
    number = _NUMBER.search(line)
    if number is not None:
        found = number.group().rstrip("的了" + _TRIM)
        if len(found) <= max(len(line) * 0.65, 2):
            return found
        return re.match(rf"[^A-Za-z{HANZI_CLASS}\s]+", found).group()  # type: ignore[union-attr]  # it begins with its digits
    for hint in sorted((h for h in hints if len(h) > 1), key=len, reverse=True):
        found = _whole_word(line, hint)
        if found and len(found) <= limit:
            return found
    words = [part.strip(_TRIM) for part in unbreakable(line)]
    if language == "zh":
        good = [w.rstrip("的了吗呢吧啊着过").lstrip("".join(LEADING)) for w in words]
        good = [w for w in good if len(w) >= 2 and w not in _WEAK and len(w) <= limit and w in line]
    else:
        good = [w for w in words if len(w) >= 4 and w.lower() not in _WEAK and len(w) <= limit]
    return max(good, key=lambda w: (min(len(w), 8), line.rfind(w)), default="")


def _whole_word(line: str, hint: str) -> str:
    """``hint`` as it stands in ``line``, drawn out to the Latin word it begins; "" when it is not there."""
    pattern = re.escape(hint)
    if hint[0].isascii():
        pattern = rf"(?<![A-Za-z]){pattern}[A-Za-z]*"
    found = re.search(pattern, line, re.IGNORECASE)
    return found.group() if found else ""
