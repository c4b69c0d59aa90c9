"""Typesetting: no missing glyph in anything we say, no torn word, no mark where a line must not have one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generation.bank.reading import files
from generation.media.scenes.emphasis import marked_word
from generation.media.scenes.line_breaks import CLOSING, OPENING, fit_text, unbreakable, wrap_text
from generation.media.scenes.sprites import text_line
from generation.media.scenes.typography import TextStyle, missing_glyphs, shape, width

HANZI = st.text("露营最容易漏带什么的了吗帐篷睡袋春秋水一二三人每天升", min_size=1, max_size=8)
LATIN = st.text("abcdefgXYZ", min_size=1, max_size=9)
NUMBER = st.from_regex(r"[1-9][0-9]{0,3}(\.[0-9])?%?", fullmatch=True)
PIECE = st.one_of(
    HANZI,
    LATIN,
    NUMBER,
    HANZI.map(lambda text: f"“{text}”"),
    HANZI.map(lambda text: f"（{text}）"),
    HANZI.map(lambda text: text + "，"),
    HANZI.map(lambda text: text + "？"),
    LATIN.map(lambda text: f"{text}, "),
)
SENTENCE = st.lists(PIECE, min_size=1, max_size=9).map("".join)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _strings(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


def test_the_list_of_the_machines_fonts_is_not_read(tmp_path):
    """Its mistakes would be told in the middle of a progress line."""
    (tmp_path / "fonts.conf").write_text("<fontconfig><unheard-of/></fontconfig>")
    code = "from generation.media.scenes.typography import face; face('play', 400)"
    environment = {**os.environ, "FONTCONFIG_PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_nothing_in_the_whole_bank_lacks_a_glyph() -> None:
    for path in files():
        found = json.loads(path.read_text(encoding="utf-8"))["topics"]
        texts = [[topic["zh"], topic["en"], [row[1:3] for row in topic["points"]]] for topic in found]
        text = "".join(_strings(texts))  # a row's first entry names drawings
        characters = "".join(sorted(set(text)))
        assert missing_glyphs(characters) == [], path.name
        assert missing_glyphs(characters, "play") == [], path.name


def test_emoji_are_drawn_and_what_nobody_can_draw_is_named() -> None:
    assert missing_glyphs("好❤️的👍🏽去👨‍👩‍👧露营⛺️🏕") == []
    assert missing_glyphs("\ue000x") == ["\ue000"]
    plain, with_emoji = text_line("好", TextStyle(40), (0, 0, 0)), text_line("好⛺", TextStyle(40), (0, 0, 0))
    assert with_emoji.rgba.shape[1] > plain.rgba.shape[1] + 30
    colors = with_emoji.rgba[with_emoji.rgba[:, :, 3] > 200][:, :3]
    assert colors.std(axis=0).max() > 20  # the tent keeps its colors


def test_an_emoji_sequence_is_one_picture() -> None:
    assert len(shape("❤️‍🔥").runs) == 1
    assert len(shape("👍🏽").runs) == 1
    assert shape("1").runs[0].emoji == ""  # a digit is a digit although a keycap begins with it


@settings(max_examples=150, deadline=None)
@given(SENTENCE, st.floats(120, 900))
@example("他说：“走吧！”然后（真的）就走了。", 150.0)
@example("what’s the 5-minute rule, really?", 120.0)
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(text: str, room: float) -> None:
    lines = wrap_text(text, TextStyle(60), room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for before, after in pairwise(lines):
        assert after[0] not in CLOSING, lines
        assert before[-1] not in OPENING, lines


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=8), st.floats(60, 500))
def test_no_latin_word_is_ever_split(words: list[str], room: float) -> None:
    lines = wrap_text(" ".join(words), TextStyle(50), room)
    assert " ".join(lines).split() == words


@settings(max_examples=100, deadline=None)
@given(SENTENCE)
def test_unbreakable_parts_are_the_text(text: str) -> None:
    assert "".join(unbreakable(text)) == text


@settings(max_examples=80, deadline=None)
@given(SENTENCE, st.integers(200, 1000), st.integers(80, 400))
def test_fitted_text_fits(text: str, room: int, height: int) -> None:
    block = fit_text(text, max_width=room, max_height=height, max_size=120, max_lines=3)
    if block.style.size > 1:
        assert all(w <= room + 0.01 for w in block.widths)
        assert len(block.lines) * 1.22 * block.style.size <= height + 0.01
    assert block.style.size <= 120


def test_chinese_words_stay_whole_and_lines_are_even() -> None:
    block = fit_text("露营最容易漏带什么？", max_width=918, max_height=310, max_size=124, max_lines=2)
    assert block.lines == ("露营最容易", "漏带什么？")
    english = fit_text(
        "What do campers always forget?", max_width=918, max_height=310, max_size=124, max_lines=2
    )
    assert english.lines == ("What do campers", "always forget?")


def test_a_number_keeps_its_unit_and_its_measure() -> None:
    assert "4升水" in unbreakable("每人每天4升水")
    assert any("87.5%" in part for part in unbreakable("有87.5%的人"))


def test_kerning_is_applied() -> None:
    pair = shape("To", weight=900).advance
    assert pair < shape("T", weight=900).advance + shape("o", weight=900).advance


def test_digits_are_as_wide_as_each_other_at_the_heaviest_weight() -> None:
    widths = {round(width(digit, TextStyle(100, 900)), 3) for digit in "0123456789"}
    assert len(widths) == 1


@pytest.mark.parametrize(
    ("line", "language", "hints", "marked"),
    [
        ("每人每天4升水", "zh", (), "4升"),
        ("87.5%的人第一次都忘了带它", "zh", (), "87.5%"),
        ("4 liters of water a day", "en", (), "4 liters"),
        ("What do campers always forget?", "en", ("camp",), "campers"),
        ("睡垫比睡袋先买", "zh", ("睡垫",), "睡垫"),
        ("Pitch it at home tonight", "en", ("home",), "home"),
        ("滚开1分钟", "zh", (), "1分钟"),
        ("葱白留5厘米", "zh", (), "5厘米"),
        ("火", "zh", (), ""),
    ],
)
def test_the_word_that_matters_is_marked(
    line: str, language: str, hints: tuple[str, ...], marked: str
) -> None:
    assert marked_word(line, language, hints) == marked


@settings(max_examples=150, deadline=None)
@given(SENTENCE, st.sampled_from(("zh", "en")), st.lists(HANZI, max_size=2))
def test_a_marked_word_is_part_of_its_line(line: str, language: str, hints: list[str]) -> None:
    assert marked_word(line, language, hints) in line
