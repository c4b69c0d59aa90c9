"""The topic bank: our own facts, hooks and payoffs in both languages, read from ``generation/bank/topics``.

One JSON file a category. ``python -m generation.script.bank`` checks every file and prints what is wrong.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from core.languages import LANGUAGES
from generation.errors import BankInvalid
from generation.language.hanzi import HANZI
from generation.language.length import length
from generation.storyboard import HOOK_KINDS, MOODS, HookKind, Mood

TOPICS_DIR = Path(__file__).resolve().parent.parent / "bank" / "topics"

_CLAUSE_END = re.compile(r"[，。！？；：、,.!?;:]+\s*")
_FORBIDDEN = re.compile(r"[\U0001F300-\U0001FAFF☀-➿*_#<>\[\]{}|\\`()（）]")


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
    """``more`` is a second sentence, said when the video is long enough."""

    more: str
    figure: Figure | None = None
    versus: Versus | None = None


@dataclass(frozen=True)
class TopicText:
    """One topic in one language."""

    title: str
    titles: tuple[str, ...]
    aliases: tuple[str, ...]
    hooks: tuple[Hook, ...]
    points: tuple[Point, ...]
    payoff: Line
    hashtags: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    id: str
    category: str
    mood: Mood
    texts: dict[str, TopicText]


def clauses(text: str) -> list[str]:
    return [part for part in _CLAUSE_END.split(text) if part]


def _problems(topic: dict[str, Any], language: str) -> Iterator[str]:
    """Every broken rule of one topic in one language, as a sentence."""
    text = topic[language]
    # (field, least, most) in hanzi for zh and words for en
    limits = {
        "zh": {"title": (4, 16), "line": (2, 14), "spoken": (10, 32), "more": (10, 40), "picture": (1, 8)},
        "en": {"title": (2, 9), "line": (1, 7), "spoken": (6, 19), "more": (6, 24), "picture": (1, 4)},
    }[language]

    def check(where: str, field: str, value: str) -> Iterator[str]:
        low, high = limits[field]
        size = length(value, language)
        if not low <= size <= high:
            yield f"{where}: {field} must be {low}-{high} long, is {size}: {value!r}"
        if _FORBIDDEN.search(value):
            yield f"{where}: {field} holds a character that cannot be read aloud: {value!r}"
        if language == "en" and HANZI.search(value):
            yield f"{where}: {field} mixes Chinese into English: {value!r}"
        if field in ("spoken", "more") and not re.search(
            r"[。！？]$" if language == "zh" else r"[.!?]$", value
        ):
            yield f"{where}: {field} must end a sentence: {value!r}"
        if field == "line" and re.search(r"[。，,.;；]$", value):
            yield f"{where}: line must not end with punctuation: {value!r}"
        if language == "zh" and re.search(r"[,;!?]", value):
            yield f"{where}: {field} uses Latin punctuation in Chinese: {value!r}"
        if value.count("“") != value.count("”") or value.count('"') % 2:
            yield f"{where}: unbalanced quotes: {value!r}"

    for title in [text["title"], *text["titles"]]:
        yield from check("title", "title", title)
    if len(text["titles"]) < 3:
        yield "needs at least 3 title candidates"
    if len(text["aliases"]) < 3:
        yield "needs at least 3 aliases"
    kinds = [hook["kind"] for hook in text["hooks"]]
    if len(set(kinds)) < 3 or set(kinds) - set(HOOK_KINDS):
        yield f"needs 3 hooks of different kinds out of {HOOK_KINDS}, has {kinds}"
    if not 5 <= len(text["points"]) <= 8:
        yield f"needs 5-8 points, has {len(text['points'])}"
    if not 3 <= len(text["hashtags"]) <= 6:
        yield "needs 3-6 hashtags"
    rows = [(f"hook {i}", row) for i, row in enumerate(text["hooks"], 1)]
    rows += [(f"point {i}", row) for i, row in enumerate(text["points"], 1)]
    rows.append(("payoff", text["payoff"]))
    seen: dict[str, str] = {}
    for where, row in rows:
        for field in ("line", "spoken", "picture"):
            yield from check(where, field, row[field])
        if where.startswith("point"):
            yield from check(where, "more", row["more"])
        if where.startswith("hook") and length(row["spoken"], language) > (20 if language == "zh" else 12):
            yield f"{where}: a hook must be said in 3 seconds (zh <= 20 hanzi, en <= 12 words): {row['spoken']!r}"
        for clause in clauses(row["spoken"] + row.get("more", "")):
            if length(clause, language) >= 4 and clause in seen:
                yield f"{where}: repeats {clause!r} of {seen[clause]}"
            seen[clause] = where


def check_file(path: Path) -> list[str]:
    """Every broken rule in one category file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    found: list[str] = []
    if data["category"] != path.stem:
        found.append(f"category {data['category']!r} must equal the file name")
    for topic in data["topics"]:
        if topic["mood"] not in MOODS:
            found.append(f"{topic['id']}: mood {topic['mood']!r} is not one of {MOODS}")
        for language in LANGUAGES:
            try:
                found += [f"{topic['id']} {language} {p}" for p in _problems(topic, language)]
            except (KeyError, TypeError) as error:
                found.append(f"{topic['id']} {language}: missing or malformed field {error}")
    return found


def _text(raw: dict[str, Any]) -> TopicText:
    def point(row: dict[str, Any]) -> Point:
        return Point(
            line=row["line"],
            spoken=row["spoken"],
            picture=row["picture"],
            more=row["more"],
            figure=Figure(**row["figure"]) if row.get("figure") else None,
            versus=Versus(**row["versus"]) if row.get("versus") else None,
        )

    return TopicText(
        title=raw["title"],
        titles=tuple(raw["titles"]),
        aliases=tuple(raw["aliases"]),
        hooks=tuple(Hook(**row) for row in raw["hooks"]),
        points=tuple(point(row) for row in raw["points"]),
        payoff=Line(**raw["payoff"]),
        hashtags=tuple(raw["hashtags"]),
    )


@lru_cache(maxsize=1)
def categories() -> dict[str, dict[str, str]]:
    """Category id → its name in each language, in file order."""
    files = sorted(TOPICS_DIR.glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8"))["name"] for path in files}


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """Every topic of the bank, ordered by category, then as in its file.

    Raises ``BankInvalid`` when two topics share an id.
    """
    found: dict[str, Topic] = {}
    for path in sorted(TOPICS_DIR.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for raw in data["topics"]:
            if raw["id"] in found:
                raise BankInvalid(f"Topic id {raw['id']!r} is used twice; give each topic its own id.")
            texts: dict[str, TopicText] = {language: _text(raw[language]) for language in LANGUAGES}
            found[raw["id"]] = Topic(raw["id"], data["category"], raw["mood"], texts)
    return tuple(found.values())


def main() -> int:
    """Check every file, or those named as arguments; print problems and counts; 1 when any rule is broken."""
    paths = [Path(arg) for arg in sys.argv[1:]] or sorted(TOPICS_DIR.glob("*.json"))
    broken = 0
    for path in paths:
        problems = check_file(path)
        broken += len(problems)
        for problem in problems:
            print(f"{path.name}: {problem}")
        count = len(json.loads(path.read_text(encoding="utf-8"))["topics"])
        print(f"{path.name}: {count} topics, {len(problems)} problems")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
