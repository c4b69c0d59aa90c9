"""Hanzi → pinyin with the tones that are said → the symbols Kokoro learned for Chinese."""

from __future__ import annotations

import logging
import threading
from functools import lru_cache

import jieba
from misaki.zh import ZHG2P
from pypinyin import Style, lazy_pinyin
from pypinyin.seg.mmseg import seg as segmenter

from generation.media.speech.heteronyms import WORDS, heteronym

_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿点幺")
_DIGITS = frozenset("零〇一二三四五六七八九幺")
_lock = threading.Lock()


def read_hanzi(hanzi: str) -> list[str]:
    """One string of Kokoro symbols a hanzi, ending in a space where a word ends; ``""`` for a hanzi without reading."""
    symbols: list[str] = []
    words = _cut(hanzi)
    tones = _sandhi(hanzi, _pinyin(words), words)
    for word in words:
        for offset in range(len(word)):
            spelled = _symbols(tones[len(symbols)])
            symbols.append(spelled + " " if spelled and offset == len(word) - 1 else spelled)
    return symbols


def pinyin(hanzi: str) -> list[str]:
    """One syllable with its spoken tone a hanzi (``ni3``, neutral 5)."""
    words = _cut(hanzi)
    return _sandhi(hanzi, _pinyin(words), words)


def _cut(hanzi: str) -> list[str]:
    with _lock:  # jieba loads its dictionary at first use
        jieba.setLogLevel(logging.WARNING)
        return [word for word in jieba.lcut(hanzi) if word]


def _pinyin(words: list[str]) -> list[str]:
    """Citation tones, word by word; ``""`` where a character has no reading."""
    hanzi = "".join(words)
    syllables: list[str] = []
    previous = ""
    for word in words:
        start = len(syllables)
        if word == "地" and len(previous) > 1 and hanzi[start + 1 :] and previous[-1] not in "的上下当各":
            syllables.append("de5")  # after an adverb, which has two hanzi or more
        else:
            syllables += WORDS[word].split() if word in WORDS else _looked_up(hanzi, start, len(word))
        previous = word
    return syllables


def _looked_up(hanzi: str, start: int, length: int) -> list[str]:
    """What pypinyin's phrases say of a word; hanzi outside every phrase are read by their neighbors."""
    syllables: list[str] = []
    for piece in segmenter.cut(hanzi[start : start + length]):
        if len(piece) > 1:
            syllables += WORDS[piece].split() if piece in WORDS else _spelled(piece)
        else:
            syllables.append(heteronym(hanzi, start + len(syllables)) or _single(piece))
    return syllables


def _spelled(phrase: str) -> list[str]:
    spelled = lazy_pinyin(phrase, style=Style.TONE3, neutral_tone_with_five=True)
    return spelled if len(spelled) == len(phrase) else [_single(character) for character in phrase]


def _single(character: str) -> str:
    spelled = lazy_pinyin(character, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    return spelled[0] if spelled else ""


def _sandhi(hanzi: str, citation: list[str], words: list[str]) -> list[str]:
    """Tones as said: 一 and 不 by what follows.

    Third tones stay as they are: the network itself raises one before another (the pitch of its ni3hao3 rises from 242
    to 308 Hz over ni, the same as when it is given ni2hao3).
    """
    said = list(citation)
    ends = _word_ends(words)
    for at, character in enumerate(hanzi):
        if character == "一" and said[at].startswith("yi"):
            said[at] = "yi" + _tone_of_one(
                hanzi, citation, at, word_final=at in ends and not _alone(at, ends)
            )
        elif character == "不" and said[at].startswith("bu"):
            said[at] = "bu2" if _tone(citation, at + 1) == "4" else "bu4"
    return said


def _tone_of_one(hanzi: str, citation: list[str], at: int, *, word_final: bool) -> str:
    before, after = hanzi[at - 1 : at] if at else "", hanzi[at + 1 : at + 2]
    if (
        before in ("第", "初")
        or before in _DIGITS
        or (before == "点" and at > 1 and hanzi[at - 2] in _NUMERALS)
    ):
        return "1"
    if (
        not after
        or after in _DIGITS
        or (after == "点" and hanzi[at + 2 : at + 3] in _DIGITS and hanzi[at + 2 :])
    ):
        return "1"
    if before in ("十", "百") or after in ("月", "号", "日") or (word_final and before):
        return "1"
    if before == after:
        return "5"
    return "2" if _tone(citation, at + 1) == "4" or after == "个" else "4"


def _word_ends(words: list[str]) -> set[int]:
    ends: set[int] = set()
    length = 0
    for word in words:
        length += len(word)
        ends.add(length - 1)
    return ends


def _alone(at: int, ends: set[int]) -> bool:
    return at == 0 or at - 1 in ends


def _tone(syllables: list[str], at: int) -> str:
    return syllables[at][-1:] if at < len(syllables) else ""


@lru_cache(maxsize=4096)
def _symbols(syllable: str) -> str:
    """Kokoro's symbols of one pinyin syllable; ``""`` for a syllable outside standard Chinese."""
    try:
        spelled: str = ZHG2P.py2ipa(syllable)
    except (ValueError, AssertionError, KeyError):
        return ""
    return spelled.replace("\u032f", "")
