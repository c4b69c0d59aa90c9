"""What is written to evade is read; what is written plainly stays; every reading knows its place in the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.language.evasion import Mapped, canonical, readings, shown

MIXED = st.text(
    alphabet=st.sampled_from(list("你好女子亻尔傻逼abcSB.0１Ｆаé🐶 \u200b,-腦殘贝戋口阝")), max_size=30
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Ｆｕｃｋ", "fuck"),
        ("f.u.c.k", "fuck"),
        ("f u c k you", "fuck you"),
        ("sh1t a$$hole", "shit asshole"),
        ("аѕѕ", "ass"),  # Cyrillic
        ("s\u200bb", "sb"),
        ("腦殘東西", "脑残东西"),
        ("智 障", "智障"),
        ("脑·残", "脑残"),
        ("🐶东西", "狗东西"),
        ("亻尔好", "你好"),
        ("你这贝戋人", "你这贱人"),
        ("naïve café", "naive cafe"),
    ],
)
def test_plain_writing_recovers_what_was_hidden(written, plain):
    assert canonical(written).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "女子好看的电影在门口那里",
        "才是真正的朋友",
        "b2b 2024 年 3 月",
        "今天下雨,记得带伞。",
        "a b",
        "mp3 and h264",
    ],
)
def test_harmless_writing_stays_as_it_is(text):
    assert canonical(text).text == text


def test_homophones_pinyin_and_initials_coincide():
    def heard(text: str, kind: str) -> str:
        return next(one.text for one in readings(text) if one.kind == kind)

    assert (
        heard("傻逼", "sounds")
        == heard("沙比", "sounds")
        == heard("shabi", "sounds")
        == heard("sha bi", "sounds")
    )
    assert heard("你真是傻逼", "initials") == heard("你真是sb", "initials")
    assert heard("操你妈", "initials") == "cnm"
    assert heard("python code", "sounds") == "pythoncode"


def test_split_characters_share_their_parts_with_the_whole():
    def parts(text: str) -> str:
        return next(one.text for one in readings(text) if one.kind == "parts")

    assert parts("傻妈") == parts("亻囟儿夂女马")


@given(MIXED)
def test_every_character_of_every_reading_points_into_the_original(text):
    for reading in readings(text):
        mapped = reading.mapped
        assert mapped.source == text
        assert len(mapped.text) == len(mapped.starts) == len(mapped.ends)
        assert all(
            0 <= start < end <= len(text) for start, end in zip(mapped.starts, mapped.ends, strict=True)
        )
        assert list(mapped.starts) == sorted(mapped.starts)


@given(MIXED)
def test_plain_writing_is_plain_already(text):
    once = canonical(text).text
    assert len(canonical(once).text) <= len(once) + 2


def test_span_of_a_recovered_word_is_what_was_typed():
    text = "看，你是 亻尔-傻 b"
    plain = canonical(text)
    at = plain.text.index("你傻") if "你傻" in plain.text else plain.text.index("你", 3)
    start, end = plain.span(at, at + 1)
    assert text[start:end] == "亻尔"
    with pytest.raises(ValueError, match="no span"):
        Mapped.of("ab").span(1, 1)


def test_evidence_veils_what_was_recovered():
    assert shown("你这sb", 2, 4, "傻逼") == "sb → 傻…"
    assert shown("你这傻逼", 2, 4, "傻逼") == "傻…"
