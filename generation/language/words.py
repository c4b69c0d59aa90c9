"""Which keywords stand in a text: Chinese by substring judged against jieba's word borders, English by stems.

A keyword that another, longer keyword covers does not count: 火车 is no 火 and no 车.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_LATIN = re.compile(r"[a-z0-9]+(?:['’&-][a-z0-9]+)*", re.IGNORECASE)
_HANZI_RUN = re.compile(r"[㐀-鿿]+")
_LONGEST_ZH = 8  # hanzi
_LONGEST_EN = 5  # words
_jieba_lock = threading.Lock()

STOP_WORDS = json.loads(Path(__file__).with_name("stop_words.json").read_text(encoding="utf-8"))
STOP_ZH: frozenset[str] = frozenset(STOP_WORDS["zh"].split())
STOP_EN: frozenset[str] = frozenset(STOP_WORDS["en"].split())


@dataclass(frozen=True)
class Found:
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
            if _HANZI_RUN.search(keyword):
                self._zh.add(keyword)
            else:
                stems = tuple(stem(word) for word in _latin_words(keyword))
                if stems and not all(word in STOP_EN for word in _latin_words(keyword)):
                    self._en[stems].append(keyword)

    def find(self, text: str) -> list[Found]:
        """The keywords of ``text``, longest first wins where two overlap, in order of place."""
        found = self._find_zh(text.lower()) + self._find_en(text)
        kept: list[Found] = []
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

    def _find_zh(self, text: str) -> list[Found]:
        found = []
        for start, end, fit in _zh_spans(text):
            keyword = text[start:end]
            if keyword in self._zh and keyword not in STOP_ZH:
                found.append(Found(keyword, start, end, fit))
        return found

    def _find_en(self, text: str) -> list[Found]:
        words = [(m.group().lower(), m.start(), m.end()) for m in _LATIN.finditer(text)]
        parts = [part for word, start, end in words for part in _split_word(word, start, end)]
        stems = [stem(part) for part, _, _ in parts]
        found = []
        for i in range(len(parts)):
            for n in range(1, min(_LONGEST_EN, len(parts) - i) + 1):
                for keyword in self._en.get(tuple(stems[i : i + n]), ()):
                    if n == 1 and parts[i][0] in STOP_EN:
                        continue
                    said = " ".join(part for part, _, _ in parts[i : i + n])
                    found.append(
                        Found(
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
    place = 0
    for token in segment_zh(text):
        for i in range(place, place + len(token)):
            tokens[i] = (place, place + len(token))
        place += len(token)
        borders.add(place)
    spans = []
    for start in range(len(text)):
        for end in range(start + 1, min(start + _LONGEST_ZH, len(text)) + 1):
            spans.append((start, end, _fit(start, end, borders, tokens)))
    return [span for span in spans if span[2] > 0]


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


def content_words(text: str, language: str) -> list[str]:
    """The words that carry meaning, in order, without repeats."""
    if language == "zh":
        words = [
            w for w in segment_zh(text) if (_HANZI_RUN.search(w) or _LATIN.fullmatch(w)) and w not in STOP_ZH
        ]
    else:
        words = [m.group() for m in _LATIN.finditer(text) if m.group().lower() not in STOP_EN]
    return list(dict.fromkeys(words))


def _latin_words(text: str) -> list[str]:
    return [part for m in _LATIN.finditer(text) for part, _, _ in _split_word(m.group().lower(), 0, 0)]


def _split_word(word: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """``well-being`` as two words, ``women's`` as one without its ending."""
    word = word.replace("’", "'")
    if "-" in word:
        parts, place = [], start
        for part in word.split("-"):
            parts.append((re.sub(r"'s$", "", part), place, place + len(part)))
            place += len(part) + 1
        return parts
    return [(re.sub(r"'s$", "", word), start, end)]


_IRREGULAR = {
    "children": "child", "feet": "foot", "teeth": "tooth", "mice": "mouse", "geese": "goose", "men": "man",
    "women": "woman", "people": "person", "knives": "knife", "leaves": "leaf", "wives": "wife", "lives": "life",
    "loaves": "loaf", "shelves": "shelf", "wolves": "wolf", "halves": "half", "thieves": "thief", "slept": "sleep",
    "ate": "eat", "eaten": "eat", "bought": "buy", "spent": "spend", "drank": "drink", "drunk": "drink", "ran": "run",
    "wrote": "write", "written": "write", "went": "go", "gone": "go", "thought": "think", "taught": "teach",
    "broke": "break", "broken": "break", "lost": "lose", "won": "win", "grew": "grow", "grown": "grow", "paid": "pay",
    "sold": "sell", "fell": "fall", "fallen": "fall", "forgot": "forget", "forgotten": "forget", "froze": "freeze",
    "frozen": "freeze", "flew": "fly", "flown": "fly", "drove": "drive", "driven": "drive", "kept": "keep",
    "built": "build", "swam": "swim", "sang": "sing", "sung": "sing", "fought": "fight", "stolen": "steal",
    "stole": "steal", "woke": "wake", "died": "die", "dying": "die", "lying": "lie", "news": "news", "less": "less",
}  # fmt: skip


@lru_cache(maxsize=20000)
def stem(word: str) -> str:
    """The part of an English word that its plural, -ing, -ed and -ly forms share; lower-case in, lower-case out."""
    if word in _IRREGULAR:
        return _trimmed(_IRREGULAR[word])
    for ending, put, least in (
        ("ies", "y", 3),
        ("sses", "ss", 3),
        ("ied", "y", 3),
        ("ing", "", 3),
        ("ed", "", 3),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= least - (put == "y"):
            base = word.removesuffix(ending) + put
            if re.search(r"[aeiouy]", base):
                return _trimmed(_undoubled(base) if not put else base)
    if re.search(r"(s|x|z|ch|sh)es$", word) and len(word) > 4:
        return _trimmed(word[:-2])
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return _trimmed(word[:-1])
    return _trimmed(word)


def _undoubled(base: str) -> str:
    """``runn`` (from running) → ``run``; ``fall`` keeps its two l."""
    return base[:-1] if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz" else base


def _trimmed(base: str) -> str:
    """One form for ``bake`` and ``bak(ing)``, ``happy`` and ``happi(ly)``."""
    if base.endswith("ly") and len(base) > 5:
        base = base[:-2]
    if base.endswith("e") and len(base) > 3:
        base = base[:-1]
    return base[:-1] + "i" if base.endswith("y") and len(base) > 3 else base
