"""Figures of speech: found as a whole, so that their letters are not drawn word by word.

``idioms.json`` beside this file holds, by language, the characters of drawings for a meaning and the idioms that have it.
``_`` stands for the one word that changes (``pull _ leg``), in Chinese for up to four characters (``泼_冷水``). An idiom that
ends in ``~`` is also said as it stands (``piece of cake~``): whether it is, the rest of the text decides
(``generation.media.pictures.retrieval``).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from generation.language.stems import stem
from generation.language.words import latin_words

IDIOMS = Path(__file__).with_name("idioms.json")
ANY, BOTH_WAYS = "_", "~"
_ANY_ZH = r"[\u4e00-\u9fff]{0,4}?"
# forms in which the idioms' verbs and nouns are met, and that no ending makes
_FORMS = {
    "beat": "beaten", "bend": "bent", "bite": "bit bitten", "blow": "blew blown", "bring": "brought", "build": "built",
    "catch": "caught", "change": "changing", "chew": "chewed", "come": "came", "count": "counted", "cry": "cried",
    "cut": "cutting", "dig": "dug", "draw": "drew drawn", "eat": "ate", "fight": "fought", "get": "got gotten getting",
    "give": "gave given", "grasp": "grasped", "hang": "hung", "have": "has had having", "hear": "heard", "hit": "hitting",
    "hold": "held", "keep": "kept", "lead": "led", "leave": "left", "let": "letting", "make": "made", "meet": "met",
    "put": "putting", "ride": "rode ridden", "ring": "rang rung", "run": "ran", "see": "saw seen", "sell": "sold",
    "shake": "shook shaken", "shoot": "shot", "show": "shown", "sing": "sang sung", "sink": "sank sunk", "sit": "sat",
    "speak": "spoke", "spill": "spilt", "stand": "stood", "steal": "stole", "step": "stepped", "stick": "stuck",
    "strike": "struck", "sweep": "swept", "take": "took taken", "teach": "taught", "throw": "threw thrown",
    "wear": "wore worn", "win": "won", "spread": "spreading", "is": "are was were", "does": "do did",
}  # fmt: skip
_BASE = {form: base for base, forms in _FORMS.items() for form in forms.split()}


@dataclass(frozen=True)
class Idiom:
    """An idiom at ``[start, end)`` of a text; ``draw`` are the characters of the drawings that show what it means."""

    start: int
    end: int
    draw: tuple[str, ...]
    is_both_ways: bool


@dataclass(frozen=True)
class _Entry:
    draw: tuple[str, ...]
    is_both_ways: bool


def idioms_in(text: str, language: str) -> list[Idiom]:
    """The idioms of ``text``, in its order; of two that overlap the longer one."""
    found = _in_chinese(text) if language == "zh" else _in_english(text)
    kept: list[Idiom] = []
    for one in sorted(found, key=lambda idiom: (idiom.start - idiom.end, idiom.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda idiom: idiom.start)


def without(text: str, idioms: list[Idiom], language: str) -> str:
    """``text``, as long as it is, with a comma or a space in place of every letter of the ``idioms``."""
    letters = list(text)
    for one in idioms:
        letters[one.start : one.end] = ("，" if language == "zh" else " ") * (one.end - one.start)
    return "".join(letters)


def _in_chinese(text: str) -> list[Idiom]:
    pattern, entries = _chinese()
    found, start = [], 0
    while match := pattern.search(text, start):
        entry = entries[int((match.lastgroup or "").removeprefix("i"))]
        found.append(Idiom(match.start(), match.end(), entry.draw, entry.is_both_ways))
        start = match.end()
    return found


@lru_cache(maxsize=1)
def _chinese() -> tuple[re.Pattern[str], list[_Entry]]:
    """One pattern of all idioms, longest first, each a group named after its place in the list."""
    table = sorted(_read("zh").items(), key=lambda item: -len(item[0]))
    parts = [
        f"(?P<i{at}>{re.escape(idiom).replace(re.escape(ANY), _ANY_ZH)})"
        for at, (idiom, _) in enumerate(table)
    ]
    return re.compile("|".join(parts)), [entry for _, entry in table]


def _in_english(text: str) -> list[Idiom]:
    words = latin_words(text)
    stems = [_stem(word) for word, _, _ in words]
    table = _english()
    found = []
    for at, first in enumerate(stems):
        for key in (first, ANY):
            for parts, entry in table.get(key, ()):
                here = stems[at : at + len(parts)]
                if len(here) == len(parts) and all(
                    want in (ANY, got) for want, got in zip(parts, here, strict=True)
                ):
                    last = words[at + len(parts) - 1]
                    found.append(Idiom(words[at][1], last[2], entry.draw, entry.is_both_ways))
    return found


@lru_cache(maxsize=1)
def _english() -> dict[str, list[tuple[tuple[str, ...], _Entry]]]:
    """First stem → the stems of the idioms that begin with it."""
    table: dict[str, list[tuple[tuple[str, ...], _Entry]]] = defaultdict(list)
    for idiom, entry in _read("en").items():
        parts = tuple(
            ANY if part == ANY else _stem(word)
            for part in idiom.split()
            for word in ([part] if part == ANY else [word for word, _, _ in latin_words(part)])
        )
        table[parts[0]].append((parts, entry))
    return dict(table)


def _stem(word: str) -> str:
    return stem(_BASE.get(word, word))


@lru_cache(maxsize=2)
def _read(language: str) -> dict[str, _Entry]:
    """Idiom → its entry."""
    raw: dict[str, list[str]] = json.loads(IDIOMS.read_text(encoding="utf-8"))[language]
    return {
        idiom.removesuffix(BOTH_WAYS): _Entry(tuple(draw.split()), idiom.endswith(BOTH_WAYS))
        for draw, idioms in raw.items()
        for idiom in idioms
    }
