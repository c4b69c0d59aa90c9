"""Words of one language that mean a word of the other: names of the drawings, which have both, and our own keywords for them.

Some thousand everyday things, which a small network of meaning confuses most easily when they stand alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files

from core.languages import LANGUAGES
from generation.assets import asset_path
from generation.language.stems import stem
from recommender.search.terms import Word, query_words

_OWN = 3  # of our own keywords a drawing, best first, stand for it in the other language
_MOST = 4  # translations of a word


def translated(words: list[Word]) -> list[Word]:
    """What the other language says for the words of a query, as words to look up; each keeps the text it stands for."""
    said = " ".join(word.text for word in words)
    asked = dict.fromkeys([said, *(word.text for word in words)])
    found: dict[str, Word] = {}
    for text in asked:
        for other in _lexicon().get(_key(text), ())[:_MOST]:
            for word in query_words(other + " "):
                found.setdefault(word.text, word)
    return [word for word in found.values() if word.text not in asked]


def _key(text: str) -> str:
    return " ".join(stem(part) for part in text.lower().split())


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, tuple[str, ...]]:
    """Word → words of the other language, those of its own name first."""
    own = json.loads(files("generation.media.pictures").joinpath("keywords.json").read_text(encoding="utf-8"))
    tables = {}
    for language in LANGUAGES:
        rows = json.loads(asset_path(f"pictures/emojibase.{language}.json").read_text(encoding="utf-8"))
        tables[language] = {row["emoji"]: row["label"].lower() for row in rows if ":" not in row["label"]}
    named: dict[str, dict[str, None]] = defaultdict(dict)
    loose: dict[str, dict[str, None]] = defaultdict(dict)
    for one, other in (LANGUAGES, LANGUAGES[::-1]):
        for sign in {*tables[one], *own}:
            words = [
                word.strip().lower() for word in own.get(sign, {}).get(one, "").split(",") if word.strip()
            ]
            others = [
                word.strip().lower() for word in own.get(sign, {}).get(other, "").split(",") if word.strip()
            ]
            label, name = tables[one].get(sign), tables[other].get(sign)
            if label and name:
                named[_key(label)][name] = None
            for word in words:
                loose[_key(word)].update(dict.fromkeys(others[:_OWN] or ([name] if name else [])))
    return {key: tuple({**named.get(key, {}), **loose.get(key, {})}) for key in {*named, *loose}}
