"""Hanzi → pinyin with the tones that are said → the symbols Kokoro learned for Chinese."""

from __future__ import annotations

import logging
import threading
from functools import lru_cache

import jieba
from misaki.zh import ZHG2P
from pypinyin import Style, lazy_pinyin

_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿点幺")
_DIGITS = frozenset("零〇一二三四五六七八九幺")
# Words that pypinyin 0.55 reads otherwise or whose neutral tone it leaves out; written from knowledge of the language.
_WORDS: dict[str, str] = {
    "头发": "tou2 fa5",
    "很长": "hen3 chang2",
    "多长": "duo1 chang2",
    "不长": "bu4 chang2",
    "太长": "tai4 chang2",
    "了解": "liao3 jie3",
    "薄荷": "bo4 he5",
    "数一数": "shu3 yi1 shu3",
    "号角": "hao4 jiao3",
    "只有": "zhi3 you3",
    "值得": "zhi2 de5",
    "记得": "ji4 de5",
    "舍得": "she3 de5",
    "晓得": "xiao3 de5",
    "显得": "xian3 de5",
    "懒得": "lan3 de5",
    "难得": "nan2 de2",
    "获得": "huo4 de2",
    "取得": "qu3 de2",
    "心得": "xin1 de2",
    "所得": "suo3 de2",
    "赢得": "ying2 de2",
    "求得": "qiu2 de2",
    "东西": "dong1 xi5",
    "朋友": "peng2 you5",
    "时候": "shi2 hou5",
    "地方": "di4 fang5",
    "衣服": "yi1 fu5",
    "明白": "ming2 bai5",
    "清楚": "qing1 chu5",
    "告诉": "gao4 su5",
    "知道": "zhi1 dao4",
    "喜欢": "xi3 huan5",
    "舒服": "shu1 fu5",
    "漂亮": "piao4 liang5",
    "便宜": "pian2 yi5",
    "厉害": "li4 hai5",
    "麻烦": "ma2 fan5",
    "关系": "guan1 xi5",
    "休息": "xiu1 xi5",
    "先生": "xian1 sheng5",
    "故事": "gu4 shi5",
    "认识": "ren4 shi5",
    "意思": "yi4 si5",
    "事情": "shi4 qing5",
    "咖啡": "ka1 fei1",
}
_GROWS = frozenset("大高出胖满")  # 长 before these means to grow
_PAID_BACK = frozenset("钱款债给清书贷")  # 还 before these means to give back
_MUST = frozenset("我你他她它您们都还也就总可只非")  # 得 after these means must
_GOT = frozenset("到了出意奖分病知益以")  # 得 before these is a verb
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
        after = hanzi[start + len(word) :][:1]
        syllables += _known(word) or _particle(word, previous, after, first=start == 0) or _looked_up(word)
        previous = word
    return syllables


def _known(word: str) -> list[str]:
    return _WORDS[word].split() if word in _WORDS else []


def _particle(word: str, previous: str, after: str, *, first: bool) -> list[str]:
    """The single hanzi whose reading hangs on its neighbors."""
    if word == "地":  # de after an adverb, which has two hanzi or more
        return ["de5"] if len(previous) > 1 and after and previous[-1] not in "的上下当各" else ["di4"]
    if word == "得":
        return (
            ["dei3"]
            if previous[-1:] in _MUST and after not in _GOT
            else ["de2"]
            if first or after in _GOT
            else ["de5"]
        )
    if word == "长":
        return ["zhang3"] if after in _GROWS and after else ["chang2"]
    if word == "还":
        return ["huan2"] if after in _PAID_BACK and after else ["hai2"]
    return []


def _looked_up(word: str) -> list[str]:
    spelled = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
    if len(spelled) != len(word):
        spelled = [_single(character) for character in word]
    if len(word) > 2 and word[1:-1] == "得":  # 跑得快
        spelled[1] = "de5"
    return spelled


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
