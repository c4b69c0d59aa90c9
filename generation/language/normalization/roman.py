"""Roman numerals."""

from __future__ import annotations

import re

_WELL_FORMED = re.compile(r"(?:C{0,3}|CD|DC{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500}


def of_roman(written: str) -> int:
    """The value of a well-formed numeral below 900, capitals only; 0 for any other text."""
    if not written or not _WELL_FORMED.fullmatch(written):
        return 0
    values = [_VALUES[letter] for letter in written]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )
