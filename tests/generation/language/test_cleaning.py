"""What people type is kept as it was meant; what cannot be seen goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generation.language.cleaning import line_cleaned, text_cleaned

UNSEEN = {"\0", "\x1b", "\u202e", "\u2066", "\ud800", "\r", "\t"}


@given(st.text())
def test_cleaned_text_is_stable_and_holds_nothing_unseen(text: str) -> None:
    clean = text_cleaned(text)
    assert text_cleaned(clean) == clean
    assert clean == clean.strip()
    assert not set(clean) & UNSEEN
    assert "\n\n\n" not in clean


@given(st.text())
def test_a_cleaned_line_is_one_stable_line(text: str) -> None:
    line = line_cleaned(text)
    assert line_cleaned(line) == line == text_cleaned(line)
    assert len(line.splitlines()) <= 1
    assert "  " not in line
    assert not set(line) & UNSEEN


def test_cleaning_keeps_what_was_meant() -> None:
    assert text_cleaned("  好 看！\r\n\r\n\r\n\r\n👩\u200d🍳  yes\tno ") == "好 看！\n\n👩\u200d🍳 yes no"
    assert text_cleaned("\u200b\u202e \n\u200d") == ""


def test_lines_and_columns_become_spaces_of_one_line() -> None:
    assert line_cleaned(" 周末\u2028露营\r\n\tcafe\u0301\u3000\u202eabc\0 ") == "周末 露营 café abc"
