"""Words that say nothing of what a text is about: 的 and 了, "the" and "of". The lists are in ``stop_words.json``."""

from __future__ import annotations

import json
from pathlib import Path

from core.languages import Language

_LISTS: dict[Language, str] = json.loads(
    Path(__file__).with_name("stop_words.json").read_text(encoding="utf-8")
)
STOP_WORDS: dict[Language, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _LISTS.items()
}
STOP_ZH, STOP_EN = STOP_WORDS["zh"], STOP_WORDS["en"]
