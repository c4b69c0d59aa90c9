"""Words that mean more than one thing, or another than they say: which drawings they stand for in a text, and which never.

``senses.json`` beside this file holds, by language and word, the senses with what is drawn for each. A sense of a name holds
only for a capital; where the spelling leaves several, the one whose gloss is nearest in meaning to the whole text (Lesk's
idea, https://doi.org/10.1145/318723.318728, with vectors in place of shared words).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.languages import LANGUAGES
from generation.language import embedding
from generation.media.pictures.keywords import KeywordIndex

SENSES = Path(__file__).with_name("senses.json")


@dataclass(frozen=True)
class Sense:
    """``draw`` are the characters of the drawings that fit, best first; ``never`` those that only share the word."""

    gloss: str
    draw: tuple[str, ...]
    never: tuple[str, ...]
    is_name: bool


@dataclass(frozen=True)
class WordSense:
    """The ``word`` as the text writes it with the sense it has there; ``others`` are drawings of its other senses."""

    word: str
    keyword: str
    sense: Sense
    others: frozenset[str]


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[Sense]]]:
    raw = json.loads(SENSES.read_text(encoding="utf-8"))
    return {
        language: {word: [_sense(row) for row in rows] for word, rows in raw[language].items()}
        for language in raw
    }


def _sense(row: dict[str, str]) -> Sense:
    return Sense(
        row.get("gloss", ""),
        tuple(row["draw"].split()),
        tuple(row.get("never", "").split()),
        bool(row.get("name")),
    )


@lru_cache(maxsize=len(LANGUAGES))
def _index(language: str) -> KeywordIndex:
    return KeywordIndex(_table()[language])


def senses_in(text: str, language: str) -> list[WordSense]:
    """The words of ``text`` that are in the table, each in the sense it has there."""
    table = _table()[language]
    found = []
    for match in _index(language).find(text):
        rows = table[match.keyword]
        word = text[match.start : match.end]
        sense = _chosen(text, word, is_first=not text[: match.start].strip(), rows=rows)
        others = frozenset(sign for row in rows if row is not sense for sign in row.draw) - set(sense.draw)
        found.append(WordSense(word, match.keyword, sense, others | set(sense.never)))
    return found


def _chosen(text: str, word: str, *, is_first: bool, rows: list[Sense]) -> Sense:
    names = [row for row in rows if row.is_name]
    if names and not word[:1].isupper():
        rows = [row for row in rows if not row.is_name]
    elif names and not is_first and not text.istitle() and not text.isupper():
        rows = names
    if len(rows) == 1 or text.strip().lower() == word.lower():
        return rows[0]
    vectors = embedding.embed([row.gloss for row in rows], kind="query")
    likeness = vectors @ embedding.embed([text], kind="query")[0]
    return rows[int(likeness.argmax())]
