"""The first two and a half seconds: which sentences can open a video, from the bank or made for a creator's own topic."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from core.languages import Language
from generation.bank.reading import topics
from generation.bank.topic import TopicText, clauses
from generation.language.length import spoken_length
from generation.script.own_points import sentence, shortened, tidied
from generation.script.phrases import (
    BARE_HOOKS,
    KIND_HOOKS,
    OWN_HOOKS,
    PLAIN_HOOK,
    TEXT_HOOK_OF_ONE,
    TEXT_HOOKS,
    TEXT_HOOKS_BARE,
)
from generation.script.understanding import asked_number
from generation.storyboard import HookKind

HOOK_SECONDS = 2.5
_ENOUGH = 3  # hooks to choose from, before titles have to help out

_ZH_ASKS = re.compile(
    r"为什么|为啥|怎么|什么|吗$|呢$|哪|多少|几[个点次天年岁]|谁|是不是|能不能|要不要|该不该|还是"
)
_ZH_WARNS = re.compile(r"别|不要|千万|小心|当心")
_EN_ASKS = re.compile(
    r"^(?:(?:how|why|what|when|where|who|which)\s+(?:do|does|did|is|are|was|were|can|could|should|would|will)"
    r"|is|are|do|does|did|can|could|should|would|will|has|have)\b",
    re.IGNORECASE,
)
_EN_TELLS = re.compile(r"^(?:how|why|what|when|where|who|which)\b", re.IGNORECASE)
_EN_WARNS = re.compile(r"\b(?:don't|never|stop|avoid|before you|trap|mistakes?)\b", re.IGNORECASE)
_NAMES = re.compile(r"^(?:I\b|I'|[A-Z]+\b(?<![a-z]))|^[A-Z][a-z]*[A-Z]")


@dataclass(frozen=True)
class HookChoice:
    """``spoken`` may hold ``{n}``, filled with the number of points once they are chosen.

    ``written`` says that it was written as a hook, not borrowed from a title; ``guessed`` that nothing in a borrowed
    title tells its kind, which then serves for the choice alone and is not recorded.
    """

    kind: HookKind
    line: str
    spoken: str
    picture: str
    written: bool = True
    guessed: bool = False

    @property
    def recorded_kind(self) -> HookKind | None:
        return None if self.guessed else self.kind


def bank_hooks(text: TopicText, *, language: str, rate: float, kind: str | None = None) -> list[HookChoice]:
    """The topic's hooks that are said in time; where too few are, its titles and shown lines said as sentences."""
    room = HOOK_SECONDS * rate
    fitting = [
        HookChoice(h.kind, h.line, h.spoken, h.picture)
        for h in text.hooks
        if spoken_length(h.spoken, language) <= room
    ]
    if kind is not None and all(hook.kind != kind for hook in fitting):
        asked = [
            HookChoice(h.kind, h.line, _said(h.line, language), h.picture)
            for h in text.hooks
            if h.kind == kind
        ]
        asked.sort(key=lambda hook: spoken_length(hook.spoken, language))
        fitting += [hook for hook in asked if spoken_length(hook.spoken, language) <= room] or asked[:1]
    if len(fitting) < _ENOUGH:
        pictures = [hook.picture for hook in text.hooks]
        for index, title in enumerate(dict.fromkeys([text.title, *text.titles])):
            said = _said(title, language)
            if spoken_length(said, language) <= room and all(said != hook.spoken for hook in fitting):
                line = shortened(title, language)
                picture = pictures[index % len(pictures)]
                told = _kind_told(title, language)
                fitting.append(
                    HookChoice(told or "contrast", line, said, picture, written=False, guessed=told is None)
                )
    return fitting


def own_hooks(topic: str, *, language: str, rate: float, points: int, picture: str) -> list[HookChoice]:
    """Hooks of every kind around the topic a creator typed; the topic is left out where it is too long to say."""
    room = HOOK_SECONDS * rate
    phrase = tidied(topic, language).rstrip("。！？，、；：.!?,;: ")
    phrase = phrase[:1].upper() + phrase[1:] if language == "en" else phrase
    short = shortened(phrase, language) if phrase else ""
    found = [
        h for h in _questions(phrase, topic, language, picture) if spoken_length(h.spoken, language) <= room
    ]
    fits = (
        bool(phrase) and len(clauses(phrase)) == 1 and not _asks(phrase, language)
    )  # else no pattern takes it
    first: list[HookChoice] = []
    second: list[HookChoice] = []
    for kind, patterns in OWN_HOOKS[language].items():
        if not fits or (kind == "number" and points < 2):
            continue
        said = [pattern.replace("{x}", phrase).replace("{X}", phrase) for pattern in patterns]
        said = [text for text in said if spoken_length(text, language) <= room]
        first += [HookChoice(kind, short, text, picture) for text in said[:1]]
        second += [HookChoice(kind, short, text, picture) for text in said[1:2]]
    found += first + second
    plain = PLAIN_HOOK[language].replace("{x}", phrase).replace("{X}", phrase)
    if phrase and len(found) < 2 and spoken_length(plain, language) <= room:
        found.append(HookChoice("story", short, plain, picture))
    if len(found) < 2:
        for kind, bare in BARE_HOOKS[language].items():
            if spoken_length(bare, language) <= room and not (kind == "number" and points < 2):
                found.append(HookChoice(kind, short or shortened(bare, language), bare, picture))
    return found


