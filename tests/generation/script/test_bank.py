"""The topic bank as a whole: what viewers hear must keep every rule, in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.languages import LANGUAGES
from generation.script.bank import TOPICS_DIR, categories, check_file, topics

FILES = sorted(TOPICS_DIR.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_no_category_breaks_a_rule(path: Path) -> None:
    assert check_file(path) == []


def test_the_bank_has_160_topics_in_20_categories() -> None:
    assert len(topics()) >= 160
    assert len(categories()) == 20
    assert {topic.category for topic in topics()} == set(categories())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_told_in_two_topics(language: str) -> None:
    seen: dict[str, str] = {}
    for topic in topics():
        text = topic.texts[language]
        for spoken in {*(p.spoken for p in text.points), *(p.more for p in text.points), text.payoff.spoken}:
            assert spoken not in seen, f"{topic.id} and {seen[spoken]} both say {spoken!r}"
            seen[spoken] = topic.id


def _broken(tmp_path: Path, change: Any) -> list[str]:
    data = json.loads(FILES[0].read_text(encoding="utf-8"))
    change(data["topics"][0])
    path = tmp_path / FILES[0].name
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return check_file(path)


def test_the_checker_notices_each_kind_of_mistake(tmp_path: Path) -> None:
    def point(topic: dict[str, Any], **changes: Any) -> None:
        topic["zh"]["points"][0].update(changes)

    mistakes = {
        "must end a sentence": lambda t: point(t, spoken="这句话没有句号所以不能这样念出来"),
        "Latin punctuation": lambda t: point(t, more="先把水烧开,再把面条放进锅里煮。"),
        "cannot be read aloud": lambda t: point(t, more="先把水烧开🔥，再把面条放进锅里煮。"),
        "unbalanced quotes": lambda t: point(t, more="他说“先把水烧开，再把面条放进锅里。"),
        "repeats": lambda t: point(t, spoken=t["zh"]["points"][1]["spoken"]),
        "needs 5-8 points": lambda t: t["zh"].update(points=t["zh"]["points"][:3]),
        "is not one of": lambda t: t.update(mood="grumpy"),
        "missing or malformed": lambda t: t["en"]["payoff"].pop("spoken"),
        "mixes Chinese": lambda t: t["en"]["points"][0].update(line="Boil 水 first"),
    }
    for words, change in mistakes.items():
        assert any(words in problem for problem in _broken(tmp_path, change)), words
