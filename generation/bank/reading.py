"""The bank's files, read: ``topics/<category>/<subject>.json``, each a list of topics whose points tell the same in both languages.

A point is a row ``[pictures, [line, sentence, more] in zh, the same in en, extras?]``; ``pictures`` are drawings' characters
parted by spaces. Extras: ``number: [value, unit zh, label zh, unit en, label en]`` or
``versus: [kind, [left, right] zh, [left, right] en, left picture, right picture]``, ``year: [zh, en]``, ``dont: true``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.languages import LANGUAGES, Language
from generation.bank.topic import Figure, Hook, Line, Point, Topic, TopicText, Versus
from generation.errors import BankInvalid

TOPICS_DIR = Path(__file__).resolve().parent / "topics"
CATEGORIES = TOPICS_DIR / "categories.json"
_PLACE = {language: at for at, language in enumerate(LANGUAGES)}


def files() -> list[Path]:
    """Every file of topics, ordered by category, then by name."""
    return sorted(path for path in TOPICS_DIR.rglob("*.json") if path != CATEGORIES)


@lru_cache(maxsize=1)
def categories() -> dict[str, dict[str, str]]:
    """Category id → its name in each language, in the order of their file."""
    names: dict[str, dict[str, str]] = json.loads(CATEGORIES.read_text(encoding="utf-8"))
    return names


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """Every topic of the bank, ordered by file, then as in its file.

    Raises ``BankInvalid`` when two topics share an id.
    """
    found: dict[str, Topic] = {}
    for path in files():
        for topic in _topics_in(path):
            if topic.id in found:
                raise BankInvalid(f"Topic id {topic.id!r} is used twice; give each topic its own id.")
            found[topic.id] = topic
    return tuple(found.values())


def topic_with(topic_id: str) -> Topic | None:
    """The topic of this id; ``None`` where the bank has none."""
    return next((topic for topic in topics() if topic.id == topic_id), None)


def topics_beside(topic: Topic) -> list[Topic]:
    """Other topics about the very same thing, those that ask the same kind of question first."""
    same = [
        other
        for other in topics()
        if other.id != topic.id
        and all(
            other.texts[language].subjects[:1] == topic.texts[language].subjects[:1] != ()
            for language in LANGUAGES
        )
    ]
    return sorted(same, key=lambda other: other.asks != topic.asks)


def _topics_in(path: Path) -> Iterator[Topic]:
    data = json.loads(path.read_text(encoding="utf-8"))
    for raw in data["topics"]:
        texts: dict[str, TopicText] = {language: _text(raw, language) for language in LANGUAGES}
        yield Topic(
            raw["id"],
            data["category"],
            raw["mood"],
            texts,
            asks=raw["asks"],
            form=raw["form"],
            care=raw.get("care"),
        )


def _text(raw: dict[str, Any], language: Language) -> TopicText:
    text = raw[language]
    points = tuple(_point(row, language) for row in raw["points"])
    # what most points show is what the topic is about: hook and end card show it too
    shown = Counter(picture for point in points for picture in dict.fromkeys(point.picture.split()))
    subject = shown.most_common(1)[0][0]
    line, said = text["payoff"]
    return TopicText(
        title=text["titles"][0],
        titles=tuple(text["titles"]),
        aliases=tuple(text["names"]),
        hooks=tuple(Hook(_unmarked(said), said, subject, kind) for kind, said in text["hooks"]),
        points=points,
        payoff=Line(line, said, subject),
        hashtags=tuple(text["tags"]),
        subjects=tuple(text["subjects"]),
    )


def _point(row: list[Any], language: Language) -> Point:
    pictures, place = row[0], 1 + _PLACE[language]
    line, said, more = row[place]
    extras = row[3] if len(row) > 3 else {}
    figure = versus = None
    if "number" in extras:
        value, *labels = extras["number"]
        unit, label = labels[2 * _PLACE[language] :][:2]
        figure = Figure(value, unit, label)
    if "versus" in extras:
        kind, *sides, left_picture, right_picture = extras["versus"]
        left, right = sides[_PLACE[language]]
        versus = Versus(kind, left, left_picture, right, right_picture)
    year = extras["year"][_PLACE[language]] if "year" in extras else ""
    return Point(
        line, said, pictures, more, figure=figure, versus=versus, year=year, dont=bool(extras.get("dont"))
    )


def _unmarked(said: str) -> str:
    """A said sentence as it stands on the screen: without its full stop; a question keeps its mark."""
    return said.rstrip("。.")
