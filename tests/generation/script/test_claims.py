"""Claims with numbers: what a person should look up is marked, and what only counts is not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.languages import Language
from generation.bank.reading import topics
from generation.script.claims import MOST, claims


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("About 80 percent of people fail, says a 2019 study.", ("80 percent", "2019")),
        ("Half of all adults sleep badly.", ("Half of all adults",)),
        ("It took two hundred million years.", ("two hundred million years",)),
        ("Millions of bees die, one in five.", ("Millions of bees", "one in five")),
        ("Pay $3.50, or 20% less.", ("$3.50", "20%")),
        ("China has 1.4 billion people.", ("1.4 billion people",)),
        ("Here are 3 tips for you.", ()),
        ("Two friends walked one day.", ()),
        ("Use one part coffee and eight parts cold water.", ()),
    ],
)
def test_numbers_that_english_claims_are_marked_and_counting_is_not(
    text: str, marked: tuple[str, ...]
) -> None:
    assert claims(text, "en") == marked


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("据说百分之八十的人不知道。", ("百分之八十",)),
        ("2019年有3000万人这么做。", ("2019年", "3000万人")),
        ("泡十六小时，水温九十度。", ("十六小时", "九十度")),
        ("从12月26日到1月1日。", ("12月26日", "1月1日")),
        ("二〇〇八年开始，翻了三倍。", ("二〇〇八年", "三倍")),
        ("三个技巧教你省钱，第二天早上就能用。", ()),
        ("大多数人一天一次，两个人一起做。", ()),
    ],
)
def test_numbers_that_chinese_claims_are_marked_and_counting_is_not(
    text: str, marked: tuple[str, ...]
) -> None:
    assert claims(text, "zh") == marked


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["zh", "en"]))
def test_every_mark_stands_in_the_text_it_marks(text: str, language: str) -> None:
    marked = claims(text, language)
    assert len(marked) <= MOST and len(set(marked)) == len(marked)
    assert all(span and span in text for span in marked)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_most_sentences_of_the_bank_carry_no_mark(language: Language) -> None:
    chosen = random.Random(0).sample(list(topics()), 200)
    said = [point.spoken for topic in chosen for point in topic.texts[language].points]
    share = sum(bool(claims(text, language)) for text in said) / len(said)
    assert 0.03 < share < 0.2
