"""How likely one sentence is a main point of its text: how central its meaning and its words are, where it stands, what it says.

Meaning is asked of e5 (``generation.language.embedding``), for at most ``MOST_EMBEDDED`` sentences: of a longer text those
that words and place rank best. Central is what many others resemble (Erkan & Radev 2004, https://arxiv.org/abs/1109.2128).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.languages import Language
from generation.documents.sentences import Document, Sentence
from generation.documents.tongue import tongue_of
from generation.language.embedding import embed
from generation.language.length import length, spoken_length
from generation.language.stems import stem
from generation.language.words import commonness_zh, content_words

Numbers = NDArray[np.float64]

MOST_EMBEDDED = 96
SHORTEST = {"zh": 8, "en": 5}  # hanzi or words of a sentence that says something
LONGEST = {"zh": 95, "en": 55}
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\S|©|ISBN|doi:", re.IGNORECASE)
# A sentence that leans on the one before it says little alone
_LEANS = {
    "zh": re.compile(
        r"^[“「]?(?:他|她|它|他们|她们|它们|这|那(?!么)|此(?!外)|该|其(?!实|中一)|前者|后者|两者|二者|对此|为此|因此|所以|于是|也|还|又|却"
        r"|同样|如此|这样|这些|这种|这个|那些|上述|以上|然后|接着|随后|后来|结果|其中|以下|如下|下列|上文|前文)"
    ),
    "en": re.compile(
        r"^[\"“]?(?:he|she|it|they|him|her|his|its|their|this|that|these|those|such|here|there|then|so|thus|hence|therefore"
        r"|both|neither|the former|the latter|others?|another|also|however|as such|the following|for this|in this|at this|to this|of these|one of these)\b",
        re.IGNORECASE,
    ),
}
_PERSON = {
    "zh": re.compile(r"我(?!国|们)|你|您|咱"),
    "en": re.compile(r"\b(?:I|me|my|mine|you|your|yours|myself)\b"),
}
_ADVICE = {
    "zh": re.compile(r"必须|应该|应当|需要|不要|务必|请|可以|建议"),
    "en": re.compile(r"\b(?:must|should|need|never|always|can|recommend\w*)\b", re.IGNORECASE),
}
_REASON = {
    "zh": re.compile(r"因为|由于|因此|所以|导致|使得"),
    "en": re.compile(r"\b(?:because|therefore|thus|so that|due to|as a result)\b", re.IGNORECASE),
}
# What a sentence may be about, asked of its meaning: some of these a main point resembles, some it does not
ASKS: dict[Language, tuple[str, ...]] = {
    "zh": ("全文最重要的结论", "作者的主要观点", "具体的例子和细节", "问候、致谢和闲聊", "给读者的建议"),
    "en": (
        "the most important conclusion of the article",
        "the main claim of the author",
        "a specific example or minor detail",
        "greeting, thanks, small talk",
        "advice to the reader",
    ),
}
# In the order of the columns of ``features``; those before ``opens_section`` are told relative to the text's other sentences
FEATURES = (
    "likeness", "central", "words", "weight", "title", "heading", "text_rank", "before", "after", "length", "variety",
    "clauses", "conclusion", "claim", "example", "greeting", "advised",
    "opens_section", "opens_paragraph", "closes_paragraph", "early", "along", "title_words", "number", "advice", "reason",
    "listed", "leans", "person", "speech", "brackets", "colon",
)  # fmt: skip
_RELATIVE = FEATURES.index("opens_section")
WEIGHTS = Path(__file__).with_name("ranking_weights.json")
_LEANING = 0.85  # a sentence that leans on another is worth this much of what it says


@dataclass(frozen=True)
class Ranked:
    """``worth`` (n,) in [0, 1] of ``sentences``; ``likeness`` (n, n) in [0, 1], how much two say the same."""

    sentences: tuple[Sentence, ...]
    worth: Numbers
    likeness: Numbers


def ranked(document: Document) -> Ranked:
    """The sentences of a document that could be told, in their order, each with its worth; none where none could.

    The worth is the chance that a reader calls it a main point, by a logistic curve over ``features`` that was fitted to
    texts in which one had marked five (``python -m benchmarks.documents --fit``).
    """
    usable, table, alike = features(document)
    if not usable:
        return Ranked((), np.zeros(0), np.zeros((0, 0)))
    weights = fitted()
    worth = 1.0 / (1.0 + np.exp(-(table @ np.array(weights["weights"]) + weights["bias"])))
    leans = np.array([_LEANS[document.language].search(s.text) is not None for s in usable])
    return Ranked(tuple(usable), worth * np.where(leans, _LEANING, 1.0), alike)


@lru_cache(maxsize=1)
def fitted() -> dict[str, Any]:
    """``bias`` and one of ``weights`` for each of ``FEATURES``."""
    raw: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    if set(raw["weights"]) != set(FEATURES):
        raise ValueError(f"{WEIGHTS.name} weighs other features than ranking computes; fit it anew.")
    return {"bias": raw["bias"], "weights": [raw["weights"][name] for name in FEATURES]}


def features(document: Document) -> tuple[list[Sentence], Numbers, Numbers]:
    """The tellable sentences, a row of ``FEATURES`` for each, and how alike each two are, (n, n) in [0, 1]."""
    language = document.language
    usable = [sentence for sentence in document.sentences if _is_tellable(sentence.text, language)]
    weights = _word_weights(document)
    bags = [_bag(sentence.text, language) for sentence in usable]
    if len(usable) > MOST_EMBEDDED:
        score = _scaled(np.array([_carried(bag, weights) for bag in bags]))
        score += np.array([np.exp(-4.0 * sentence.start / len(document.text)) for sentence in usable])
        kept = np.sort(np.argsort(-score, kind="stable")[:MOST_EMBEDDED])
        usable, bags = [usable[i] for i in kept], [bags[i] for i in kept]
    if not usable:
        return [], np.zeros((0, len(FEATURES))), np.zeros((0, 0))
    vectors = embed([sentence.text for sentence in usable], kind="passage").astype(np.float64)
    cosines = vectors @ vectors.T
    alike = _spread(cosines)
    columns = [
        *_of_meaning(document, usable, vectors, cosines, alike),
        *_of_words(document, usable, bags, weights),
    ]
    places = {name: column for column_set in columns for name, column in column_set.items()}
    table = np.stack([places[name].astype(np.float64) for name in FEATURES], axis=1)
    part = table[:, :_RELATIVE]
    table[:, :_RELATIVE] = (part - part.mean(axis=0)) / (part.std(axis=0) + 1e-9)
    return usable, table, np.maximum(alike, _shared(bags))


def _of_meaning(
    document: Document, usable: list[Sentence], vectors: Numbers, cosines: Numbers, alike: Numbers
) -> list[dict[str, Numbers]]:
    """The features that e5 tells."""
    asks = embed(list(ASKS[document.language]), kind="query").astype(np.float64)
    title = document.title or usable[0].text
    heads = [sentence.heading or document.title or title for sentence in usable]
    aims = embed([title, *heads], kind="query").astype(np.float64)
    mean = float(cosines.mean())
    beside = np.diagonal(cosines, 1)
    answers = vectors @ asks.T
    return [
        {
            "likeness": cosines.mean(axis=1),
            "central": _centrality(alike),
            "title": vectors @ aims[0],
            "heading": (vectors * aims[1:]).sum(axis=1),
            "before": np.concatenate([[mean], beside]),
            "after": np.concatenate([beside, [mean]]),
        },
        dict(zip(("conclusion", "claim", "example", "greeting", "advised"), answers.T, strict=True)),
    ]


def _of_words(
    document: Document, usable: list[Sentence], bags: list[frozenset[str]], weights: dict[str, float]
) -> list[dict[str, Numbers]]:
    """The features that words, marks and places tell."""
    language = document.language
    texts = [sentence.text for sentence in usable]
    along = np.array([sentence.start for sentence in usable]) / max(len(document.text), 1)
    title = _bag(document.title, language)
    found = {
        "number": re.compile(r"\d"),
        "advice": _ADVICE[language],
        "reason": _REASON[language],
        "leans": _LEANS[language],
        "person": _PERSON[language],
        "speech": re.compile('^[“"「『]'),
        "brackets": re.compile(r"[(（]"),
        "colon": re.compile("[:：]"),
    }
    return [
        {
            name: np.array([pattern.search(text) is not None for text in texts])
            for name, pattern in found.items()
        },
        {
            "words": np.array([_carried(bag, weights) for bag in bags]),
            "weight": np.array([sum(weights.get(word, 0.0) for word in bag) for bag in bags]),
            "text_rank": _text_rank(bags),
            "length": np.log([spoken_length(text, language) + 1.0 for text in texts]),
            "variety": np.array([len(bag) for bag in bags]),
            "clauses": np.array([len(re.findall("[，,]", text)) for text in texts]),
            "opens_section": np.array([sentence.first_in_section for sentence in usable]),
            "opens_paragraph": np.array([sentence.place == 0 for sentence in usable]),
            "closes_paragraph": np.array([sentence.place == sentence.of - 1 for sentence in usable]),
            "early": np.exp(-4.0 * along),
            "along": along,
            "title_words": np.array([len(bag & title) for bag in bags]),
            "listed": np.array([sentence.listed for sentence in usable]),
        },
    ]


def word_weights(document: Document) -> dict[str, float]:
    """How much each content word (stemmed) tells of what the document is about."""
    return _word_weights(document)


def key(word: str, language: str) -> str:
    """The form under which a word is counted."""
    return word if language == "zh" else stem(word.lower().removesuffix("'s").removesuffix("’s"))


def _is_tellable(text: str, language: Language) -> bool:
    size = length(text, language)
    if not SHORTEST[language] <= size <= LONGEST[language]:
        return False
    if text.endswith((":", "：", "?", "？")) or text.startswith(("[", "{", "|")) or _ADDRESS.search(text):
        return False
    letters = sum(c.isalpha() for c in text)
    if letters < 0.6 * len(text.replace(" ", "")):
        return False  # a row of a table
    return tongue_of(text) == language


def _bag(text: str, language: Language) -> frozenset[str]:
    return frozenset(key(word, language) for word in content_words(text, language))


def _word_weights(document: Document) -> dict[str, float]:
    language = document.language
    counts: Counter[str] = Counter()
    surface: dict[str, str] = {}
    for sentence in document.sentences:
        for word in content_words(sentence.text, language):
            counts[key(word, language)] += 1
            surface.setdefault(key(word, language), word)
    title = {key(word, language) for word in content_words(document.title, language)}
    weights = {}
    for word, count in counts.items():
        rarity = 1.0
        if language == "zh":
            rarity = 1.0 if len(word) > 1 else 0.3
            rarity *= 1.2 - 0.05 * commonness_zh(surface[word])
        weights[word] = float(np.log1p(count)) * rarity * (1.5 if word in title else 1.0)
    return weights


def _carried(bag: frozenset[str], weights: dict[str, float]) -> float:
    """The weight of a sentence's words, a long sentence's divided by the root of its length."""
    return float(sum(weights.get(word, 0.0) for word in bag) / max(len(bag), 4) ** 0.5)


def _spread(cosines: Numbers) -> Numbers:
    """e5's narrow band of cosines as [0, 1]."""
    n = len(cosines)
    if n < 2:
        return np.eye(n)
    others = cosines[~np.eye(n, dtype=bool)]
    low, high = float(np.quantile(others, 0.05)), 1.0
    spread: Numbers = np.clip((cosines - low) / max(high - low, 1e-6), 0.0, 1.0)
    np.fill_diagonal(spread, 1.0)
    return spread


