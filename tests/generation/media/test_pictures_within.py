"""Drawings named by their characters, and drawings for words inside their subject."""

from __future__ import annotations

import pytest

from core.languages import Language
from generation.media.pictures import named_pictures, search, search_within
from generation.stages.script import choose_pictures


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


@pytest.mark.parametrize(
    ("words", "narration", "about", "language", "never"),
    [
        ("🍉", "怎么一眼挑中甜西瓜？", "怎么挑西瓜", "zh", {"doughnut", "honey-pot", "candy", "lollipop"}),
        ("🐸", "一个爱跳，一个爱爬。", "青蛙和蟾蜍的区别", "zh", {"ladder", "person-climbing"}),
        ("🐸", "滑皮长腿是蛙，疙瘩短腿是蟾。", "青蛙和蟾蜍的区别", "zh", {"mechanical-leg"}),
        ("🦉", "Eyes stuck, so the neck spins.", "Why owls turn their heads", "en", {"spinning-top", "scarf"}),
        ("🌡️", "Let it rest, and keep an eye on the clock.", "How to roast a chicken", "en", {"eye", "eyes"}),
    ],
)  # fmt: skip
def test_a_figure_of_speech_is_not_drawn_beside_the_picture(
    words: str, narration: str, about: str, language: Language, never: set[str]
) -> None:
    chosen = choose_pictures(words, narration, language=language, preferred_set="fluent-emoji", about=about)
    assert not never & {picture.name for picture in chosen[1:]}


def test_without_what_it_is_about_only_named_drawings_stand_beside_each_other() -> None:
    named = choose_pictures("🍉 👂", "拍一拍，听声音。", language="zh", preferred_set="fluent-emoji")
    assert [picture.name for picture in named] == ["watermelon", "ear"]
    alone = choose_pictures("🍉", "怎么一眼挑中甜西瓜？", language="zh", preferred_set="fluent-emoji")
    assert [picture.name for picture in alone] == ["watermelon"]
