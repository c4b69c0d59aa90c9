"""Titles, hooks and closing lines that a learned model proposes: what they must pass before anybody sees one.

Each check is a question with one answer and a reason; a proposal that fails one is dropped, and which ones fell at which
check is told. What is left is ranked. The model, the meaning of texts, the measure of good grammar and the scorer come in
as functions, so this room knows none of them, and a test can plant all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.languages import Language
from generation.script.understanding import asked_number

Meaning = Callable[[Sequence[str]], NDArray[np.float32]]  # texts → unit rows
Surprise = Callable[[Sequence[str]], Sequence[float]]  # texts → bits a character under counts of good texts
Unsafe = Callable[[str], bool]
Scorer = Callable[[Sequence[str]], Sequence[float]]  # higher is better: predicted reward

CHECKS = ("form", "grammar", "safety", "subject", "meaning", "promise", "clickbait", "copying")
_CLICKBAIT = {
    "zh": re.compile(
        r"震惊|惊呆|吓(?:人|死|尿)|不看后悔|不转不是|速看|必看|删前|内幕|真相竟|竟然是|万万没想到|99%的人|所有人都|看哭|炸了|疯传|秒懂"
    ),
    "en": re.compile(
        r"you won'?t believe|shocking|mind.?blow|what happens? next|doctors hate|this one (?:weird )?trick|"
        r"will (?:blow|shock|change your life)|number \d+ will|jaw.?drop|goes viral|gone wrong|literally everyone",
        re.IGNORECASE,
    ),
}
_PLAIN = re.compile(r"[\s\W_]+")


@dataclass(frozen=True)
class Asked:
    """What titles are proposed for: the topic's own name, the words one of which must stand in it, how many points are told.

    ``longest`` is in hanzi or words.
    """

    name: str
    language: Language
    subjects: tuple[str, ...]
    told: int
    longest: int


@dataclass(frozen=True)
class Judges:
    """``most_bits`` is what nine tenths of good titles stay below; ``least_meaning`` the cosine of a title on its topic."""

    meaning: Meaning
    surprise: Surprise
    unsafe: Unsafe
    most_bits: float
    least_meaning: float
    most_alike: float = 0.85  # share of a known title's letters in the same order


@dataclass(frozen=True)
class ProposedTitle:
    """``meaning`` cosine with the topic's name, ``bits`` a character, ``score`` of the scorer; ``failed`` check, "" for none."""

    text: str
    meaning: float
    bits: float
    failed: str
    score: float = 0.0


@dataclass(frozen=True)
class ProposedTitles:
    """``kept`` best first, and how many fell at each check."""

    kept: tuple[ProposedTitle, ...]
    dropped: dict[str, int]


def judged(
    texts: Sequence[str], asked: Asked, judges: Judges, *, known: Sequence[str]
) -> list[ProposedTitle]:
    """Each different text with the first check that it fails. ``known`` are titles that must not be copied."""
    texts = list(dict.fromkeys(texts))
    if not texts:
        return []
    rows = judges.meaning([asked.name, *texts])
    cosines = rows[1:] @ rows[0]
    bits = judges.surprise(texts)
    folded = [folded_of(title) for title in known]
    found = []
    for text, cosine, surprise in zip(texts, cosines.tolist(), bits, strict=True):
        failed = _failed(text, asked, judges, cosine=cosine, bits=surprise, known=folded)
        found.append(ProposedTitle(text, round(cosine, 4), round(surprise, 3), failed))
    return found


def proposed(
    texts: Sequence[str], asked: Asked, judges: Judges, *, known: Sequence[str], scorer: Scorer | None = None
) -> ProposedTitles:
    """What passes every check, by the scorer or, where there is none, by nearness to the topic."""
    every = judged(texts, asked, judges, known=known)
    passed = [one for one in every if not one.failed]
    scores = scorer([one.text for one in passed]) if scorer and passed else [one.meaning for one in passed]
    ranked = [
        ProposedTitle(one.text, one.meaning, one.bits, "", float(score))
        for one, score in zip(passed, scores, strict=True)
    ]
    ranked.sort(key=lambda one: (-one.score, one.text))
    return ProposedTitles(tuple(ranked), dict(Counter(one.failed for one in every if one.failed)))


def _failed(
    text: str, asked: Asked, judges: Judges, *, cosine: float, bits: float, known: Sequence[str]
) -> str:
    checks = (
        ("form", well_formed(text, asked)),
        ("grammar", bits <= judges.most_bits),
        ("safety", not judges.unsafe(text)),
        ("subject", names_subject(text, asked)),
        ("meaning", cosine >= judges.least_meaning),
        ("promise", asked_number(text, asked.language) in (None, asked.told)),
        ("clickbait", not clickbait(text, asked.language)),
        ("copying", not copies(text, known, most=judges.most_alike)),
    )
    return next((name for name, passed in checks if not passed), "")


def well_formed(text: str, asked: Asked) -> bool:
    """Not empty, not too long, in its language, no word or pair of hanzi twice in a row."""
    words = _words(text, asked.language)
    if not 2 <= len(words) <= asked.longest:
        return False
    if asked.language == "en" and not text.isascii():
        return False
    if asked.language == "zh" and re.search(r"(..+)\1", text):
        return False
    return asked.language == "zh" or all(a != b for a, b in pairwise(words))


def names_subject(text: str, asked: Asked) -> bool:
    """One of the topic's subjects stands in it; an English one also without its plural s."""
    folded = text.casefold()
    forms = {s.casefold() for s in asked.subjects}
    if asked.language == "en":
        forms |= {s[:-1] for s in forms if len(s) > 3 and s.endswith("s")}
    return any(form in folded for form in forms)


def clickbait(text: str, language: Language) -> bool:
    """A phrase that promises a feeling instead of an answer, or marks in a row."""
    return bool(_CLICKBAIT[language].search(text) or re.search(r"[!！?？]{2,}", text))


def copies(text: str, known: Sequence[str], *, most: float) -> bool:
    """Whether a folded ``known`` title has ``most`` of its letters, or more, in the same order."""
    own = folded_of(text)
    matcher = SequenceMatcher(None, "", own, autojunk=False)
    for title in known:
        matcher.set_seq1(title)
        if matcher.real_quick_ratio() >= most and matcher.quick_ratio() >= most and matcher.ratio() >= most:
            return True
    return False


def folded_of(text: str) -> str:
    """A text without case, marks and spaces."""
    return _PLAIN.sub("", text.casefold())


def _words(text: str, language: Language) -> list[str]:
    return text.split() if language == "en" else [c for c in text if not c.isspace()]
