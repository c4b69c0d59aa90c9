"""What a topic of the bank holds: the question that it answers, and what it has to say in each language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from generation.storyboard import HookKind, Mood

# What kind of answer a topic gives: steps or tips, causes, what a thing is, several of a kind, yes or no, one against
# another, something that happened
Asks = Literal["how", "why", "what", "list", "whether", "compare", "story"]
ASKS: tuple[Asks, ...] = ("how", "why", "what", "list", "whether", "compare", "story")
# How its points hang together, which the layouts follow
Form = Literal["steps", "tips", "reasons", "facts", "timeline", "compare", "story"]
FORMS: tuple[Form, ...] = ("steps", "tips", "reasons", "facts", "timeline", "compare", "story")
# What a viewer must be told beside it: no doctor's, no banker's advice, or that the place and the year decide
Care = Literal["health", "money", "local"]
CARES: tuple[Care, ...] = ("health", "money", "local")

# a Latin mark ends a clause only where the text goes on apart from it: not in 3.5, 12:30 or an address
_CLAUSE_END = re.compile(r"(?:[，。！？；：、…（(]|[,.!?;:]+(?=[\s\"”’)，。！？；：、…\u4e00-\u9fff]|$))+\s*")


@dataclass(frozen=True)
class Figure:
    """A number worth a counting chart: ``value`` with its ``unit``, and what it counts."""

    value: float
    unit: str
    label: str


@dataclass(frozen=True)
class Versus:
    """Two sides worth a before/after or a comparison; ``better`` names the side to choose."""

    kind: Literal["before_after", "compare"]
    left: str
    left_picture: str
    right: str
    right_picture: str


@dataclass(frozen=True)
class Line:
    """``line`` stands on the screen, ``spoken`` is said, ``picture`` is looked up among the drawings."""

    line: str
    spoken: str
    picture: str


@dataclass(frozen=True)
class Hook(Line):
    kind: HookKind


@dataclass(frozen=True)
class Point(Line):
    """``more`` is a second sentence, said when the video is long enough.

    ``year`` is when it happened, as it is written; ``dont`` says that it tells what not to do.
    """

    more: str
    figure: Figure | None = None
    versus: Versus | None = None
    year: str = ""
    dont: bool = False


@dataclass(frozen=True)
class TopicText:
    """One topic in one language. ``subjects`` are the nouns that it is about, the most telling first."""

    title: str
    titles: tuple[str, ...]
    aliases: tuple[str, ...]
    hooks: tuple[Hook, ...]
    points: tuple[Point, ...]
    payoff: Line
    hashtags: tuple[str, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    id: str
    category: str
    mood: Mood
    texts: dict[str, TopicText] = field(repr=False)
    asks: Asks
    form: Form
    care: Care | None = None


def clauses(text: str) -> list[str]:
    """The parts of a text between its punctuation marks."""
    return [part for part in _CLAUSE_END.split(text) if part]
