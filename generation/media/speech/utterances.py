"""Tokens of a text → utterances short enough for the network, each symbol knowing its token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generation.language.hanzi import HANZI_CLASS, is_hanzi
from generation.language.normalization import PAUSES, Token
from generation.media.speech.english import Accent, read_words
from generation.media.speech.symbols import PAUSE_SYMBOLS, SYMBOL_IDS

NOBODY = -1  # owner of pauses and spaces
COMFORTABLE_SYMBOLS = 180  # longer utterances are hurried, and memory grows by 0.2 GB a second of speech
SENTENCE_SYMBOLS = 40  # a sentence this long is spoken by itself; shorter ones are joined to the next
_RUNS = re.compile(rf"(?P<hanzi>[{HANZI_CLASS}]+)|(?P<word>[^\s{HANZI_CLASS}]+)")
_SENTENCE_ENDS = frozenset(".!?…")


@dataclass(frozen=True)
class Utterance:
    """Symbols for one run of the network; ``owners[i]`` is the token that symbol ``i`` belongs to, or ``NOBODY``.

    ``pause_seconds`` of silence follow it.
    """

    symbols: str
    owners: tuple[int, ...]
    pause_seconds: float = 0.0


_Symbols = list[tuple[str, int]]  # (symbol, owner)
Piece = tuple[str, int]  # a run of hanzi or one word as said, and its token


def utterances(tokens: list[Token], accent: Accent) -> list[Utterance]:
    """Split at sentence ends, at clause ends or, if need be, between words; none is longer than is comfortable."""
    clauses = _fitting(_clauses(tokens, accent))
    packed: list[_Symbols] = []
    for clause in clauses:
        if packed and len(packed[-1]) + len(clause) <= _room(packed[-1]):
            packed[-1] = packed[-1] + clause
        else:
            packed.append(clause)
    return [_utterance(symbols) for symbols in packed if any(owner != NOBODY for _, owner in symbols)]


def _room(symbols: _Symbols) -> int:
    """How long an utterance may become: one that ends a sentence stays as it is, unless it is very short."""
    ended = next((s for s, _ in reversed(symbols) if s != " "), "") in _SENTENCE_ENDS
    return 0 if ended and len(symbols) > SENTENCE_SYMBOLS else COMFORTABLE_SYMBOLS


def _utterance(symbols: _Symbols) -> Utterance:
    while symbols and symbols[0][1] == NOBODY:
        symbols = symbols[1:]
    while symbols and symbols[-1][0] == " ":
        symbols = symbols[:-1]
    last = symbols[-1][0]
    pause = 0.35 if last in _SENTENCE_ENDS else 0.18 if last in PAUSE_SYMBOLS else 0.0
    return Utterance("".join(s for s, _ in symbols), tuple(owner for _, owner in symbols), pause)


def clauses_said(tokens: list[Token]) -> Iterator[tuple[list[Piece], str]]:
    """The hanzi and words of each clause, with the pause that ends it; "" after the last."""
    pieces: list[Piece] = []
    for at, token in enumerate(tokens):
        if token.spoken in PAUSES:
            yield pieces, token.spoken
            pieces = []
        else:
            pieces += [(match.group(), at) for match in _RUNS.finditer(token.spoken)]
    yield pieces, ""


def read_together(pieces: list[Piece]) -> Iterator[tuple[bool, list[Piece]]]:
    """Neighboring hanzi (``True``) and neighboring words (``False``) of one clause."""
    at = 0
    while at < len(pieces):
        hanzi = is_hanzi(pieces[at][0][0])
        end = at
        while end < len(pieces) and is_hanzi(pieces[end][0][0]) == hanzi:
            end += 1
        yield hanzi, pieces[at:end]
        at = end


def _clauses(tokens: list[Token], accent: Accent) -> list[_Symbols]:
    """Symbols up to and with each pause."""
    clauses: list[_Symbols] = [[]]
    for pieces, pause in clauses_said(tokens):
        clauses[-1] += _read(pieces, accent)
        if not pause:
            break
        while clauses[-1] and clauses[-1][-1][0] == " ":
            clauses[-1].pop()
        if clauses[-1]:
            clauses[-1] += [(pause, NOBODY), (" ", NOBODY)]
            clauses.append([])
    return [clause for clause in clauses if clause]


def _read(pieces: list[Piece], accent: Accent) -> _Symbols:
    """The symbols of one clause: neighboring hanzi are read together, and so are neighboring words."""
    read: _Symbols = []
    for hanzi, some in read_together(pieces):
        if read and read[-1][0] != " ":
            read.append((" ", NOBODY))
        read += _read_hanzi(some) if hanzi else _read_words(some, accent)
    return read


def _read_hanzi(pieces: list[Piece]) -> _Symbols:
    from generation.media.speech.mandarin import read_hanzi  # its dictionaries take a second to load

    owners = [owner for text, owner in pieces for _ in text]
    spelled = read_hanzi("".join(text for text, _ in pieces))
    return [
        (symbol, NOBODY if symbol == " " else owner)
        for symbols, owner in zip(spelled, owners, strict=True)
        for symbol in symbols
        if symbol in SYMBOL_IDS
    ]


def _read_words(pieces: list[Piece], accent: Accent) -> _Symbols:
    read: _Symbols = []
    for spelled, (_, owner) in zip(read_words([text for text, _ in pieces], accent), pieces, strict=True):
        read += [(symbol, owner) for symbol in spelled if symbol in SYMBOL_IDS]
        read.append((" ", NOBODY))
    return read


def _fitting(clauses: list[_Symbols]) -> list[_Symbols]:
    """Clauses with none longer than is comfortable: a longer one is cut at its spaces, or anywhere without one."""
    fitting: list[_Symbols] = []
    for clause in clauses:
        rest = clause
        while len(rest) > COMFORTABLE_SYMBOLS:
            spaces = [i for i, (symbol, _) in enumerate(rest[:COMFORTABLE_SYMBOLS]) if symbol == " "]
            cut = spaces[-1] + 1 if spaces else COMFORTABLE_SYMBOLS
            fitting.append(rest[:cut])
            rest = rest[cut:]
        fitting.append(rest)
    return [clause for clause in fitting if clause]
