"""The topic bank as a whole: what viewers hear must keep every rule, in both languages, and be no template."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array, triu

from core.languages import LANGUAGES, Language
from generation.bank.reading import categories, files, topics
from generation.bank.rules import check_file
from generation.bank.topic import Topic
from generation.language.words import content_words
from generation.media.pictures.retrieval import searcher

FILES = files()
MOST_ALIKE = 0.6  # share of their 4-grams that two points may have in common
MOST_OF_A_PATTERN = 0.03  # share of the hooks that one pattern may make
LEAST_GRAMS = 6  # shorter sentences say nothing of a pattern


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_no_file_breaks_a_rule(path: Path) -> None:
    assert check_file(path) == []


def test_the_bank_is_large_and_every_category_is_named_and_used() -> None:
    assert len(topics()) >= 1200
    assert {topic.category for topic in topics()} == set(categories())
    stories = [topic.id for topic in topics() if topic.asks == "story" or topic.form == "story"]
    assert len(stories) <= 0.1 * len(topics())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_told_in_two_topics(language: Language) -> None:
    seen: dict[str, str] = {}
    for topic in topics():
        text = topic.texts[language]
        for spoken in {*(p.spoken for p in text.points), *(p.more for p in text.points), text.payoff.spoken}:
            assert spoken not in seen, f"{topic.id} and {seen[spoken]} both say {spoken!r}"
            seen[spoken] = topic.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_is_borne_by_two_topics(language: Language) -> None:
    titles = Counter(topic.texts[language].title.casefold() for topic in topics())
    assert [title for title, count in titles.items() if count > 1] == []


def test_every_picture_of_a_point_is_drawn() -> None:
    found = searcher()
    missing = {
        (topic.id, point.picture)
        for topic in topics()
        for point in topic.texts["zh"].points
        if not found.named(point.picture)
    }
    assert missing == set()


def names_in(topic: Topic, language: Language) -> list[str]:
    """Everything that names the topic, in small letters, the longest first."""
    own = topic.texts[language]
    names = {*own.subjects, *content_words(" ".join((own.title, *own.aliases)), language)}
    return sorted({name.lower() for name in names}, key=len, reverse=True)


def masked(text: str, names: list[str], language: Language) -> list[str]:
    """The text in hanzi or words, what names its topic and every number behind one mask."""
    text = text.lower()
    for name in names:
        text = text.replace(name, "■")
    text = re.sub(r"[\d一二三四五六七八九十百千万]+", "■", re.sub(r"[^\w■]+", " ", text))
    return text.split() if language == "en" else list(text.replace(" ", ""))


def grams(units: list[str]) -> set[str]:
    return {" ".join(units[i : i + 4]) for i in range(len(units) - 3)}


def points(language: Language) -> Iterator[tuple[str, set[str]]]:
    for topic in topics():
        names = names_in(topic, language)
        for number, point in enumerate(topic.texts[language].points, 1):
            found = grams(masked(f"{point.spoken} {point.more}", names, language))
            if len(found) >= LEAST_GRAMS:
                yield f"{topic.id} {number}", found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_points_are_one_pattern_with_other_words(language: Language) -> None:
    told = list(points(language))
    columns = {gram: at for at, gram in enumerate(sorted(set().union(*(found for _, found in told))))}
    lengths = np.array([len(found) for _, found in told])
    holds = csr_array(
        (
            np.ones(lengths.sum(), np.int32),
            [columns[gram] for _, found in told for gram in found],
            np.concatenate([[0], lengths.cumsum()]),
        ),
        shape=(len(told), len(columns)),
    )
    shared = triu(holds @ holds.T, k=1).tocoo()  # how many grams two points have in common
    fewest = np.minimum(lengths[shared.row], lengths[shared.col])
    close = shared.data > MOST_ALIKE * fewest
    alike = [(told[a][0], told[b][0]) for a, b in zip(shared.row[close], shared.col[close], strict=True)]
    assert alike == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_pattern_makes_many_of_the_hooks(language: Language) -> None:
    hooks = [
        masked(hook.spoken, names, language)
        for topic in topics()
        for names in [names_in(topic, language)]
        for hook in topic.texts[language].hooks
    ]
    patterns = Counter(" ".join(units) for units in hooks)
    pattern, count = patterns.most_common(1)[0]
    assert count <= MOST_OF_A_PATTERN * len(hooks), pattern
    # nor the way they begin
    starts = Counter(tuple(units[:3]) for units in hooks)
    start, count = starts.most_common(1)[0]
    assert count <= 2 * MOST_OF_A_PATTERN * len(hooks), start


def _broken(tmp_path: Path, change: Any) -> list[str]:
    data = json.loads(FILES[0].read_text(encoding="utf-8"))
    change(data["topics"][0])
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return check_file(path)


def test_the_checker_notices_each_kind_of_mistake(tmp_path: Path) -> None:
    def point(topic: dict[str, Any], language: str, place: int, text: str) -> None:
        topic["points"][0][1 + LANGUAGES.index(language)][place] = text  # type: ignore[arg-type]

    mistakes = {
        "must end a sentence": lambda t: point(t, "zh", 1, "这句话没有句号不能念"),
        "Latin punctuation": lambda t: point(t, "zh", 2, "先把水烧开,再把面条放进锅里煮。"),
        "cannot be read aloud": lambda t: point(t, "zh", 2, "先把水烧开🔥，再把面条放进锅里煮。"),
        "unbalanced quotes": lambda t: point(t, "zh", 2, "他说“先把水烧开，再把面条放进锅里。"),
        "repeats": lambda t: point(t, "zh", 1, t["points"][1][1][1]),
        "needs 5-8 points": lambda t: t.update(points=t["points"][:3]),
        "is not one of": lambda t: t.update(mood="grumpy"),
        "missing or malformed": lambda t: t["en"].pop("payoff"),
        "mixes Chinese": lambda t: point(t, "en", 0, "Boil 水 first"),
        "must be 2-10 long": lambda t: point(t, "zh", 0, "这一行字对于屏幕来说实在太长了"),
        "two sides in each language": lambda t: t["points"][0].append(
            {"versus": ["compare", ["冷", "热"], ["硬", "软"], ["Cold", "Hot"], ["Hard", "Soft"], "🧊", "🔥"]}
        ),
        "not in its language": lambda t: t["points"][0].append(
            {"versus": ["compare", ["冷敷", "热敷"], ["冷敷", "热敷"], "🧊", "🔥"]}
        ),
        "different kinds": lambda t: t["zh"].update(hooks=[["question", "为什么？"]] * 2),
    }
    for words, change in mistakes.items():
        assert any(words in problem for problem in _broken(tmp_path, change)), words
