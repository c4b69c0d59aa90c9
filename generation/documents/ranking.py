"""How much of a text one sentence carries: how central its meaning and its words are, where it stands, whether it stands alone.

Meaning is asked of e5 (``generation.language.embedding``), for at most ``MOST_EMBEDDED`` sentences: of a longer text those
that words and place rank best. Central is what many others resemble (Erkan & Radev 2004, https://arxiv.org/abs/1109.2128).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.languages import Language
from generation.documents.sentences import Document, Sentence
from generation.documents.tongue import tongue_of
from generation.language.embedding import embed
from generation.language.length import length
from generation.language.stems import stem
from generation.language.words import commonness_zh, content_words

Numbers = NDArray[np.float64]

MOST_EMBEDDED = 160
SHORTEST = {"zh": 8, "en": 5}  # hanzi or words of a sentence that says something
LONGEST = {"zh": 95, "en": 55}
_BEST_LENGTH = {"zh": (14, 48), "en": (9, 28)}
_WEIGHTS = {"meaning": 1.0, "words": 0.8, "title": 0.6, "place": 0.9, "length": 0.3}
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\S|©|ISBN|doi:", re.IGNORECASE)
# A sentence that leans on the one before it says little alone
_LEANS = {
    "zh": re.compile(
        r"^[“「]?(?:他|她|它|他们|她们|它们|这|那(?!么)|此(?!外)|该|其(?!实|中一)|前者|后者|两者|二者|对此|为此|因此|所以|于是|也|还|又|却"
        r"|同样|如此|这样|这些|这种|这个|那些|上述|以上|然后|接着|随后|后来|结果|其中)"
    ),
    "en": re.compile(
        r"^[\"“]?(?:he|she|it|they|him|her|his|its|their|this|that|these|those|such|here|there|then|so|thus|hence|therefore"
        r"|both|neither|the former|the latter|others?|another|also|however|as such|for this|in this|at this|to this|of these|one of these)\b",
        re.IGNORECASE,
    ),
}
_PERSON = {
    "zh": re.compile(r"我(?!国|们)|你|您|咱"),
    "en": re.compile(r"\b(?:I|me|my|mine|you|your|yours|myself)\b"),
}
_POINTS = {
    "zh": re.compile(
        r"总之|综上|由此可见|关键|重要|主要|核心|结论|表明|显示|发现|意味着|因为|导致|使得|最(?:大|早|高|主要|重要|常见|为)|首[次个先]|是(?:一|指|由|为)"
    ),
    "en": re.compile(
        r"\b(?:in conclusion|in short|overall|important|importance|key|main|major|significant|result\w*|show(?:s|ed|n)?|found|means"
        r"|because|caus\w+|lead(?:s)? to|led to|became|largest|first|most|known (?:as|for)|is an?|are the|was the|is the)\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True)
class Ranked:
    """``worth`` (n,) in [0, 1] of ``sentences``; ``likeness`` (n, n) in [0, 1], how much two say the same."""

    sentences: tuple[Sentence, ...]
    worth: Numbers
    likeness: Numbers


def ranked(document: Document) -> Ranked:
    """The sentences of a document that could be told, in their order, each with its worth; none where none could."""
    language = document.language
    usable = [sentence for sentence in document.sentences if _is_tellable(sentence.text, language)]
    if not usable:
        return Ranked((), np.zeros(0), np.zeros((0, 0)))
    bags = [_bag(sentence.text, language) for sentence in usable]
    weights = _word_weights(document)
    place = np.array([_place(sentence, document) for sentence in usable])
    words = _scaled(np.array([_carried(bag, weights) for bag in bags]))
    if len(usable) > MOST_EMBEDDED:
        kept = np.sort(np.argsort(-(words + place), kind="stable")[:MOST_EMBEDDED])
        usable = [usable[i] for i in kept]
        bags = [bags[i] for i in kept]
        words, place = words[kept], place[kept]
    vectors = embed([sentence.text for sentence in usable], kind="passage").astype(np.float64)
    alike = _spread(vectors @ vectors.T)
    meaning = _scaled(_centrality(alike))
    title = _towards(document.title, vectors)
    worth = (
        _WEIGHTS["meaning"] * meaning
        + _WEIGHTS["words"] * words
        + _WEIGHTS["title"] * title
        + _WEIGHTS["place"] * place
        + _WEIGHTS["length"] * np.array([_length_fit(s.text, language) for s in usable])
    )
    worth *= np.array([_stands_alone(s.text, language) for s in usable])
    return Ranked(tuple(usable), _scaled(worth), np.maximum(alike, _shared(bags)))


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
    if text.endswith((":", "：", "?", "？")) or _ADDRESS.search(text):
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


def _centrality(alike: Numbers, *, damping: float = 0.85, rounds: int = 30) -> Numbers:
    """The share of a reader's time who goes from sentence to similar sentence."""
    n = len(alike)
    if n < 3:
        return np.ones(n)
    links = alike.copy()
    np.fill_diagonal(links, 0.0)
    links **= 2
    links /= np.maximum(links.sum(axis=0, keepdims=True), 1e-9)
    share = np.full(n, 1.0 / n)
    for _ in range(rounds):
        share = (1 - damping) / n + damping * links @ share
    return share


def _towards(title: str, vectors: Numbers) -> Numbers:
    """How near each sentence is to the title; to the middle of the text where there is none."""
    if title:
        aim = embed([title], kind="query")[0].astype(np.float64)
    else:
        aim = vectors.mean(axis=0)
    return _scaled(vectors @ aim)


def _shared(bags: list[frozenset[str]]) -> Numbers:
    """The share of the smaller bag's words that two have in common."""
    n = len(bags)
    shared: Numbers = np.eye(n)
    for i in range(n):
        for j in range(i):
            least = min(len(bags[i]), len(bags[j]))
            shared[i, j] = shared[j, i] = len(bags[i] & bags[j]) / least if least else 0.0
    return shared


def _place(sentence: Sentence, document: Document) -> float:
    """Higher at the beginning of the text, of a section and of a paragraph, a little at the very end."""
    blocks = max((s.block for s in document.sentences), default=0) + 1
    along = sentence.start / max(len(document.text), 1)
    score = 0.55 * np.exp(-4.0 * along)
    if sentence.place == 0:
        score += 0.25
    if sentence.first_in_section:
        score += 0.1
    if sentence.start == document.sentences[0].start:
        score += 0.2
    if sentence.block == blocks - 1 and blocks > 2:
        score += 0.1
    return float(min(score, 1.0))


def _length_fit(text: str, language: Language) -> float:
    low, high = _BEST_LENGTH[language]
    size = length(text, language)
    if size < low:
        return size / low
    return 1.0 if size <= high else max(0.0, 1.0 - (size - high) / high)


def _stands_alone(text: str, language: Language) -> float:
    """A factor: less for what leans on its neighbor, is said to somebody, or is somebody's speech; more for a conclusion."""
    factor = 1.0
    if _LEANS[language].search(text):
        factor *= 0.75
    if _PERSON[language].search(text):
        factor *= 0.8
    if text[:1] in '“"「『':
        factor *= 0.75
    if text.endswith(("!", "！")):
        factor *= 0.8
    if _POINTS[language].search(text):
        factor *= 1.1
    return factor


def _scaled(values: Numbers) -> Numbers:
    """From 0 (the least) to 1 (the most)."""
    if not len(values):
        return values
    low, high = float(values.min()), float(values.max())
    return np.ones(len(values)) if high - low < 1e-12 else (values - low) / (high - low)
