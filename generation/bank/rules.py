"""The rules of the bank: what every topic must keep, as sentences a writer can act on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.languages import LANGUAGES
from generation.bank.reading import categories
from generation.bank.topic import ASKS, CARES, FORMS, clauses
from generation.language.hanzi import HANZI
from generation.language.length import length, spoken_length
from generation.storyboard import HOOK_KINDS, MOODS

_FORBIDDEN = re.compile(r"[\U0001F300-\U0001FAFF☀-➿*_#<>\[\]{}|\\`()（）]")
# (field, least, most) in hanzi for zh and words for en, numbers as long as they are said
_LIMITS = {
    "zh": {
        "title": (3, 18),
        "name": (1, 20),
        "subject": (1, 8),
        "hook": (4, 11),
        "line": (2, 10),
        "sentence": (7, 18),
        "more": (8, 28),
        "payoff line": (2, 12),
        "payoff": (4, 14),
        "tag": (1, 10),
    },
    "en": {
        "title": (2, 10),
        "name": (1, 12),
        "subject": (1, 4),
        "hook": (2, 6),
        "line": (1, 6),
        "sentence": (4, 12),
        "more": (5, 17),
        "payoff line": (1, 6),
        "payoff": (2, 9),
        "tag": (1, 3),
    },
}
_SENTENCES = ("sentence", "more", "hook", "payoff")
LEAST_POINTS, MOST_POINTS = 5, 8


def check_file(path: Path) -> list[str]:
    """Every broken rule in one file of the bank."""
    data = json.loads(path.read_text(encoding="utf-8"))
    found: list[str] = []
    if data["category"] not in categories():
        found.append(f"category {data['category']!r} is not in categories.json")
    for topic in data["topics"]:
        for key, allowed in (("mood", MOODS), ("asks", ASKS), ("form", FORMS)):
            if topic.get(key) not in allowed:
                found.append(f"{topic['id']}: {key} {topic.get(key)!r} is not one of {allowed}")
        if topic.get("care") not in (None, *CARES):
            found.append(f"{topic['id']}: care {topic['care']!r} is not one of {CARES}")
        for language in LANGUAGES:
            try:
                found += [f"{topic['id']} {language} {problem}" for problem in _problems(topic, language)]
            except (KeyError, TypeError, ValueError, IndexError) as error:
                found.append(f"{topic['id']} {language}: missing or malformed field {error}")
    return found


def _problems(topic: dict[str, Any], language: str) -> Iterator[str]:
    """Every broken rule of one topic in one language."""
    text, place = topic[language], 1 + LANGUAGES.index(language)  # type: ignore[arg-type]
    rows = topic["points"]
    for field, key, least in (
        ("title", "titles", 3),
        ("name", "names", 3),
        ("subject", "subjects", 1),
        ("tag", "tags", 3),
    ):
        if len(set(text[key])) < least or len(set(text[key])) < len(text[key]):
            yield f"{key}: at least {least}, none twice"
        for value in text[key]:
            yield from _text_problems(key, field, value, language)
    kinds = [kind for kind, _ in text["hooks"]]
    if len(kinds) < 2 or len(set(kinds)) < len(kinds) or set(kinds) - set(HOOK_KINDS):
        yield f"needs 2 hooks of different kinds out of {HOOK_KINDS}, has {kinds}"
    if not LEAST_POINTS <= len(rows) <= MOST_POINTS:
        yield f"needs {LEAST_POINTS}-{MOST_POINTS} points, has {len(rows)}"
    said = [(f"hook {i}", "hook", hook) for i, (_, hook) in enumerate(text["hooks"], 1)]
    for number, row in enumerate(rows, 1):
        line, sentence, more = row[place]
        if not isinstance(row[0], str) or not row[0].strip():
            yield f"point {number}: needs a picture"
        yield from _text_problems(f"point {number}", "line", line, language)
        yield from _versus_problems(f"point {number}", row[3] if len(row) > 3 else {}, language)
        said += [(f"point {number}", "sentence", sentence), (f"point {number}", "more", more)]
    line, payoff = text["payoff"]
    yield from _text_problems("payoff", "payoff line", line, language)
    said.append(("payoff", "payoff", payoff))
    seen: dict[str, str] = {}
    for where, field, value in said:
        yield from _text_problems(where, field, value, language)
        for clause in clauses(value):
            if length(clause, language) >= 4 and clause.lower() in seen:
                yield f"{where}: repeats {clause!r} of {seen[clause.lower()]}"
            seen[clause.lower()] = where


def _versus_problems(where: str, extras: dict[str, Any], language: str) -> Iterator[str]:
    """Two sides are a kind, a pair of texts a language and two pictures."""
    if "versus" not in extras:
        return
    kind, *pairs, left, right = extras["versus"]
    if len(pairs) != len(LANGUAGES) or any(len(pair) != 2 for pair in pairs):
        yield f"{where}: versus is a kind, two sides in each language and two pictures: {extras['versus']!r}"
        return
    if kind not in ("before_after", "compare") or not (left.strip() and right.strip()):
        yield f"{where}: versus needs before_after or compare, and a picture a side"
    for side in pairs[LANGUAGES.index(language)]:  # type: ignore[arg-type]
        if bool(HANZI.search(side)) != (language == "zh") and re.search(r"[^\W\d]", side):
            yield f"{where}: a side is not in its language: {side!r}"


def _text_problems(where: str, field: str, value: str, language: str) -> Iterator[str]:
    least, most = _LIMITS[language][field]
    size = spoken_length(value, language) if field in _SENTENCES else length(value, language)
    if not least <= size <= most:
        yield f"{where}: {field} must be {least}-{most} long, is {size}: {value!r}"
    if _FORBIDDEN.search(value):
        yield f"{where}: {field} holds a character that cannot be read aloud: {value!r}"
    if language == "en" and HANZI.search(value):
        yield f"{where}: {field} mixes Chinese into English: {value!r}"
    if language == "zh" and re.search(r"[,;!?]", value):
        yield f"{where}: {field} uses Latin punctuation in Chinese: {value!r}"
    if field in _SENTENCES and not re.search(
        r"[。！？][”]?$" if language == "zh" else r"[.!?][\"”]?$", value
    ):
        yield f"{where}: {field} must end a sentence: {value!r}"
    if field not in _SENTENCES and re.search(r"[。，,.;；]$", value):
        yield f"{where}: {field} must not end with punctuation: {value!r}"
    if value.count("“") != value.count("”") or value.count('"') % 2:
        yield f"{where}: unbalanced quotes: {value!r}"
