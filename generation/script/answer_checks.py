"""What is looked at in a script that a language model wrote: its language, length, repetition, and whether it is on the topic.

Each limit was set on the topic bank (800 topics each in both languages for language and repetition, 150 for the topic):
it lies beyond what our own texts reach, so that a good script passes.

| check | value | the bank's own texts | limit |
|---|---|---|---|
| language, zh | hanzi among letters | 0.52 at least, 0.93 for 99 % | 0.5 |
| language, en | words such as "the" and "of" among all | 0.31 at least; French, German, Spanish 0–0.05 | 0.2 |
| repetition | 4-grams said before, of hanzi or words | 0.07 at most | 0.1 |
| topic | how far the brief's likeness to the script stands out from that of 48 other titles, in standard deviations | zh 1.7 at least, en 0.5 for 93 % (the rest: dishes in pinyin) | zh 1.4, en 0.6 |

``python -m benchmarks.answer_checks`` tries them on other topics of the bank: 97.5 % (zh) and 95 % (en) of our texts pass; of
the same texts for another brief 92 % and 79 % are refused, of texts that repeat a point or are in the other language all. A
script that uses one of the brief's telling words is on the topic: 2 % of the others do by chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from core.languages import Language
from generation.bank.reading import topics
from generation.language.embedding import embed
from generation.language.hanzi import HANZI
from generation.language.length import length, spoken_length
from generation.language.stop_words import STOP_EN
from generation.script.brief import Brief
from generation.script.drafting import seconds_said
from generation.script.matching import telling_words
from generation.script.script import Script

CheckName = Literal["language", "length", "repetition", "topic"]

SHARE_OFF = 0.15  # relative length error that is refused: more than speed and pauses make good
LEAST_OF_LANGUAGE = {"zh": 0.5, "en": 0.2}
MOST_REPEATED = 0.1
LEAST_STANDING = {"zh": 1.4, "en": 0.6}
_POINT_STANDING = 0.0  # under which a point is about something else; nine of ten points of the bank lie above
_OTHER_TITLES = 48
_GRAM = 4
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[a-z']+|\d+")


@dataclass(frozen=True)
class AnswerCheck:
    """``value`` must lie on the right side of ``limit``; ``sentence`` tells a model what to do about it, "" where it does."""

    name: CheckName
    value: float
    limit: float
    sentence: str = ""

    @property
    def passed(self) -> bool:
        return not self.sentence


def checks_of(script: Script, brief: Brief, *, rate: float) -> tuple[AnswerCheck, ...]:
    """Every check of a script, in the order in which a fault is told; ``rate`` is hanzi or words a second."""
    said = [scene.narration for scene in script.scenes]
    return (
        _language(said, brief.language),
        _length(said, brief, rate),
        _repetition(said, brief.language),
        _topic(said, brief),
    )


def _language(said: Sequence[str], language: str) -> AnswerCheck:
    text, limit = " ".join(said), LEAST_OF_LANGUAGE[language]
    if language == "zh":
        share = len(HANZI.findall(text)) / max(len(_LETTER.findall(text)), 1)
        return AnswerCheck("language", share, limit, "" if share >= limit else "Write Chinese, in hanzi.")
    words = re.findall(r"[a-z']+", text.lower())
    share = sum(word in STOP_EN for word in words) / max(len(words), 1)
    ok = share >= limit and not HANZI.search(text)
    return AnswerCheck("language", share, limit, "" if ok else "Write plain English sentences.")


def _length(said: Sequence[str], brief: Brief, rate: float) -> AnswerCheck:
    seconds = seconds_said(said, language=brief.language, rate=rate)
    off = seconds / brief.seconds - 1
    if abs(off) <= SHARE_OFF:
        return AnswerCheck("length", off, SHARE_OFF)
    total = sum(spoken_length(text, brief.language) for text in said)
    unit = "hanzi" if brief.language == "zh" else "words"
    return AnswerCheck(
        "length",
        off,
        SHARE_OFF,
        f"The texts take about {seconds:.0f} of {brief.seconds:.0f} seconds. Say about {total / (1 + off):.0f} {unit}.",
    )


def _repetition(said: Sequence[str], language: str) -> AnswerCheck:
    share = repeated_share(said, language)
    fault = "" if share <= MOST_REPEATED else "Say nothing twice; every point tells something new."
    return AnswerCheck("repetition", share, MOST_REPEATED, fault)


def repeated_share(texts: Sequence[str], language: str) -> float:
    """The share of 4-grams (hanzi and letters in zh, words in en) that were said before, in [0, 1]."""
    seen: set[tuple[str, ...]] = set()
    count = again = 0
    for text in texts:
        units = [c for c in text if c.isalnum()] if language == "zh" else _WORD.findall(text.lower())
        for start in range(len(units) - _GRAM + 1):
            gram = tuple(units[start : start + _GRAM])
            again += gram in seen
            count += 1
            seen.add(gram)
    return again / max(count, 1)


def _topic(said: Sequence[str], brief: Brief) -> AnswerCheck:
    language = cast(Language, brief.language)
    limit, whole = LEAST_STANDING[language], standing(" ".join(said), brief.topic, language)
    asked = telling_words(brief.topic, language)
    if whole < limit and not asked & telling_words(" ".join(said), language):
        return AnswerCheck("topic", whole, limit, f"Write about “{brief.topic}”, nothing else.")
    points = [
        text
        for text in said[1:-1]
        if length(text, language) >= 4 and not asked & telling_words(text, language)
    ]
    astray = [text for text in points if standing(text, brief.topic, language) < _POINT_STANDING]
    if len(astray) >= 2 and 2 * len(astray) >= len(said) - 2:
        return AnswerCheck(
            "topic", whole, limit, f"“{astray[0]}” is not about “{brief.topic}”. Stay with the topic."
        )
    return AnswerCheck("topic", whole, limit)


def standing(text: str, topic: str, language: Language) -> float:
    """How many standard deviations the likeness of ``text`` to ``topic`` lies above its likeness to other titles."""
    row = embed([text], kind="passage", on_disk=False)[0]
    own = float(embed([topic], kind="query", on_disk=False)[0] @ row)
    others = _other_titles(language) @ row
    return (own - float(others.mean())) / (float(others.std()) or 1.0)


@lru_cache(maxsize=2)
def _other_titles(language: Language) -> NDArray[np.float32]:
    """(48, 384): titles from all over the bank, as questions."""
    bank = topics()
    step = max(len(bank) // _OTHER_TITLES, 1)
    return embed([topic.texts[language].title for topic in bank[::step][:_OTHER_TITLES]], kind="query")
