"""A brief finds its topic by meaning, and says how near it is."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.languages import LANGUAGES, Language
from generation.script import matching
from generation.script.bank import topics
from generation.script.matching import near_enough, nearest_topics

LABELLED = json.loads(Path(__file__).with_name("matching_labelled.json").read_text(encoding="utf-8"))


def accepted(answer: str | list[str]) -> set[str]:
    return {answer} if isinstance(answer, str) else set(answer)


def share(language: Language, verdict: Callable[[str, set[str]], bool]) -> float:
    rows = LABELLED["near"][language]
    return sum(verdict(text, accepted(answer)) for text, answer in rows) / len(rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_brief_in_other_words_finds_its_topic(language: Language) -> None:
    first = share(language, lambda text, ids: nearest_topics(text, language=language, k=1)[0].topic_id in ids)
    five = share(
        language, lambda text, ids: bool({m.topic_id for m in nearest_topics(text, language=language)} & ids)
    )
    assert first >= 0.9
    assert five >= 0.95


@pytest.mark.parametrize("language", LANGUAGES)
def test_near_briefs_are_near_and_far_briefs_are_far(language: Language) -> None:
    near = share(
        language, lambda text, _: near_enough(nearest_topics(text, language=language, k=1)[0].similarity)
    )
    far = [nearest_topics(text, language=language, k=1)[0].similarity for text in LABELLED["far"][language]]
    assert near >= 0.85
    assert np.mean([not near_enough(similarity) for similarity in far]) >= 0.94


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_of_the_bank_finds_its_own_topic(language: Language) -> None:
    for topic in topics()[::7]:
        match = nearest_topics(topic.texts[language].title, language=language, k=1)[0]
        assert (match.topic_id, match.category) == (topic.id, topic.category)
        assert match.title == topic.texts[language].title
        assert near_enough(match.similarity)


def test_matches_come_nearest_first_and_no_topic_twice() -> None:
    matches = nearest_topics("周末露营带什么", language="zh", k=20)
    similarities = [match.similarity for match in matches]
    assert similarities == sorted(similarities, reverse=True)
    assert len({match.topic_id for match in matches}) == 20


def most_voted_category(text: str, language: Language) -> str:
    """The category that the five nearest topics vote for, nearer ones with more weight."""
    votes: dict[str, float] = defaultdict(float)
    for rank, match in enumerate(nearest_topics(text, language=language, k=5)):
        votes[match.category] += (match.similarity + 1e-6) / (1 + rank)
    return max(votes, key=lambda category: votes[category])


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
    assert most_voted_category(text, language) == category


@pytest.mark.parametrize("empty", ["", "   ", "\n"])
def test_an_empty_brief_matches_nothing(empty: str) -> None:
    assert nearest_topics(empty, language="zh") == []
    assert nearest_topics(empty, language="en") == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_any_text_gives_similarities_between_0_and_1(text: str, language: Language) -> None:
    for match in nearest_topics(text, language=language, k=3):
        assert 0.0 <= match.similarity <= 1.0


def test_what_set_up_embeds_is_found_again_without_embedding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "topics", lambda: topics()[:2])
    monkeypatch.setenv("AIGC_ASSETS_DIR", str(tmp_path))
    assert list(matching.prepare())
    assert list(matching.prepare()) == []
    fresh = matching._Index(topics()[:2], "en").features("closet")
    monkeypatch.setattr(matching.embedding, "embed", _only_queries(matching.embedding.embed))
    again = matching._Index(topics()[:2], "en").features("closet")
    np.testing.assert_allclose(fresh, again, atol=0.05)


def _only_queries(embed: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """``embed`` that refuses more than one text: the bank must come from the disk."""

    def guarded(texts: list[str], *, kind: str) -> np.ndarray:
        assert len(texts) == 1
        return embed(texts, kind=kind)

    return guarded
