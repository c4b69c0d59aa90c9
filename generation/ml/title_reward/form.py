"""The form of a title: what a reader sees of it before its meaning, as numbers with names; English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[A-Za-z0-9'’$%]+|[\u3400-\u9fff]")

# Words by what they do in a title; the Chinese ones are sought in the text, the English ones among its words.
GROUPS: dict[str, tuple[str, str]] = {
    "you": ("you your you're you'll yours", "你 您"),
    "first_person": ("i my me i'm i've", "我"),
    "we": ("we us our", "我们 咱"),
    "he": ("he his him", "他"),
    "she": ("she her", "她"),
    "they": ("they their them", "他们 它们"),
    "this": ("this these", "这 该"),
    "what": ("what", "什么 啥"),
    "why": ("why", "为什么 为何 何以"),
    "how": ("how", "怎么 如何 怎样"),
    "who": ("who whose", "谁"),
    "when_where": ("when where", "何时 哪里 在哪"),
    "negation": ("not don't can't won't isn't doesn't didn't never no nothing without", "不 没 别 无"),
    "contrast": ("but until then instead yet except however", "但 却 然而 反而 竟"),
    "here": ("here here's", "这里 来了"),
    "look": ("watch see look", "看 瞧"),
    "people": (
        "man guy boy dad father woman girl mom mother kid kids child children baby people",
        "人 孩子 妈 爸",
    ),
    "superlative": ("best most worst ever amazing awesome incredible beautiful greatest", "最 绝 超 极"),
    "emphasis": ("just really actually literally totally", "真 居然 竟然"),
    "fear": ("dead die killed war scary danger dangerous hate wrong bad", "死 危险 可怕 错"),
    "reason": ("because reason reasons so", "因为 原因 所以"),
    "secret": ("secret secrets truth hidden nobody", "秘密 真相 没人知道"),
}
_ENGLISH = {name: frozenset(english.split()) for name, (english, _) in GROUPS.items()}
_CHINESE = {name: tuple(chinese.split()) for name, (_, chinese) in GROUPS.items()}


def words_of(title: str) -> list[str]:
    """English words in small letters, hanzi one by one."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(title)]


def _named(name: str) -> Callable[[str, Sequence[str]], float]:
    return lambda title, words: float(
        not _ENGLISH[name].isdisjoint(words) or any(word in title for word in _CHINESE[name])
    )


MEASURES: dict[str, Callable[[str, Sequence[str]], float]] = {
    "length": lambda title, words: log(len(title) + 1),
    "words": lambda title, words: float(len(words)),
    "words_squared": lambda title, words: len(words) ** 2 / 20,
    "word_length": lambda title, words: len(title) / (len(words) + 1),
    "periods": lambda title, words: float(len(re.findall(r"[.。]", title))),
    "question": lambda title, words: float(len(re.findall(r"[?？]", title))),
    "exclamation": lambda title, words: float(len(re.findall(r"[!！]", title))),
    "commas": lambda title, words: float(len(re.findall(r"[,，、]", title))),
    "quotes": lambda title, words: float(len(re.findall(r"[\"“”「」《》]|(?<!\w)'|'(?!\w)", title))),
    "colon": lambda title, words: float(len(re.findall(r"[:：]", title))),
    "ellipsis": lambda title, words: float("..." in title or "…" in title),
    "number": lambda title, words: float(bool(re.search(r"\d|[一二三四五六七八九十百千万]", title))),
    "number_first": lambda title, words: float(bool(re.match(r"\s*\d", title))),
    "parentheses": lambda title, words: float(len(re.findall(r"[(（]", title))),
    "dashes": lambda title, words: float(len(re.findall(r"[-–—]", title))),
    "shouted": lambda title, words: float(len(re.findall(r"\b[A-Z]{2,}\b", title))),
    "capitals": lambda title, words: len(re.findall(r"\b[A-Z]", title)) / (len(words) + 1),
    "sentences": lambda title, words: float(len(re.findall(r"[.!?。！？](?:\s|$)", title))),
    "ends_with_period": lambda title, words: float(title.rstrip().endswith((".", "。"))),
    "ends_with_question": lambda title, words: float(title.rstrip().endswith(("?", "？"))),
    **{name: _named(name) for name in GROUPS},
}
NAMES = tuple(MEASURES)


def form_rows(titles: Sequence[str]) -> NDArray[np.float64]:
    """One row a title, in the order of ``NAMES``: (n, len(NAMES)), not scaled."""
    table = np.empty((len(titles), len(NAMES)))
    for at, title in enumerate(titles):
        words = words_of(title)
        table[at] = [measure(title, words) for measure in MEASURES.values()]
    return table
