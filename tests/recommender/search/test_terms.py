"""Terms of texts and queries: both languages, both scripts, slips of the pen, and nothing that breaks the index."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.search.lexicon import translated
from recommender.search.terms import document_terms, edits, query_words, spans


def texts(query: str) -> list[str]:
    return [word.text for word in query_words(query)]


def test_every_pair_and_every_hanzi_of_a_run_is_a_term() -> None:
    assert document_terms("露营帐").split() == ["露", "露营", "营", "营帐", "帐"]


def test_traditional_characters_are_the_same_terms_as_simplified_ones() -> None:
    assert document_terms("週末露營") == document_terms("周末露营")
    assert texts("帳篷") == texts("帐篷")


def test_latin_words_are_kept_as_written_and_by_stem_without_accents_and_width() -> None:
    assert document_terms("Café's TENTS ｃａｍｐ").split() == ["cafe", "caf", "tents", "tent", "camp"]


def test_words_that_say_nothing_are_passed_over_unless_they_are_all_there_is() -> None:
    assert texts("how to pitch a tent") == ["pitch", "tent"]
    assert texts("the") == ["the"]
    assert texts("我的帐篷") == ["帐篷"]


def test_only_the_last_word_is_still_being_typed() -> None:
    assert [word.prefix for word in query_words("camping ga")] == ["", "ga"]
    assert [word.prefix for word in query_words("camping ga ")] == ["", ""]


@pytest.mark.parametrize(
    ("one", "two", "distance"),
    [
        ("camping", "camping", 0),
        ("campnig", "camping", 1),
        ("campig", "camping", 1),
        ("kitten", "sitting", 3),
    ],
)
def test_a_slip_of_two_neighbors_is_one_slip(one: str, two: str, distance: int) -> None:
    assert edits(one, two, most=3) == distance
    assert edits(one, two, most=0) == min(distance, 1)


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_edits_are_symmetric_and_bounded_by_the_longer_word(one: str, two: str) -> None:
    assert edits(one, two, most=9) == edits(two, one, most=9) <= max(len(one), len(two))


@given(st.text(max_size=60))
def test_terms_hold_letters_and_digits_only_whatever_is_written(text: str) -> None:
    terms = document_terms(text).split()
    assert all(term.isalnum() for term in terms)
    for word in query_words(text):
        assert all(term.isalnum() for term in [*word.terms, word.prefix or "x"])


@given(
    st.text(alphabet="露营帐篷週末 tents,.camping", max_size=40),
    st.sampled_from(["帐篷", "tent", "週末 camping"]),
)
def test_marks_stand_in_order_apart_and_on_the_text(text: str, query: str) -> None:
    marks = spans(text, query_words(query))
    assert all(0 <= start < end <= len(text) for start, end, _ in marks)
    assert all(before[1] <= after[0] for before, after in pairwise(marks))


def test_an_answer_is_marked_where_it_stands_in_any_form() -> None:
    text = "週末露營：帶好帳篷。Two tents!"
    marked = [text[start:end] for start, end, _ in spans(text, query_words("帐篷 tent"))]
    assert marked == ["帳篷", "tents"]


@pytest.mark.parametrize(
    ("query", "other"), [("tents", "帐篷"), ("帳篷", "tent"), ("octopus", "章鱼"), ("latte", "咖啡")]
)
def test_everyday_things_are_known_in_the_other_language(query: str, other: str) -> None:
    assert other in [word.text for word in translated(query_words(query))]
