"""Numbers in English words, as they are said: without "and" (which the voice would stress), hyphens or commas."""

from __future__ import annotations

from functools import lru_cache

from num2words import num2words

_LONGEST = 15  # digits that are still read as one quantity
_DIGITS = "zero one two three four five six seven eight nine".split()


@lru_cache(maxsize=4096)
def cardinal(digits: str) -> str:
    """A whole number in words without "and"; digit by digit from 16 digits on or with leading zeros."""
    digits = digits.replace(",", "")
    if len(digits) > _LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return one_by_one(digits)
    return _plain(num2words(int(digits)))


def one_by_one(digits: str) -> str:
    """Each digit by itself."""
    return " ".join(_DIGITS[int(digit)] for digit in digits if digit.isdecimal())


def quantity(number: str) -> str:
    """A number with its decimals: 3.50 → three point five zero."""
    whole, _, decimals = number.replace(",", "").partition(".")
    return f"{cardinal(whole)} point {one_by_one(decimals)}" if decimals else cardinal(whole)


def ordinal(digits: str) -> str:
    """22 → twenty second; digit by digit from 16 digits on."""
    digits = digits.replace(",", "")
    return _plain(num2words(int(digits), to="ordinal")) if len(digits) <= _LONGEST else one_by_one(digits)


def year(digits: str) -> str:
    """Four digits: 1905 → nineteen oh five, 2024 → twenty twenty four, 2005 → two thousand five."""
    if digits[1:] == "000" or digits[:3] == "200":
        return cardinal(digits)
    century, tens = cardinal(digits[:2]), digits[2:]
    if tens == "00":
        return f"{century} hundred"
    return f"{century} oh {cardinal(tens[1])}" if tens[0] == "0" else f"{century} {cardinal(tens)}"


def _plain(words: str) -> str:
    return words.replace(",", "").replace(" and ", " ").replace("-", " ")
