"""Drawings named by their characters, and drawings for words inside their subject."""

from __future__ import annotations

import pytest

from core.languages import Language
from generation.media.pictures import named_pictures, search, search_within


def test_characters_name_their_drawings_in_order() -> None:
    assert [picture.name for picture in named_pictures("👂 🍉", language="en")] == ["ear", "watermelon"]
    found = search("👂 🍉", language="zh", k=5)
    assert [picture.name for picture in found[:2]] == ["ear", "watermelon"] and found[0].because == "耳朵"
    assert len({picture.name for picture in found}) == 5
    assert named_pictures("西瓜 🍉", language="zh") == []  # a text with words is searched


@pytest.mark.parametrize(
    ("subject", "text", "language", "wanted", "never"),
    [
        ("How to pick a ripe watermelon", "Look for a creamy yellow spot", "en", "watermelon", {"lollipop", "round-pushpin"}),
        ("How to pick a ripe watermelon", "How to pick a ripe watermelon", "en", "watermelon", {"pick"}),
        ("How to pick a ripe watermelon", "It should feel heavy for its size", "en", "watermelon", {"straight-ruler"}),
        ("怎么挑西瓜", "摸一摸瓜脐，越小越甜", "zh", "watermelon", set()),
        ("露营", "地钉比帐篷更重要", "zh", "tent", set()),
    ],
)  # fmt: skip
def test_words_are_drawn_in_the_sense_of_their_subject(
    subject: str, text: str, language: Language, wanted: str, never: set[str]
) -> None:
    found = search_within(text, subject, language=language, k=3)
    assert found[0].name == wanted
    assert not never & {picture.name for picture in found if picture.because}
