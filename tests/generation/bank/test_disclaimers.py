"""A topic that asks for care says so beside its video, in the video's language."""

from __future__ import annotations

import pytest

from core.languages import LANGUAGES, Language
from generation.bank.disclaimers import disclaimer
from generation.bank.reading import topics
from generation.bank.topic import CARES
from generation.language.hanzi import HANZI


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_care_has_a_sentence_of_its_own_in_both_languages(language: Language) -> None:
    said = {care: {disclaimer(t.id, language) for t in topics() if t.care == care} for care in CARES}
    assert all(len(sentences) == 1 for sentences in said.values())
    (health,), (money,), (local,) = said.values()
    assert len({health, money, local}) == 3
    assert all(bool(HANZI.search(sentence)) == (language == "zh") for sentence in (health, money, local))


def test_other_topics_and_none_need_no_sentence() -> None:
    plain = next(topic for topic in topics() if topic.care is None)
    assert disclaimer(plain.id, "en") == disclaimer("", "zh") == disclaimer("gone-from-the-bank", "en") == ""


def test_health_and_money_topics_are_marked() -> None:
    """First aid, illness and finance: none of these folders has more than a few topics without a mark."""
    for category, least in (("health", 0.85), ("safety", 0.3), ("money", 0.6)):
        own = [topic for topic in topics() if topic.category == category]
        assert sum(topic.care is not None for topic in own) >= least * len(own), category
