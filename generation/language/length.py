"""How long a text is to a listener: in hanzi or words, numbers as long as they are said ("13.6%" is seven syllables)."""

from __future__ import annotations

import re
from functools import lru_cache

from generation.language.hanzi import HANZI
from generation.language.numerals import chinese, english

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:%|年)?")
_LONGEST = 12  # digits; what is longer is read digit by digit


def length(text: str, language: str) -> int:
    """Length as a listener feels it: hanzi (Latin words count two) in zh, words in en."""
    if language == "en":
        return len(text.split())
    return len(HANZI.findall(text)) + 2 * len(re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", text))


def spoken_length(text: str, language: str) -> int:
    """``length`` in hanzi or words, with each number as long as it is said."""
    said = sum(number_length(found, language) for found in _NUMBER.findall(text))
    if not said:
        return length(text, language)
    if language == "en":
        return length(text, language) - len(re.findall(r"\S*\d\S*", text)) + said
    return length(_NUMBER.sub("", text), language) + said


@lru_cache(maxsize=4096)
def number_length(number: str, language: str) -> int:
    """Syllables (zh) or words (en) of a number such as 40, 1,280, 3.5, 15%, 1987 or 2026年."""
    plain = number.rstrip("%年").replace(",", "").rstrip(".")
    if len(plain) > _LONGEST:
        return len(plain)
    if language == "zh":
        if number.endswith("年"):
            return len(number)  # 二零二六年, digit by digit
        return len(chinese.quantity(plain)) + (3 if number.endswith("%") else 0)  # 百分之
    said = english.year(number) if re.fullmatch(r"1[1-9]\d\d|20\d\d", number) else english.quantity(plain)
    return len(said.split()) + number.endswith("%")
