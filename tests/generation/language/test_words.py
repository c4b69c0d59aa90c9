"""A text is cut into words that stand where they are said to stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.languages import LANGUAGES, Language
from generation.language.stop_words import STOP_WORDS
from generation.language.words import content_words, latin_words, segment_zh


def test_hyphens_part_words_and_a_genitive_goes() -> None:
    text = "Women’s well-being: R&D"
    assert latin_words(text) == [("women", 0, 7), ("well", 8, 12), ("being", 13, 18), ("r&d", 20, 23)]


@given(st.text(alphabet="aZé'’-& 1茶", max_size=40))
def test_latin_words_stand_in_order_where_they_say(text: str) -> None:
    end = 0
    for word, start, stop in latin_words(text):
        assert end <= start < stop
        assert text[start:stop].lower().replace("’", "'").removesuffix("'s") == word
        end = stop


@settings(deadline=None)  # the first example loads the dictionary
@given(st.text(max_size=40))
def test_segments_joined_are_the_text(text: str) -> None:
    assert "".join(segment_zh(text)) == text


@settings(deadline=None)
@given(st.text(alphabet="我的咖啡很好 the best tea", max_size=30), st.sampled_from(LANGUAGES))
def test_words_that_say_nothing_are_no_content(text: str, language: Language) -> None:
    found = content_words(text, language)
    assert len(found) == len(set(found))
    assert not {word.lower() for word in found} & STOP_WORDS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_stop_words(language: Language) -> None:
    assert len(STOP_WORDS[language]) > 50
