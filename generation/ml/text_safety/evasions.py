"""Texts as people write them to get past a filter, for training: five of the kinds that are known.

What is learned here must hold for other hands and other kinds: word swaps, emoji and look-alikes are left out on
purpose, and ``benchmarks.moderation`` judges on tables of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

from generation.language.evasion.characters import simplified
from generation.language.evasion.parts import usual_hanzi, ways_apart
from generation.language.evasion.sounds import near, syllable
from generation.language.hanzi import is_hanzi

_USUAL = 30_000  # of a character that people would write for another, in counts of jieba


@cache
def _homophones() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for character, count in usual_hanzi().items():
        if count >= _USUAL:
            found.setdefault(near(syllable(character)), []).append(character)
    return found


@cache
def _traditional() -> dict[str, str]:
    return {new: old for old, new in simplified().items() if old != new}


def homophone(word: str, draw: random.Random) -> str:
    """Each hanzi as another everyday one that sounds about the same."""
    return "".join(
        draw.choice([other for other in _homophones().get(near(syllable(one)), [one])] or [one])
        if is_hanzi(one)
        else one
        for one in word
    )


def whole_pinyin(word: str, draw: random.Random) -> str:
    gap = draw.choice(["", "", " "])
    return gap.join(syllable(one) or one for one in word)


def only_initials(word: str, draw: random.Random) -> str:
    del draw
    return "".join(syllable(one)[:1] or one for one in word)


def traditional(word: str, draw: random.Random) -> str:
    del draw
    return "".join(_traditional().get(one, one) for one in word)


def split(word: str, draw: random.Random) -> str:
    """Hanzi taken apart where they can be."""

    def apart(one: str) -> str:
        ways = [way for way in ways_apart().get(one, []) if 2 <= len(way) <= 4]
        return "".join(draw.choice(ways)) if ways else one

    return "".join(apart(one) for one in word)


KINDS: tuple[Callable[[str, random.Random], str], ...] = (
    homophone,
    whole_pinyin,
    only_initials,
    traditional,
    split,
)


def evaded(words: list[str], draw: random.Random) -> str:
    """A text in ``words`` with a random part of them, or all, written in one of the kinds."""
    kind = draw.choice(KINDS)
    share = draw.choice([0.15, 0.3, 0.5, 1.0])
    spaced = " " if kind is whole_pinyin and draw.random() < 0.5 else ""
    told: list[str] = []
    for word in words:
        if is_hanzi(word[:1]) and draw.random() < share:
            told.append(f"{spaced}{kind(word, draw)}{spaced}")
        else:
            told.append(word)
    return "".join(told)
