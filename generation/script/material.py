"""What a script can be made of: points, endings, titles and tags, from the bank and from the creator."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generation.language.length import length
from generation.language.words import content_words
from generation.script.bank import Line, TopicText, clauses
from generation.script.brief import Brief
from generation.script.drafting import MAX_POINTS, Ending, ScriptPoint, joined, said_item
from generation.script.own_points import own_point, shortened, tidied
from generation.script.phrases import (
    CALLS,
    COMMON_TAGS,
    KIND_TAGS,
    LIST_OPENINGS,
    NUMBER_WORDS,
    OWN_PAYOFFS,
    OWN_TITLES,
)

_POINTS_BACK = {
    "zh": re.compile("它|他们|这"),
    "en": re.compile(r"\b(?:it|they|them|this|those)\b", re.IGNORECASE),
}
_ALIKE = 0.5  # share of common letter pairs from which a bank's point tells what the creator's already does
_TINY_VIDEO_SECONDS, _SHORT_VIDEO_SECONDS = 11.5, 18.0
_ROOMY_VIDEO_SECONDS = 18.0


def points_of_bank(text: TopicText, language: str) -> list[ScriptPoint]:
    return [
        ScriptPoint(
            line=p.line,
            brief=p.spoken,
            full=joined([p.spoken, p.more], language),
            picture=p.picture,
            item=said_item(p.line, language),
            figure=p.figure,
            versus=p.versus,
        )
        for p in text.points
    ]


def points_of_creator(points: Sequence[str], language: str) -> list[ScriptPoint]:
    """The creator's points in their order, without those that can't be said or come twice."""
    found: dict[str, ScriptPoint] = {}
    for text in points:
        own = own_point(text, language)
        if own is not None:
            found.setdefault(
                own.spoken.lower(),
                ScriptPoint(own.line, own.brief, own.spoken, own.picture, own.brief, own=True),
            )
    return list(found.values())


def mixed(own: Sequence[ScriptPoint], bank: Sequence[ScriptPoint], rng: random.Random) -> list[ScriptPoint]:
    """Own points first, then as many of the bank's as there is room for, in the bank's order, none that says the same."""
    said = [point.full for point in own]
    fresh = [point for point in bank if not any(_alike(point.full, other) for other in said)]
    room = MAX_POINTS - len(own)
    if len(fresh) > room:
        fresh = [fresh[i] for i in sorted(rng.sample(range(len(fresh)), room))]
    return [*own, *fresh]


def _alike(a: str, b: str) -> bool:
    if {c for c in clauses(a) if len(c) >= 4} & {c for c in clauses(b) if len(c) >= 4}:
        return True
    pairs_a, pairs_b = ({t[i : i + 2] for i in range(len(t) - 1)} for t in (a.lower(), b.lower()))
    return len(pairs_a & pairs_b) >= _ALIKE * max(min(len(pairs_a), len(pairs_b)), 1)


def call_to_action(brief: Brief, category: str, *, seed: int) -> str:
    """A call that suits kind or category; the shorter ones for short videos. Neighboring seeds get different ones."""
    calls = CALLS[brief.language]
    ours = (
        [*calls[brief.kind], *calls.get(category, ())] if brief.kind == "story" else list(calls[brief.kind])
    )
    if brief.seconds <= _TINY_VIDEO_SECONDS:
        ours = list(calls["tiny"])
    elif brief.seconds <= _SHORT_VIDEO_SECONDS:
        least = sorted(length(call, brief.language) for call in ours)[len(ours) // 2]
        ours = [*calls["short"], *(call for call in ours if length(call, brief.language) < least)]
    random.Random(f"{category}{brief.kind}").shuffle(ours)
    return ours[seed % len(ours)]


def endings(payoff: Line, call: str, *, seconds: float, language: str) -> list[Ending]:
    """Payoff and call: the whole payoff, only its line where time is short, a second call where there is much."""
    brief = 0.2 if seconds <= _SHORT_VIDEO_SECONDS else 0.8
    curt = 1.8 if _POINTS_BACK[language].search(payoff.line) else brief  # "You can see it": see what?
    said = [(payoff.spoken, call), (said_item(payoff.line, language), call)]
    costs = [0.0, curt]
    if seconds >= _ROOMY_VIDEO_SECONDS:
        more = next(other for other in CALLS[language]["short"] if other[:2] != call[:2])
        said.append((payoff.spoken, f"{call}{more}" if language == "zh" else f"{call} {more}"))
        costs.append(1.4)
    return [
        Ending(payoff.line, joined(parts, language), payoff.picture, cost)
        for parts, cost in zip(said, costs, strict=True)
    ]


def terse(points: Sequence[ScriptPoint]) -> list[ScriptPoint]:
    """The same points for a video with hardly any time: each says its line, or all of itself."""
    return [replace(point, brief=point.item) for point in points]


def own_payoff(language: str, picture: str, seed: int) -> Line:
    pairs = OWN_PAYOFFS[language]
    line, spoken = pairs[seed % len(pairs)]
    return Line(line, spoken, picture)


@dataclass(frozen=True)
class ListOpening:
    """The phrases before a list, chosen by ``seed``."""

    language: str
    seed: int

    def _pair(self, size: int, after: bool) -> tuple[str, str]:
        pairs = LIST_OPENINGS[self.language]["after" if after else "alone"]
        number = NUMBER_WORDS[self.language][size]
        shown, said = pairs[self.seed % len(pairs)]
        return _filled(shown, number), _filled(said, number)

    def shown(self, size: int, after: bool) -> str:
        return self._pair(size, after)[0]

    def said(self, size: int, after: bool) -> str:
        return self._pair(size, after)[1]


def _filled(text: str, number: str) -> str:
    text = text.replace("{n}", number)
    return text[:1].upper() + text[1:]


def bank_titles(text: TopicText, seed: int) -> tuple[str, ...]:
    """Every title of the topic, starting with another one for each seed."""
    return rotated(list(dict.fromkeys([text.title, *text.titles])), seed)


def own_titles(topic: str, *, language: str, points: int, seed: int) -> tuple[str, ...]:
    phrase = tidied(topic, language).rstrip("。！，、；：.!,;: ")
    short = (
        phrase if length(phrase, language) <= (16 if language == "zh" else 9) else shortened(phrase, language)
    )
    if language == "en":
        short = short[:1].upper() + short[1:]
    number = NUMBER_WORDS[language].get(points, str(points))
    number = number.capitalize() if language == "en" else number
    made = []
    for pattern in OWN_TITLES[language]:
        if "{n}" in pattern and points < 2:
            continue
        if short.endswith(("？", "?")) and pattern not in ("{x}", "{X}"):
            base = short[:-1]
        else:
            base = short
        made.append(pattern.replace("{x}", base).replace("{X}", base).replace("{n}", number))
    return rotated(list(dict.fromkeys(made)), seed)


def rotated(titles: list[str], seed: int) -> tuple[str, ...]:
    start = seed % len(titles)
    return (*titles[start:], *titles[:start])


def own_hashtags(brief: Brief) -> tuple[str, ...]:
    """From the topic's words, then its kind: 3 to 6, letters and digits only."""
    language = brief.language
    words = [
        word for word in content_words(brief.topic, language) if len(word) >= (2 if language == "zh" else 4)
    ]
    whole = brief.topic if language == "zh" else "".join(words[:2])
    tags = ["".join(c for c in word if c.isalnum()) for word in [whole, *words[:3]]]
    tags = [tag.lower() if language == "en" else tag for tag in tags]
    longest = 10 if language == "zh" else 24
    tags = [
        *(tag for tag in tags if 2 <= len(tag) <= longest),
        KIND_TAGS[language][brief.kind],
        *COMMON_TAGS[language],
    ]
    return tuple(dict.fromkeys(tags))[:6]
