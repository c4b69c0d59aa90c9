"""Sentences of a text: where they end, what is a heading, and that each is a span of the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.documents.sentences import document_of, one_line
from tests.generation.documents.texts import POTATO, TEA


def told(text: str, language: str) -> list[str]:
    return [sentence.text for sentence in document_of(text, language).sentences]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith met Mr. J. K. Rowe at 3.5 p.m. in St. Louis.",
        "It weighs approx. 3 kg, i.e. more than before.",
        "She asked, “Why? Who said so?” and left.",
        "The U.S. economy grew.",
        "See example.com for it.",
    ],
)
def test_an_abbreviation_a_number_or_a_quote_ends_no_sentence(text):
    assert told(text, "en") == [text]


def test_sentences_end_where_a_reader_would_stop():
    assert told("It works. It did not, in 1999! Did it? “Yes.” He left", "en") == [
        "It works.", "It did not, in 1999!", "Did it?", "“Yes.”", "He left",
    ]  # fmt: skip
    assert told("他说：“好。走吧！”然后走了。真的？真的……后来呢", "zh") == [
        "他说：“好。走吧！”然后走了。", "真的？", "真的……后来呢",
    ]  # fmt: skip


def test_a_long_sentence_is_parted_at_semicolons_but_never_inside_brackets():
    halves = [
        "The harbor was dug by hand over forty winters by the men of the village;",
        "its wall was built of the same gray stone as the church on the hill.",
    ]
    assert told(" ".join(halves), "en") == halves
    whole = (
        "It turns out that a true year (that is, a full orbit of the Earth around the Sun; also called a tropical year) is a "
        "little bit longer than the calendar says it is."
    )
    assert told(whole, "en") == [whole]


def test_lines_that_a_page_wrapped_are_joined_and_paragraphs_stay_apart():
    wrapped = (
        "The lighthouse was built in 1859 on a rock that the sea covers at\n"
        "high tide, and its keepers lived there for weeks without a boat or\n"
        "any news of the mainland. It is empty now.\n\n"
        "Nobody has climbed its stairs since the lamp was made electric and\n"
        "automatic, forty years ago."
    )
    assert told(wrapped, "en") == [
        "The lighthouse was built in 1859 on a rock that the sea covers at high tide, and its keepers lived there for weeks "
        "without a boat or any news of the mainland.",
        "It is empty now.",
        "Nobody has climbed its stairs since the lamp was made electric and automatic, forty years ago.",
    ]
    assert told("# 灯塔\n\n灯塔建在礁石上，\n涨潮时会被海水淹没。", "zh") == [
        "灯塔建在礁石上，涨潮时会被海水淹没。"
    ]


def test_headings_lists_and_back_matter_are_known():
    document = document_of(POTATO, "en")
    assert document.title == "The Humble Potato"
    assert not any("nobody should ever hear" in sentence.text for sentence in document.sentences)
    assert not any("[2]" in sentence.text for sentence in document.sentences)
    tea = document_of(TEA, "zh")
    assert tea.title == "茶的历史" and not any("不该被讲到" in sentence.text for sentence in tea.sentences)
    items = document_of(
        "To do\n\n- Wash the rice twice.\n- Soak it for an hour.\n2) Cook it slowly.", "en"
    ).sentences
    assert [(s.text, s.listed) for s in items] == [
        ("Wash the rice twice.", True), ("Soak it for an hour.", True), ("Cook it slowly.", True),
    ]  # fmt: skip


@given(
    st.lists(
        st.text(alphabet='abcXY Z.,;!?\n"“”()1’…—#-:他们说，。！？；：“”《》\n', max_size=60), max_size=6
    ).map("\n".join),
    st.sampled_from(["zh", "en"]),
)
def test_whatever_the_text_sentences_are_spans_of_it_in_order_and_never_overlap(text, language):
    document = document_of(text, language)
    at = 0
    for sentence in document.sentences:
        assert at <= sentence.start < sentence.end <= len(document.text)
        assert one_line(document.text[sentence.start : sentence.end], language) == sentence.text
        assert any(c.isalnum() for c in sentence.text)
        at = sentence.end
