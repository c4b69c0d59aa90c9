"""A text cut into words: Chinese by jieba's dictionary, English by its letters."""

from __future__ import annotations

import logging
import math
import re
import threading
from functools import lru_cache
from typing import Any

from generation.language.hanzi import HANZI
from generation.language.stop_words import STOP_EN, STOP_ZH

_LATIN = re.compile(r"[a-z0-9]+(?:['’&-][a-z0-9]+)*", re.IGNORECASE)
_NAME_FLAGS = frozenset(
    ("nr", "nrfg", "nrt", "ns", "nt", "nz")
)  # of jieba: people, places, organizations, brands
_jieba_lock = threading.Lock()


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def segment_zh(text: str) -> list[str]:
    """Chinese text in words (jieba); joined they are the text."""
    with _jieba_lock:
        return list(_tokenizer().cut(text, HMM=False))


def segment_zh_with_unknown(text: str) -> list[str]:
    """The same with words that no dictionary holds kept whole, as jieba's model of hanzi guesses them: 卡皮, not 卡 and 皮."""
    with _jieba_lock:
        return list(_tokenizer().cut(text, HMM=True))


@lru_cache(maxsize=1)
def _tagger() -> Any:
    from jieba.posseg import POSTokenizer

    return POSTokenizer(_tokenizer())


def names_zh(text: str) -> list[str]:
    """Names of people, places and organizations in a Chinese text, as jieba's dictionary and its rules for names find them."""
    with _jieba_lock:
        return [pair.word for pair in _tagger().cut(text) if pair.flag in _NAME_FLAGS]


def commonness_zh(word: str) -> float:
    """How common a Chinese word is in jieba's corpus, as the logarithm of its count in 60 million words; 0 for one it never met."""
    return math.log(1 + int(_tokenizer().FREQ.get(word) or 0))


def latin_words(text: str) -> list[tuple[str, int, int]]:
    """(word in lower case, start, end) of every Latin word of ``text``, in order.

    ``well-being`` is two words; ``women's`` is ``women``, and ``[start, end)`` is where it stands with its ending.
    """
    words = []
    for found in _LATIN.finditer(text):
        start = found.start()
        for part in found.group().lower().replace("’", "'").split("-"):
            words.append((part.removesuffix("'s"), start, start + len(part)))
            start += len(part) + 1
    return words


def content_words(text: str, language: str) -> list[str]:
    """The words that carry meaning, in order, without repeats."""
    if language == "zh":
        words = [w for w in segment_zh(text) if (HANZI.search(w) or _LATIN.fullmatch(w)) and w not in STOP_ZH]
    else:
        words = [m.group() for m in _LATIN.finditer(text) if m.group().lower() not in STOP_EN]
    return list(dict.fromkeys(words))
