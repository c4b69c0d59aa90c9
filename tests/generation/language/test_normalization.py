from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.language.hanzi import is_hanzi
from generation.language.normalization import PAUSES, spoken


def said(text: str, language: str) -> str:
    return " ".join(token.spoken for token in spoken(text, language) if token.spoken)  # type: ignore[arg-type]


def said_zh(text: str) -> str:
    return said(text, "zh").replace(" ", "")


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("2024年", "二零二四年"),
        ("2020-2024年", "二零二零到二零二四年"),
        ("1000年历史", "一千年历史"),
        ("90年代", "九十年代"),
        ("3.5", "三点五"),
        ("50%", "百分之五十"),
        ("3%-5%", "百分之三到百分之五"),
        ("3-5天", "三到五天"),
        ("1/3", "三分之一"),
        ("½", "二分之一"),
        ("7:30", "七点半"),
        ("2:05", "两点零五分"),
        ("2023-05-12", "二零二三年五月十二日"),
        ("¥3.5万", "三点五万元"),
        ("$20", "二十美元"),
        ("100元", "一百元"),
        ("5kg", "五公斤"),
        ("120km/h", "一百二十公里每小时"),
        ("-5°C", "零下五度"),
        ("500MB", "五百MB"),
        ("13812345678", "幺三八幺二三四五六七八"),
        ("拨打120", "拨打幺二零"),
        ("第2名", "第二名"),
        ("2个", "两个"),
        ("2点半", "两点半"),
        ("100+种", "一百多种"),
        ("16:9", "十六比九"),
        ("1,234", "一千二百三十四"),
        ("007", "零零七"),
        ("①", "一"),
        ("２０", "二十"),
    ],
)
def test_chinese_numbers_are_read_as_a_speaker_would(written: str, heard: str) -> None:
    assert said_zh(written) == heard


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("in 2024", "in twenty twenty four"),
        ("in 2005", "in two thousand five"),
        ("the 1990s", "the nineteen nineties"),
        ("2000 steps", "two thousand steps"),
        ("1950 tickets", "one thousand nine hundred fifty tickets"),
        ("3.5", "three point five"),
        ("50%", "fifty percent"),
        ("3-5 days", "three to five days"),
        ("1/2", "one half"),
        ("3/4", "three quarters"),
        ("7:30 pm", "seven thirty P M"),
        ("8:00", "eight o'clock"),
        ("2023-05-12", "May twelfth twenty twenty three"),
        ("May 5, 2023", "May fifth , twenty twenty three"),
        ("$19.99", "nineteen dollars and ninety nine cents"),
        ("$1", "one dollar"),
        ("$3.5 million", "three point five million dollars"),
        ("16 GB", "sixteen gigabytes"),
        ("-5°C", "minus five degrees Celsius"),
        ("1 kg", "one kilogram"),
        ("22nd", "twenty second"),
        ("#1", "number one"),
        ("Dr. Smith", "doctor Smith"),
        ("rock & roll", "rock and roll"),
    ],
)
def test_english_numbers_are_read_as_a_speaker_would(written: str, heard: str) -> None:
    assert said(written, "en") == heard


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("AI", "A I"),
        ("USB-C", "U S B C"),
        ("ChatGPT", "chat G P T"),
        ("NASA", "nasa"),
        ("GPT-4", "G P T 四"),
        ("PPT", "P P T"),
        ("ETC", "E T C"),
        ("LOGO", "logo"),
    ],
)
def test_acronyms_are_spelled_and_names_are_read(written: str, heard: str) -> None:
    assert said(written, "zh") == heard


def test_capitals_for_emphasis_are_words() -> None:
    assert said("STOP DOING THIS NOW", "en") == "stop doing this now"


def test_emoji_and_quotation_marks_are_not_said() -> None:
    assert said_zh("好😀“的”🏕️") == "好的"


texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="0123456789.,:/-–%$¥°CkgmMBAaIi年月第两个点 '’+#&@（）①½２Ⅳ٣😀é\n", max_size=40),
)


@settings(deadline=None)  # the first example loads dictionaries
@given(texts, st.sampled_from(["zh", "en"]))
def test_any_text_is_read_without_a_digit_or_symbol_left(text: str, language: str) -> None:
    for token in spoken(text, language):  # type: ignore[arg-type]
        assert token.is_pause == (token.spoken in PAUSES)
        for character in "" if token.is_pause else token.spoken:
            assert is_hanzi(character) or character in " '" or character.isalpha()


@settings(deadline=None)  # the first example loads dictionaries
@given(texts, st.sampled_from(["zh", "en"]))
def test_tokens_cover_the_text_in_order(text: str, language: str) -> None:
    tokens = spoken(text, language)  # type: ignore[arg-type]
    end = 0
    for token in tokens:
        assert text[end : token.span[0]].strip() == ""
        assert token.span[0] < token.span[1]
        assert token.written == text[token.span[0] : token.span[1]]
        end = token.span[1]
    assert text[end:].strip() == ""
