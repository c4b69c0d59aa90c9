"""Other ways to say what a listener misheard: a number, a name or a Latin word read otherwise, a line said more slowly.

The captions keep what is written; only the voice is given other words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.languages import Language
from generation.language.hanzi import HANZI_CLASS, is_hanzi
from generation.language.normalization import spoken
from generation.language.numerals import chinese, english
from generation.storyboard import Cue

Readings = Mapping[str, str]  # as written → as said

SLOWER = 0.93  # of the line's pace
_TOLD = re.compile(
    rf"[^\s{HANZI_CLASS}，。！？；：、“”（）《》,;:!?\"()]*[A-Za-z0-9][^\s{HANZI_CLASS}，。！？；：、“”（）《》,;:!?\"()]*"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def other_readings(line: str, language: Language, misheard: str) -> list[dict[str, str]]:
    """For each number, name and Latin word of ``line``, ways to say it that its usual reading is not, most likely first.

    ``misheard`` is what was heard instead: words that were understood keep their reading.
    """
    found: list[dict[str, str]] = []
    for word in dict.fromkeys(match.group().rstrip(".") for match in _TOLD.finditer(line)):
        if word.lower() in misheard.lower():
            continue
        usual = _usual(word, language)
        ways = _chinese(word, usual) if language == "zh" else _english(word, usual)
        found += [{word: way} for way in dict.fromkeys(ways) if way and way != usual]
    return found


def _usual(word: str, language: Language) -> str:
    return " ".join(token.spoken for token in spoken(word, language) if token.spoken)


def _chinese(word: str, usual: str) -> list[str]:
    ways: list[str] = []
    if _NUMBER.fullmatch(word):
        ways += [
            chinese.quantity(word) if "." in word or len(word) < 9 else "",
            "点".join(chinese.one_by_one(p) for p in word.split(".")),
        ]
        ways.append(word and usual.replace("二百", "两百").replace("二千", "两千").replace("二万", "两万"))
    elif word.isascii() and word.isalpha():
        ways += [
            "，".join(word.upper()) if len(word) <= 4 else "",
            " ".join(word.upper()) if len(word) <= 4 else "",
            word.capitalize(),
        ]
    return ways


def _english(word: str, usual: str) -> list[str]:
    ways: list[str] = []
    if _NUMBER.fullmatch(word):
        ways.append(english.quantity(word))
        if len(word) == 4 and word.isdigit() and word[1] != "0":
            ways.append(english.year(word))
        if word.isdigit() and len(word) <= 4:
            ways.append(" ".join(english.quantity(digit) for digit in word))
    elif word.isalpha():
        ways += [
            " ".join(word.upper()) if word.isupper() or len(word) <= 3 else "",
            word.lower(),
            word.capitalize(),
        ]
    return ways


def respelled(text: str, readings: Readings) -> str:
    """``text`` with each written form as it is said."""
    return "".join(said for _, said in _pieces(text, readings))


def cues_as_written(text: str, readings: Readings, cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Cues of the respelled text as cues of ``text``: one for each respelled word, the others as they are."""
    if not readings:
        return tuple(cues)
    waiting = list(cues)
    found: list[Cue] = []
    for written, said in _pieces(text, readings):
        letters = _letters(said)
        mine: list[Cue] = []
        while letters > 0 and waiting:
            letters -= _letters(waiting[0].text)
            mine.append(waiting.pop(0))
        if written == said or not mine:
            found += mine
        else:
            found.append(Cue(written, mine[0].start, mine[-1].end))
    return (*found, *waiting)


def _letters(text: str) -> int:
    return sum(character.isalnum() or is_hanzi(character) for character in text)


def _pieces(text: str, readings: Readings) -> list[tuple[str, str]]:
    """(as written, as said) of all of ``text``, in order."""
    if not readings:
        return [(text, text)]
    forms = "|".join(re.escape(word) for word in sorted(readings, key=len, reverse=True))
    whole = re.compile(rf"(?<![A-Za-z0-9.])(?:{forms})(?![A-Za-z0-9])")
    pieces, at = [], 0
    for match in whole.finditer(text):
        pieces += [(text[at : match.start()],) * 2, (match.group(), readings[match.group()])]
        at = match.end()
    return [(written, said) for written, said in [*pieces, (text[at:],) * 2] if written]
