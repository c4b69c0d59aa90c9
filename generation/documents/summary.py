"""The sentences of a text that fill a length of speech best: worth most together, none saying what another does, in order.

``summary_of(text, language, room=(low, high))`` looks at every combination of the best few sentences and their shorter
forms; lengths are in hanzi or words as they are said (``generation.language.length.spoken_length``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.languages import Language
from generation.documents.headlines import headline
from generation.documents.ranking import Ranked, ranked, word_weights
from generation.documents.sentences import Document, document_of
from generation.documents.shortening import shortened, untied
from generation.errors import (
    TextTooShort,
)
from generation.language.length import spoken_length

LEAST_POINTS, MOST_POINTS = 2, 8  # fewer only where the room holds no two
_POOL = 16  # best sentences of which all combinations are looked at
_ALIKE_FROM = 0.62  # likeness from which two sentences say partly the same
_REPEATS_FROM = 0.85  # … from which they are never told together
_ALIKE_COST = 0.3
_LEANING_GAIN = 0.04  # for a sentence whose predecessor is told too
_LONE_COST = 0.2  # of a script of one sentence


@dataclass(frozen=True)
class Extract:
    """A sentence to tell: ``long`` and ``short`` are what is said of ``source``, the sentence as it stands in the text.

    ``line`` is a phrase of it for the screen, "" where none fits; ``[start, end)`` is where it stands in ``Summary.text``.
    """

    source: str
    long: str
    short: str
    line: str
    start: int
    end: int


@dataclass(frozen=True)
class Summary:
    """``text`` is what was read, put in order; ``title`` its own, or its opening's key phrase."""

    text: str
    title: str
    extracts: tuple[Extract, ...]


def title_of(document: Document) -> str:
    """The document's own title, else the key phrase of its first sentence; "" where neither is there."""
    if document.title:
        return document.title
    weights = word_weights(document)
    for sentence in document.sentences:
        if phrase := headline(untied(sentence.text, document.language), weights, document.language):
            return phrase
    return ""


def summary_of(text: str, language: Language, *, room: tuple[float, float]) -> Summary:
    """The best sentences that take between ``room`` hanzi or words of speech, in the order of the text.

    Raises ``TextUnusable`` where the text holds too little to tell, or only sentences too long for the room.
    """
    document = document_of(text, language)
    found = ranked(document)
    if len(found.sentences) < LEAST_POINTS:
        raise TextTooShort(
            f"The text has {len(found.sentences)} sentences that can be told; at least {LEAST_POINTS} are needed. "
            "Add whole sentences to it.",
            values={"count": str(len(found.sentences)), "least": str(LEAST_POINTS)},
        )
    longs = [untied(sentence.text, language) for sentence in found.sentences]
    shorts = [shortened(sentence.text, language) for sentence in found.sentences]
    chosen = _chosen(found, longs, shorts, language, room)
    weights = word_weights(document)
    extracts = tuple(
        Extract(
            found.sentences[i].text,
            longs[i],
            shorts[i],
            headline(shorts[i], weights, language),
            found.sentences[i].start,
            found.sentences[i].end,
        )
        for i in chosen
    )
    return Summary(document.text, title_of(document), extracts)


def fullest(text: str, language: Language) -> float:
    """How much of a text can be told at most, in hanzi or words as they are said: its ``MOST_POINTS`` longest sentences."""
    found = ranked(document_of(text, language))
    sizes = sorted((spoken_length(untied(s.text, language), language) for s in found.sentences), reverse=True)
    return float(sum(sizes[:MOST_POINTS]))


def _chosen(
    found: Ranked, longs: list[str], shorts: list[str], language: Language, room: tuple[float, float]
) -> list[int]:
    """Indices of the sentences to tell, in order. Where no combination fits the room, the nearest one."""
    low, high = room
    least = np.array([spoken_length(said, language) for said in shorts], dtype=np.float64)
    most = np.array([spoken_length(said, language) for said in longs], dtype=np.float64)
    pool = _pool(found, least, high)
    n = len(pool)
    told = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(bool)
    counts = told.sum(axis=1)
    told = told[(counts >= 1) & (counts <= MOST_POINTS)]
    shortest, longest = told @ least[pool], told @ most[pool]
    likeness = found.likeness[np.ix_(pool, pool)]
    cost = np.triu(np.where(likeness > _ALIKE_FROM, likeness - _ALIKE_FROM, 0.0), 1)
    repeats = np.triu(likeness >= _REPEATS_FROM, 1).astype(np.float64)
    some = told.astype(np.float64)
    gain = some @ found.worth[pool]
    gain -= _ALIKE_COST * ((some @ cost) * some).sum(axis=1)
    gain -= 100.0 * ((some @ repeats) * some).sum(axis=1)
    follows = np.zeros((n, n))
    for a in range(n - 1):
        follows[a, a + 1] = found.sentences[pool[a]].end + 2 >= found.sentences[pool[a + 1]].start
    gain += _LEANING_GAIN * ((some @ follows) * some).sum(axis=1)
    off = np.maximum(shortest - high, 0.0) + np.maximum(low - longest, 0.0)
    gain -= _LONE_COST * (told.sum(axis=1) < LEAST_POINTS)
    gain -= 10.0 * off / max(high, 1.0) + 2.0 * (off > 0)
    return [int(pool[i]) for i in np.flatnonzero(told[int(np.argmax(gain))])]


def _pool(found: Ranked, least: np.ndarray, high: float) -> np.ndarray:
    """The sentences whose combinations are looked at: of those that fit the room at all, the best and the briefest good ones."""
    fits = np.flatnonzero(least <= high)
    if len(fits) < LEAST_POINTS:
        fits = np.argsort(least, kind="stable")[: max(LEAST_POINTS, 4)]
    best = fits[np.argsort(-found.worth[fits], kind="stable")]
    dense = fits[np.argsort(-found.worth[fits] / np.sqrt(least[fits]), kind="stable")]
    pool = dict.fromkeys([*best[: _POOL * 3 // 4].tolist(), *dense[: _POOL // 2].tolist()])
    return np.sort(np.array(list(pool)[:_POOL], dtype=np.int64))
