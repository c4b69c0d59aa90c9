"""Numbers as words, judged by cn2an and num2words and by reading them back."""

from __future__ import annotations

import re

import cn2an
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from num2words import num2words

from generation.language.length import number_length
from generation.language.numerals import chinese, english

# digits with many zeros, where the rules are
sparse = st.text(alphabet="0000012589", min_size=1, max_size=16).map(lambda digits: str(int(digits)))
whole = st.one_of(sparse, st.integers(0, 10**16 - 1).map(str))


@settings(deadline=None)  # the first example loads dictionaries
@given(st.one_of(st.integers(0, 10**12), st.integers(0, 10**16 - 1), sparse.map(int)))
def test_chinese_cardinals_agree_with_an_independent_reader(value: int) -> None:
    # four zeros before a group that starts with another digit: cn2an says 一亿一千 for 100,001,000
    assume(not re.search(r"0000[1-9]\d{3}(?:\d{4})*$", str(value)))
    assert chinese.cardinal(str(value)).replace("两", "二") == cn2an.an2cn(value).replace("两", "二")


@settings(deadline=None)
@given(whole)
def test_a_chinese_cardinal_read_back_is_the_number(digits: str) -> None:
    assert cn2an.cn2an(chinese.cardinal(digits), "smart") == int(digits)


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("2000", "两千"),
        ("20000", "两万"),
        ("22000", "两万二千"),
        ("200", "两百"),
        ("20", "二十"),
        ("2", "二"),
        ("100001000", "一亿零一千"),
        ("1000000000000", "一万亿"),
        ("1000000010000", "一万亿零一万"),
        ("12345678000000", "十二万三千四百五十六亿七千八百万"),
    ],
)
def test_chinese_cardinals_are_counted_as_a_speaker_counts(digits: str, said: str) -> None:
    assert chinese.cardinal(digits) == said


@given(st.integers(0, 10**15 - 1))
def test_english_cardinals_are_num2words_without_the_and(value: int) -> None:
    assert set(english.cardinal(str(value)).split()) == set(re.findall(r"[a-z]+", num2words(value))) - {"and"}


@given(st.integers(1100, 2099))
def test_english_years_have_the_words_of_num2words(value: int) -> None:
    expected = [word for word in re.findall(r"[a-z]+", num2words(value, to="year")) if word != "and"]
    assert english.year(str(value)).split() == expected


@settings(deadline=None)
@given(st.decimals(0, 10**6, places=2), st.sampled_from(["", "%"]))
def test_a_number_is_as_long_as_an_independent_reader_says_it(value: object, sign: str) -> None:
    number = f"{value:.2f}".rstrip("0").rstrip(".")
    assert number_length(number + sign, "zh") == len(cn2an.an2cn(number, "low")) + 3 * len(sign)
    if not re.fullmatch(r"1[1-9]\d\d|20\d\d", number):
        said = num2words(float(number) if "." in number else int(number))
        words = [word for word in re.findall(r"[a-z]+", said) if word != "and"]
        assert number_length(number + sign, "en") == len(words) + len(sign)
