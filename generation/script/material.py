"""What a script can be made of: points, endings, titles and tags, from the bank and from the creator."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.languages import Language
from generation.bank.topic import Line, TopicText, clauses
from generation.documents.summary import Extract
from generation.language.length import length
from generation.language.words import content_words
from generation.script.brief import Brief
from generation.script.drafting import MAX_POINTS, Ending, ScriptPoint, joined, said_item
from generation.script.matching import telling_words
from generation.script.own_points import own_point, picture_words, sentence, shortened, tidied
from generation.script.phrases import (
    CALLS,
    COMMON_TAGS,
    COUNT_WORDS,
    KIND_TAGS,
    LIST_OPENINGS,
    NUMBER_WORDS,
    OWN_RECAP,
    OWN_TITLES,
    RECAP,
)
from generation.script.understanding import asked_number

_POINTS_BACK = {
    "zh": re.compile("它|他们|这"),
    "en": re.compile(r"\b(?:it|they|them|this|those)\b", re.IGNORECASE),
}
_ALIKE = 0.5  # share of common letter pairs from which a bank's point tells what the creator's already does
_LIST_MARK = {"zh": "，", "en": ", "}
_RECAP_FROM_SECONDS = 30.0
_NAMED_AGAIN_COST = 2.0
_RECAP_COST = 0.5  # of an ending that says the topic again, in units of ``choose``'s worth
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
            year=p.year,
            dont=p.dont,
        )
        for p in text.points
    ]


def points_of_creator(points: Sequence[str], language: str) -> list[ScriptPoint]:
    """The creator's points in their order, without those that hold nothing to say; one given twice is said once."""
    found: dict[str, ScriptPoint] = {}
    for text in points:
        own = own_point(text, language)
        if own is not None:
            found.setdefault(
                own.spoken.lower(),
                ScriptPoint(own.line, own.brief, own.spoken, own.picture, own.brief, own=True),
            )
    return list(found.values())


def points_of_text(extracts: Sequence[Extract], language: str) -> list[ScriptPoint]:
    """The chosen sentences of a creator's text, each in its long and its short form, with the sentence it came from."""
    found = []
    for extract in extracts:
        short = own_point(extract.short, language)
        if short is not None:
            long = sentence(extract.long, language)
            line = tidied(extract.line, language) or short.line
            found.append(
                ScriptPoint(
                    line,
                    short.spoken,
                    long,
                    picture_words(line, language),
                    short.spoken,
                    own=True,
                    source=extract.source,
                )
            )
    return found


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


def endings(
    payoff: Line, call: str, *, seconds: float, language: str, points: Sequence[ScriptPoint] = ()
) -> list[Ending]:
    """Payoff and call: the whole payoff, only its line or no call where time is short, a second call where there is much.

    Where there is more time than the ``points`` fill, they are named once more before it.
    """
    brief = 0.2 if seconds <= _SHORT_VIDEO_SECONDS else 0.8
    curt = 1.8 if _POINTS_BACK[language].search(payoff.line) else brief  # "You can see it": see what?
    tiny = CALLS[language]["tiny"][len(call) % len(CALLS[language]["tiny"])]
    said = [((payoff.spoken, call), 0.0), ((payoff.spoken, tiny), 0.3)]
    if payoff.spoken:
        said += [((said_item(payoff.line, language), call), curt), ((payoff.spoken, ""), 0.6)]
    if seconds >= _ROOMY_VIDEO_SECONDS:
        more = next(other for other in CALLS[language]["short"] if other[:2] != call[:2])
        both = f"{call}{more}" if language == "zh" else f"{call} {more}"
        said.append(((payoff.spoken, both), 1.4))
    found = [Ending(payoff.line, joined(parts, language), payoff.picture, cost) for parts, cost in said]
    if seconds >= _RECAP_FROM_SECONDS and points:
        recap = RECAP[language].replace("{x}", _LIST_MARK[language].join(point.line for point in points))
        told = joined([recap, payoff.spoken, call], language)
        found.append(Ending(payoff.line, told, payoff.picture, _NAMED_AGAIN_COST, recaps=True))
    return found


def terse(points: Sequence[ScriptPoint]) -> list[ScriptPoint]:
    """The same points for a video with hardly any time: each says its line, or all of itself."""
    return [replace(point, brief=point.item) for point in points]


def own_endings(
    topic: str, call: str, *, points: int, seconds: float, language: str, picture: str
) -> list[Ending]:
    """Endings of a creator's own points: their topic on the screen; said once more only where there is time for it."""
    written = tidied(topic, language)
    line = Line(shortened(written, language) or topic, "", picture)
    found = endings(line, call, seconds=seconds, language=language)
    phrase = written.rstrip("。！，、；：.!,;: ")
    if points >= 2 and len(clauses(phrase)) == 1 and not phrase.endswith(("？", "?")):
        said = OWN_RECAP[language].replace("{x}", phrase).replace("{n}", COUNT_WORDS[language][points])
        said = said[:1].upper() + said[1:]
        found += [
            replace(way, spoken=joined([said, way.spoken], language), cost=way.cost + _RECAP_COST)
            for way in found
        ]
    return found


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


def bank_titles(
    text: TopicText, asked: str, seed: int, *, told: int, said: str, language: Language
) -> tuple[str, ...]:
    """The topic's titles that keep what they promise, first those that say most of what was ``asked``, others by seed.

    One that the hook says goes last.
    """
    titles = honest_titles(list(dict.fromkeys([text.title, *text.titles])), told, language)
    words = telling_words(asked, language)
    shared = {title: len(words & telling_words(title, language)) for title in titles}
    enough = max(shared.values()) / 2
    spoken = said.rstrip("。！？.!?").casefold()
    ordered = rotated(list(titles), seed)
    return tuple(
        sorted(
            ordered,
            key=lambda t: (
                t.rstrip("。！？.!?").casefold() == spoken,
                shared[t] <= enough < max(shared.values()),
            ),
        )
    )


def honest_titles(titles: Sequence[str], told: int, language: Language) -> tuple[str, ...]:
    """The titles that announce no other number than is told; where none is left, the first without its number."""
    kept = [title for title in titles if asked_number(title, language) in (None, told)]
    return tuple(kept) or tuple(titles[:1])


def own_titles(topic: str, *, language: str, points: int, seed: int) -> tuple[str, ...]:
    """The creator's own words first, then ways to put them, other ones first for each seed."""
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
    first, *others = dict.fromkeys(made)
    return (first, *(rotated(others, seed) if others else ()))


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
