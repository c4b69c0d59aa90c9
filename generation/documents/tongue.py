"""Which language a text is written in, as far as we must know: Chinese, English, or another that nobody here reads."""

from __future__ import annotations

import re

from core.languages import Language
from generation.language.hanzi import HANZI
from generation.language.stop_words import STOP_EN

_KANA_HANGUL = re.compile("[\u3041-\u30ff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_READ = 20_000  # letters, from the beginning
_HANZI_SHARE = 0.3  # of the letters; a Chinese text may be full of Latin names
_KANA_SHARE = 0.08  # from which hanzi are Japanese
_STOP_SHARE = 0.2  # English prose has 0.35 to 0.55, French or German below 0.1
_FEW_WORDS = 8  # of which too few to count: any Latin text may be English


def tongue_of(text: str) -> Language | None:
    """``zh`` or ``en``; ``None`` for another language or no words at all."""
    text = text[:_READ]
    letters = sum(c.isalpha() for c in text)
    if not letters:
        return None
    foreign = len(_KANA_HANGUL.findall(text))
    if foreign > _KANA_SHARE * letters:
        return None
    if len(HANZI.findall(text)) >= _HANZI_SHARE * letters:
        return "zh"
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    ascii_letters = sum(c.isascii() and c.isalpha() for c in text)
    if ascii_letters < 0.8 * letters or not words:
        return None
    known = sum(word in STOP_EN for word in words)
    if len(words) < _FEW_WORDS:
        return "en" if known or ascii_letters == letters else None
    return "en" if known >= _STOP_SHARE * len(words) else None
