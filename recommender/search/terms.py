"""Texts as search terms, in both languages: what an index holds, what a query asks for, where a text answers it.

Latin words are kept as written and by stem; Chinese has no spaces, so its runs are kept as single hanzi and as pairs,
which every word of two or more is made of. Traditional characters count as simplified ones.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from opencc import OpenCC

from generation.language.hanzi import HANZI_CLASS
from generation.language.stems import stem
from generation.language.stop_words import STOP_EN, STOP_ZH
from generation.language.words import segment_zh

QUERY_LENGTH = 100  # characters that are read of a query
QUERY_WORDS = 12
_UNSPACED = f"{HANZI_CLASS}぀-ヿ가-힯"  # kana and hangul too: names in them stand without spaces as well
_PIECE = re.compile(
    rf"(?P<hanzi>(?:(?=[^\W_])[{_UNSPACED}])+)|(?:(?![{_UNSPACED}])[^\W_])+(?:['’](?:(?![{_UNSPACED}])[^\W_])+)?"
)
_lock = threading.Lock()


@dataclass(frozen=True)
class Piece:
    """A run of hanzi or a Latin word at ``[start, end)`` of a text; ``norm`` has as many signs in a run of hanzi."""

    start: int
    end: int
    norm: str
    is_hanzi: bool


@dataclass(frozen=True)
class Word:
    """One thing a query asks for: any of ``terms``; ``prefix`` also takes terms that begin so: it is still being typed."""

    text: str
    terms: tuple[str, ...]
    prefix: str = ""
    is_hanzi: bool = False


def pieces(text: str) -> Iterator[Piece]:
    """The words and runs of hanzi of ``text``, in order."""
    for found in _PIECE.finditer(text):
        is_hanzi = found["hanzi"] is not None
        norm = _simplified(found.group()) if is_hanzi else _latin(found.group())
        if norm:
            yield Piece(found.start(), found.end(), norm, is_hanzi)


def document_terms(text: str) -> str:
    """The terms of ``text``, parted by spaces, as the index holds them."""
    terms: list[str] = []
    for piece in pieces(text):
        if piece.is_hanzi:
            for i, sign in enumerate(piece.norm):
                terms.append(sign)
                if i + 1 < len(piece.norm):
                    terms.append(piece.norm[i : i + 2])
        else:
            terms.append(piece.norm)
            if (base := stem(piece.norm)) != piece.norm:
                terms.append(base)
    return " ".join(terms)


def query_words(query: str) -> list[Word]:
    """What a query asks for, without repeats and, if anything else is left, without words that say nothing."""
    query = unicodedata.normalize("NFC", query)[:QUERY_LENGTH]
    words: list[Word] = []
    for piece in pieces(query):
        if piece.is_hanzi:
            words += _hanzi_words(piece.norm)
        else:
            prefix = piece.norm if piece.end == len(query) and len(piece.norm) > 1 else ""
            words.append(latin_word(piece.norm, prefix=prefix))
    telling = [word for word in words if word.text not in (STOP_ZH if word.is_hanzi else STOP_EN)]
    kept = {word.text: word for word in telling or words}
    return list(kept.values())[:QUERY_WORDS]


def latin_word(norm: str, *, prefix: str = "") -> Word:
    return Word(norm, tuple(dict.fromkeys([norm, stem(norm)])), prefix)


def with_spelling(word: Word, known: Sequence[str]) -> Word:
    """The word, meaning terms that the index knows in place of the misspelled one."""
    return replace(word, terms=tuple(known), prefix="")


def _hanzi_words(run: str) -> list[Word]:
    """Words of a run of hanzi; neighbors that the dictionary left single are one unknown word.

    A text with a part of a longer word answers a little, and one with all its pairs much more.
    """
    words: list[Word] = []
    loose = ""
    for part in [*segment_zh(run), ""]:
        if len(part) == 1 and part not in STOP_ZH:
            loose += part
            continue
        words += [Word(text, _pairs(text), is_hanzi=True) for text in (loose, part) if text]
        loose = ""
    return words


def _pairs(text: str) -> tuple[str, ...]:
    return tuple(text[i : i + 2] for i in range(len(text) - 1)) or (text,)


def spans(text: str, words: Sequence[Word]) -> list[tuple[int, int, str]]:
    """Where ``text`` answers: (start, end, the query's word), in order and apart."""
    hanzi = [(term, word.text) for word in words if word.is_hanzi for term in word.terms]
    latin = {term: word.text for word in words if not word.is_hanzi for term in word.terms}
    begun = [(word.prefix, word.text) for word in words if word.prefix]
    found = []
    for piece in pieces(text):
        if piece.is_hanzi:
            for term, said in hanzi:
                for at in _places(piece.norm, term):
                    found.append((piece.start + at, piece.start + at + len(term), said))
        elif said := latin.get(piece.norm) or latin.get(stem(piece.norm)) or _begun(piece.norm, begun):
            found.append((piece.start, piece.end, said))
    apart: list[tuple[int, int, str]] = []
    for start, end, said in sorted(found, key=lambda span: (span[0], -span[1])):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end), apart[-1][2])
        else:
            apart.append((start, end, said))
    return apart


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _begun(norm: str, prefixes: Sequence[tuple[str, str]]) -> str:
    return next((said for prefix, said in prefixes if norm.startswith(prefix)), "")


def _latin(text: str) -> str:
    """Lower case without accents and endings: ``Café’s`` → ``cafe``."""
    if text.isascii() and text.isalnum():
        return text.lower()
    signs = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    signs = "".join(sign for sign in signs if not unicodedata.combining(sign))
    return re.sub(r"[\W_]", "", signs.removesuffix("'s"))


@lru_cache(maxsize=4096)
def _simplified(run: str) -> str:
    """Simplified characters, one for each of ``run``."""
    with _lock:
        simple = str(_converter().convert(run))
        if len(simple) != len(run):  # a phrase of another length: character by character then
            simple = "".join(str(_converter().convert(sign))[:1] or sign for sign in run)
    return simple


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def edits(one: str, two: str, *, most: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbors between two words; ``most + 1`` stands for more.

    The restricted Damerau-Levenshtein distance (https://doi.org/10.1145/363958.363994).
    """
    if abs(len(one) - len(two)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
