"""One answer to what a hanzi is, judged by Unicode's own names."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from generation.language.hanzi import HANZI, HANZI_RUN, is_hanzi


@given(st.characters(codec="utf-8"))
def test_what_unicode_names_an_ideograph_of_chinese_is_a_hanzi_and_nothing_else_is(character: str) -> None:
    name = unicodedata.name(character, "")
    named = name.startswith("CJK ") and "IDEOGRAPH-" in name
    if name:
        assert is_hanzi(character) == (named or character == "〇" or name.startswith("CJK UNIFIED"))


def test_every_named_ideograph_is_found() -> None:
    ideographs = [
        character
        for character in map(chr, range(0x2E80, 0x40000))
        if unicodedata.name(character, "").startswith(
            ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH")
        )
    ]
    assert len(ideographs) > 90_000
    assert all(map(is_hanzi, ideographs))


def test_marks_kana_hangul_and_hexagrams_are_none() -> None:
    assert not HANZI.search("，。「」·カなハングル한글ㄅ䷀Aé1")
    assert not is_hanzi("")


def test_runs_of_hanzi_end_where_anything_else_stands() -> None:
    assert HANZI_RUN.findall("二〇二六年，𠮷野家 tea 茶") == ["二〇二六年", "𠮷野家", "茶"]