def text_hooks(title: str, *, language: str, rate: float, points: int, picture: str) -> list[HookChoice]:
    """Hooks that promise no more than a text's title and the number of its points; without the title where it is long.

    None announces another number than ``points``.
    """
    room = HOOK_SECONDS * rate
    phrase = tidied(title, language).rstrip("。！？，、；：.!?,;: ")
    phrase = phrase[:1].upper() + phrase[1:] if language == "en" else phrase
    short = shortened(phrase, language) if phrase else ""
    found = list(_questions(phrase, title, language, picture))
    if phrase and not found:
        said = sentence(phrase, language)
        told = _kind_told(phrase, language)
        found = [HookChoice(told or "story", short, said, picture, guessed=told is None)]
        if len(clauses(phrase)) == 1 and points > 1:
            found += [
                HookChoice("number", short, pattern.replace("{x}", phrase).replace("{X}", phrase), picture)
                for pattern in TEXT_HOOKS[language]
            ]
    bare = TEXT_HOOKS_BARE[language] if points > 1 else TEXT_HOOK_OF_ONE[language]
    found.append(HookChoice("number", short or shortened(bare, language), bare, picture))
    return [
        hook
        for hook in found
        if spoken_length(hook.spoken, language) <= room
        and asked_number(hook.spoken, cast(Language, language)) in (None, points)
    ]


def chosen_hooks(
    hooks: Sequence[HookChoice], *, seed: int, kind: str, wanted: str | None
) -> list[HookChoice]:
    """All hooks, the one for this seed first: of the ``wanted`` kind if there is one, else leaning to what suits ``kind``.

    Neighboring seeds get different hooks where there are two.
    """
    pool = [hook for hook in hooks if hook.kind == wanted] or list(hooks)
    liked = KIND_HOOKS[kind]
    written = [hook for hook in pool if hook.written]
    suited = [hook for hook in written or pool if hook.kind in liked] or written
    others = [hook for hook in pool if hook not in suited]
    turns: list[HookChoice] = []
    for turn in range(max(len(suited), len(others))):
        if suited:
            turns.append(suited[turn % len(suited)])
        if turn < len(others):
            turns.append(others[turn])
    start = seed % len(turns)
    order = [*turns[start:], *turns[:start], *hooks]
    return list(dict.fromkeys(order))


def _questions(phrase: str, topic: str, language: str, picture: str) -> Iterator[HookChoice]:
    line = shortened(phrase, language) if phrase else ""
    if language == "zh":
        if phrase and (_ZH_ASKS.search(phrase) or topic.rstrip().endswith(("？", "?"))):
            yield HookChoice("question", line, phrase + "？", picture)
    elif _EN_ASKS.search(phrase) or (phrase and topic.rstrip().endswith("?")):
        yield HookChoice("question", line, phrase + "?", picture)
    elif _EN_TELLS.search(phrase):
        yield HookChoice("question", line, f"Here's {_lowered(phrase)}.", picture)
        yield HookChoice("question", line, f"{phrase}.", picture)


def _asks(phrase: str, language: str) -> bool:
    if language == "zh":
        return _ZH_ASKS.search(phrase) is not None
    return _EN_TELLS.search(phrase) is not None or _EN_ASKS.search(phrase) is not None


def _lowered(phrase: str) -> str:
    return phrase if _NAMES.search(phrase) else phrase[:1].lower() + phrase[1:]


def _said(title: str, language: str) -> str:
    """A title as a sentence, a question where it asks."""
    if (
        language == "zh"
        and title[-1] not in "。！？"
        and re.search(r"为什么|怎么|凭什么|多久|(?:什么|吗|呢|多少|哪里?|哪些|谁)$", title)
    ):
        return title + "？"
    if language == "en":
        title = _sentence_case(title)
        if title[-1] not in ".!?" and _EN_ASKS.search(title):
            return title + "?"
    return sentence(title, language)


def _sentence_case(title: str) -> str:
    """Without the capitals of a headline, if every capital is only that: names keep theirs, and then all words do."""
    words = title.split(" ")
    made = words[:1]
    for before, word in itertools.pairwise(words):
        begins = before[-1:] in "!?:" or (before[-1:] == "." and "." not in before[:-1])
        if begins or not word[:1].isupper() or any(c.isupper() for c in word.split("-")[0][1:]):
            made.append(word)  # begins a sentence, is small already, or is an abbreviation
        elif all(_root(part) in _small_words() for part in word.split("-")):
            made.append(word.lower())
        else:
            return title
    return " ".join(made)


def _root(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word.strip(".,!?:;'").lower()) or word.lower()


def _kind_told(title: str, language: str) -> HookKind | None:
    """The kind that a title's own words tell, if any do."""
    warns, asks = (_ZH_WARNS, _ZH_ASKS) if language == "zh" else (_EN_WARNS, _EN_TELLS)
    if asks.search(title) or _said(title, language).endswith(("？", "?")):
        return "question"
    if warns.search(title):
        return "warning"
    return "number" if re.search(r"\d", title) else None


@lru_cache(maxsize=1)
def _small_words() -> frozenset[str]:
    """The stems of all words that the bank writes small in its English sentences."""
    told: list[str] = []
    for text in (topic.texts["en"] for topic in topics()):
        told += [said for point in text.points for said in (point.spoken, point.more)]
        told += [text.payoff.spoken, *(hook.spoken for hook in text.hooks)]
    return frozenset(_root(word) for word in re.findall(r"(?<![\w'])[a-z][a-z'-]*", " ".join(told)))
