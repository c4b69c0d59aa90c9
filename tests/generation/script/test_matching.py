"""A brief finds its topic by meaning, and says how near it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.topics import judged, labelled
from core.languages import LANGUAGES, Language
from generation.bank import meanings
from generation.bank.reading import topics
from generation.language import embedding
from generation.language.paraphrase import paraphrase_rows
from generation.script import matching
from generation.script.matching import answering, category_of, nearest_topics


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_accepted_answers_the_brief_and_most_answerable_briefs_are_answered(
    language: Language,
) -> None:
    """On briefs of people who had not seen the bank, of the half that took no part in fitting."""
    found = judged(labelled(language, "judge"), language)
    assert found["precision"] >= 0.93
    assert found["found"] >= 0.4
    assert found["offered"] >= 0.95
    assert found["refused"] >= 0.9


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_of_the_bank_finds_its_own_topic(language: Language) -> None:
    for topic in topics()[::7]:
        match = answering(topic.texts[language].title, language)
        assert match is not None
        assert (match.topic_id, match.category, match.similarity) == (topic.id, topic.category, 1.0)
        assert match.title == topic.texts[language].title


def test_matches_come_nearest_first_and_no_topic_twice() -> None:
    matches = nearest_topics("周末露营带什么", language="zh", k=20)
    similarities = [match.similarity for match in matches]
    assert similarities == sorted(similarities, reverse=True)
    assert len({match.topic_id for match in matches}) == 20


@pytest.mark.parametrize(
    ("text", "language", "category"),
    [
        ("猫粮要放在干燥的地方，猫咪的水碗每天换", "zh", "pets"),
        ("Water the ferns every morning and keep the soil loose", "en", "plants"),
        ("先存钱再花钱，信用卡每月全额还清", "zh", "money"),
        ("Put your phone away and keep the bedroom dark at night", "en", "sleep"),
    ],
)
def test_a_creators_own_point_has_a_category(text: str, language: Language, category: str) -> None:
    assert category_of(text, language) == category


@pytest.mark.parametrize(("text", "language"), [("周末露营带什么", "zh"), ("what to pack for camping", "en")])
def test_of_the_near_topics_is_read_what_is_read_of_all(text: str, language: Language) -> None:
    index = matching._index(language)
    every = matching.features(text, language)
    rows, table = index._table(text, 64)
    np.testing.assert_array_equal(rows, matching.nearest_rows(every, 64))
    np.testing.assert_array_equal(table, every[rows])


def test_a_brief_that_no_topic_answers_is_read_once_for_the_answer_and_the_offers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    row_of = meanings.row_of

    def told(text: str, space: meanings.SpaceName = "meaning") -> np.ndarray:
        read.append(space)
        return row_of(text, space)

    monkeypatch.setattr(meanings, "row_of", told)
    brief = "quantum chromodynamics on a lattice of paper cups"
    assert answering(brief, "en") is None
    assert len(nearest_topics(brief, language="en", k=3)) == 3
    assert sorted(read) == ["meaning", "paraphrase"]


@pytest.mark.parametrize("empty", ["", "   ", "\n"])
def test_an_empty_brief_matches_nothing(empty: str) -> None:
    assert nearest_topics(empty, language="zh") == []
    assert nearest_topics(empty, language="en") == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_any_text_gives_similarities_between_0_and_1(text: str, language: Language) -> None:
    for match in nearest_topics(text, language=language, k=3):
        assert 0.0 <= match.similarity <= 1.0


@pytest.mark.parametrize("space", meanings.SPACES)
def test_every_name_of_the_bank_comes_with_its_meaning(
    space: meanings.SpaceName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newcomer's machine embeds nothing before the first brief: after a change run ``python -m generation.bank --meanings``."""
    monkeypatch.setattr(meanings, "_embedded", lambda *_: pytest.fail("a name is not in meanings.npz"))
    names = [
        name
        for topic in topics()
        for language in meanings.SPACES[space]
        for name in meanings.names_of(topic.texts[language])
    ]
    rows = meanings.rows_of(names, space)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)
    assert len(meanings.kept().spaces[space].codes) == len(set(names))  # and none that is gone


@pytest.mark.parametrize("space", meanings.SPACES)
def test_the_meanings_that_travel_are_those_that_the_network_gives(space: meanings.SpaceName) -> None:
    names = [topic.texts[lang].title for topic in topics()[::150] for lang in meanings.SPACES[space]]
    embed = {
        "meaning": lambda: embedding.embed(names, kind="query"),
        "paraphrase": lambda: paraphrase_rows(names),
    }
    fresh = meanings.kept().spaces[space].projected(embed[space]())
    assert (meanings.rows_of(names, space) * fresh).sum(axis=1).min() > 0.99


def test_a_question_is_nearer_to_its_paraphrase_than_to_another_question_about_the_same() -> None:
    asked, same, other = paraphrase_rows(
        [
            "how do I get rid of hiccups",
            "what makes hiccups stop",
            "why do babies have hiccups in the womb",
        ]
    )
    assert asked @ same > asked @ other + 0.1
