"""Words, addresses, versions and standards in an English text."""

from __future__ import annotations

import re

from generation.language.normalization.english.amounts import PER, PER_WORDS
from generation.language.normalization.english.counting import quantity
from generation.language.normalization.latin import said
from generation.language.numerals.english import cardinal, one_by_one, year


def _inside_word(digits: str) -> str:
    if "." in digits or len(digits) <= 2:
        return quantity(digits)
    return year(digits) if len(digits) == 4 and digits[0] != "0" else one_by_one(digits)


def word(written: str, *, shouting: bool = False) -> str:
    scaled = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)k", written)
    if scaled:
        return quantity(scaled[1]) + " thousand"
    head, slash, tail = written.partition("/")
    if slash and PER.fullmatch(tail):  # times/day
        return f"{word(head)} per {PER_WORDS.get(tail, tail)}"
    return said(written, number=_inside_word, plus="plus", also="and", shouting=shouting)


def version(match: re.Match[str], before: str, after: str) -> str:
    start = "version " if match.group()[0] in "vV" else ""
    return start + " point ".join(cardinal(part) for part in match["number"].split("."))


_MARKS = {
    ".": "dot", "@": "at", "/": "slash", "?": "question mark", "=": "equals", "&": "and", "-": "dash", "_": "underscore", "#": "hash",
    ":": "colon", "%": "percent", "+": "plus", "~": "tilde",
}  # fmt: skip


def address(match: re.Match[str], before: str, after: str) -> str:
    bare = re.sub(r"^https?://", "", match.group())
    parts = re.findall(r"[A-Za-z]+|[0-9]+|[.@/?=&_#:%+~-]", bare)
    return " ".join(_MARKS.get(part) or _address_part(part) for part in parts)


def _address_part(part: str) -> str:
    if part.isdigit():
        return one_by_one(part) if len(part) > 2 else cardinal(part)
    return "W W W" if part.lower() == "www" else word(part)


def internet_number(match: re.Match[str], before: str, after: str) -> str | None:
    parts = match["number"].split(".")
    if any(int(part) > 255 for part in parts) or (
        int(parts[0]) < 10 and not match["port"] and "IP" not in before
    ):
        return None
    read = " dot ".join(one_by_one(part) for part in parts)
    return read + (" colon " + one_by_one(match["port"]) if match["port"] else "")


def standard(match: re.Match[str], before: str, after: str) -> str:
    parts = re.split("[.-]", match["number"])
    told = " dash ".join(
        year(part) if len(part) == 4 else one_by_one(part) if len(part) > 2 else cardinal(part)
        for part in parts
    )
    return f"{word(match['body'])} {told}" + (" " + year(match["year"]) if match["year"] else "")