def _centrality(alike: Numbers) -> Numbers:
    """How central a sentence's meaning is."""
    links: Numbers = alike**2
    np.fill_diagonal(links, 0.0)
    return _walked(links)


def _walked(links: Numbers, *, damping: float = 0.85, rounds: int = 30) -> Numbers:
    """The share of a reader's time who goes from sentence to linked sentence, times their number."""
    n = len(links)
    if n < 3:
        return np.ones(n)
    steps = links / np.maximum(links.sum(axis=0, keepdims=True), 1e-9)
    share = np.full(n, 1.0 / n)
    for _ in range(rounds):
        share = (1 - damping) / n + damping * steps @ share
    return share * n


def _text_rank(bags: list[frozenset[str]]) -> Numbers:
    """How central a sentence's words are (Mihalcea & Tarau 2004, https://aclanthology.org/W04-3252)."""
    n = len(bags)
    links = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            size = np.log(max(len(bags[i]), 2)) + np.log(max(len(bags[j]), 2))
            links[i, j] = links[j, i] = len(bags[i] & bags[j]) / size
    return _walked(links)


def _shared(bags: list[frozenset[str]]) -> Numbers:
    """The share of the smaller bag's words that two have in common."""
    n = len(bags)
    shared: Numbers = np.eye(n)
    for i in range(n):
        for j in range(i):
            least = min(len(bags[i]), len(bags[j]))
            shared[i, j] = shared[j, i] = len(bags[i] & bags[j]) / least if least else 0.0
    return shared


def _scaled(values: Numbers) -> Numbers:
    """From 0 (the least) to 1 (the most)."""
    if not len(values):
        return values
    low, high = float(values.min()), float(values.max())
    return np.ones(len(values)) if high - low < 1e-12 else (values - low) / (high - low)
