"""English words → the symbols Kokoro learned for English: a lexicon first, eSpeak NG's rules for the rest."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from generation.media.speech.english_heteronyms import other_reading, part_of_speech
from generation.media.speech.loanwords import LETTERS, PAIRS, WORDS, sinicized
from generation.media.speech.symbols import SYMBOL_IDS

Accent = Literal["us", "gb", "zh"]  # zh: a Chinese voice
_VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻɐ")
# Unstressed forms in running speech; the lexicon lists some of these stressed.
_WEAK: dict[str, str] = {"a": "ɐ", "an": "ɐn", "and": "ænd", "in": "ɪn", "i": "ˌI", "am": "æm"}
# Names and words younger than the lexicon.
_NEW: dict[str, str] = {"wi-fi": "wˈIfˌI", "wifi": "wˈIfˌI"}
_lock = threading.Lock()


def read_words(words: list[str], accent: Accent) -> list[str]:
    """Kokoro's symbols of each word of one clause; the neighbors decide weak forms (the ði/ðə, to tə/tʊ)."""
    if accent == "zh":
        return _as_chinese(words)
    spelled = [""] * len(words)
    for at in range(len(words) - 1, -1, -1):
        following = spelled[at + 1] if at + 1 < len(words) else ""
        spelled[at] = _word(words, at, following, accent)
    return spelled


def _as_chinese(words: list[str]) -> list[str]:
    """The words in a Chinese voice; the letters of a known pair are one word of two syllables, said on its first letter."""
    read: list[str] = []
    for at, (word, said) in enumerate(zip(words, read_words(words, "us"), strict=True)):
        if "".join(words[at : at + 2]) in PAIRS:
            read.append(PAIRS["".join(words[at : at + 2])])
        elif at and "".join(words[at - 1 : at + 1]) in PAIRS:
            read.append("")
        else:
            read.append(LETTERS.get(word) or WORDS.get(word.lower()) or sinicized(said))
    return read


def _word(words: list[str], at: int, following: str, accent: Accent) -> str:
    word = words[at]
    folded = word.lower().replace("’", "'")
    if _is_letter(word) and not (word in "AI" and _stands_alone(words, at)):
        return _letter(word, accent)
    if folded in ("the", "to"):
        return _before_vowel(folded, following)
    if folded in _WEAK:
        return _WEAK[folded]
    return _NEW.get(folded) or _listed(words, at, folded, accent) or _by_rule(word, accent)


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _stands_alone(words: list[str], at: int) -> bool:
    """Whether a lone I is the pronoun, and a lone A, first in its clause, the article."""
    neighbors = words[max(at - 1, 0) : at] + words[at + 1 : at + 2]
    if any(_is_letter(word) and (word != "I" or words[at] == "A") for word in neighbors):
        return False
    return words[at] == "I" or (at == 0 and len(words) > 1)


def _before_vowel(word: str, following: str) -> str:
    vowel = following.lstrip("ˈˌ")[:1] in _VOWELS if following else False
    if word == "the":
        return "ði" if vowel else "ðə"
    return "tu" if not following else "tʊ" if vowel else "tə"


def _letter(letter: str, accent: Accent) -> str:
    if letter == "Z":
        return "zˈi" if accent == "us" else "zˈɛd"
    entry = _lexicon(accent).get(letter)
    return entry if isinstance(entry, str) else _by_rule(letter, accent)


def _listed(words: list[str], at: int, folded: str, accent: Accent) -> str:
    other = other_reading(words, at)
    if other:
        return other
    entry = _entry(words[at], folded, accent)
    if isinstance(entry, dict):
        entry = entry.get(part_of_speech(words, at)) or entry["DEFAULT"]
    if entry is None and folded.endswith("'s"):
        stem = _listed([folded[:-2]], 0, folded[:-2], accent)
        return stem + _plural_sound(stem, accent) if stem else ""
    return entry or ""


def _entry(word: str, folded: str, accent: Accent) -> Any:
    lexicon = _lexicon(accent)
    return lexicon.get(word) or lexicon.get(folded) or lexicon.get(folded.capitalize())


def _plural_sound(stem: str, accent: Accent) -> str:
    if stem[-1] in "ptkfθ":
        return "s"
    if stem[-1] in "szʃʒʧʤ":
        return "ᵻz" if accent == "us" else "ɪz"
    return "z"


@lru_cache(maxsize=8192)
def _by_rule(word: str, accent: Accent) -> str:
    """eSpeak NG's reading in Kokoro's symbols; accents are kept first, then tried without."""
    for form in (word, unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()):
        if not form.strip():
            continue
        with _lock:
            said = _espeak(accent)(_Spelled(form))[0] or ""
        spelled = "".join(symbol for symbol in re.sub(r"\(.*?\)", "", said) if symbol in SYMBOL_IDS)
        if spelled.strip():
            return spelled.strip()
    return ""


class _Spelled:
    """The one attribute that the eSpeak reader asks of a token."""

    def __init__(self, text: str) -> None:
        self.text = text


@lru_cache(maxsize=2)
def _espeak(accent: Accent) -> Callable[[_Spelled], tuple[str | None, int | None]]:
    from misaki.espeak import EspeakFallback  # loads the eSpeak NG library, so only when a word needs it

    reader: Callable[[_Spelled], tuple[str | None, int | None]] = EspeakFallback(british=accent == "gb")
    return reader


@lru_cache(maxsize=2)
def _lexicon(accent: Accent) -> dict[str, Any]:
    """misaki's hand-checked lexicon: word → symbols, or part of speech → symbols."""
    text = resources.files("misaki.data").joinpath(f"{accent}_gold.json").read_text(encoding="utf-8")
    lexicon: dict[str, Any] = json.loads(text)
    return lexicon
