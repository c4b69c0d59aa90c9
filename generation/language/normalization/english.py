"""Numbers, dates, money and units in English words."""

from __future__ import annotations

import re
from collections.abc import Callable

from generation.language.normalization.grammar import MONEY, UNITS
from generation.language.normalization.latin import said
from generation.language.numerals.english import cardinal, one_by_one, ordinal, quantity, year

_MONTHS = "January February March April May June July August September October November December".split()
_SCALES = {
    "k": "thousand",
    "K": "thousand",
    "M": "million",
    "B": "billion",
    "万": "ten thousand",
    "亿": "hundred million",
}
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|from|until|till|of|before|after|around|circa|year|early|late|mid|and|to|through|during|summer|winter"
    rf"|spring|fall|autumn|{'|'.join(_MONTHS)}|[0-9]+(?:st|nd|rd|th)?),?\s$",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\s$")
_PLURAL_AFTER = re.compile(r"\s(?:more |other |different |new |old )?[a-z]{2,}(?<![s'])s\b")


def _inside_word(digits: str) -> str:
    if "." in digits or len(digits) <= 2:
        return quantity(digits)
    return year(digits) if len(digits) == 4 and digits[0] != "0" else one_by_one(digits)


def word(written: str, *, shouting: bool = False) -> str:
    scaled = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)k", written)
    if scaled:
        return quantity(scaled[1]) + " thousand"
    return said(written, number=_inside_word, plus="plus", also="and", shouting=shouting)


def number(match: re.Match[str], before: str, after: str) -> str:
    digits = match["number"]
    if _MONTH_BEFORE.search(before) and digits.isdigit() and 1 <= int(digits) <= 31:
        return ordinal(digits)
    read = year(digits) if not match["minus"] and _is_year(digits, before, after) else quantity(digits)
    return ("minus " if match["minus"] else "") + read + (" plus" if match["plus"] else "")


def _is_year(digits: str, before: str, after: str) -> bool:
    if not re.fullmatch(r"[12][0-9]{3}", digits) or int(digits) > 2099 or _PLURAL_AFTER.match(after):
        return False
    return int(digits) >= 1900 or (int(digits) >= 1100 and bool(_YEAR_BEFORE.search(before)))


def _date(match: re.Match[str], before: str, after: str) -> str:
    return f"{_MONTHS[int(match['month']) - 1]} {ordinal(str(int(match['day'])))} {year(match['year'])}"


def _clock(match: re.Match[str], before: str, after: str) -> str:
    hour, minute, half = cardinal(str(int(match["hour"]))), match["minute"], match["half"]
    if match["second"]:
        return f"{hour} {cardinal(str(int(minute)))} {cardinal(str(int(match['second'])))}"
    ending = f" {half.upper()} M" if half else ""
    if minute == "00":
        follows = after.lstrip().lower().startswith(("o'clock", "o’clock"))
        return hour + (
            ending or ("" if follows else " o'clock" if 0 < int(match["hour"]) <= 12 else " hundred")
        )
    return f"{hour} {'oh ' + cardinal(minute[1]) if minute[0] == '0' else cardinal(minute)}{ending}"


def _money(match: re.Match[str], before: str, after: str) -> str:
    _, one, many, hundredth = MONEY[match["sign"]]
    written, scale = match["number"].replace(",", ""), match["scale"].strip()
    whole, _, part = written.partition(".")
    if scale:
        return f"{quantity(written)} {_SCALES.get(scale, scale)} {many}"
    if not hundredth or len(part) not in (0, 2):
        return f"{quantity(written)} {one if written == '1' else many}"
    read = f"{cardinal(whole)} {one if int(whole) == 1 else many}" if int(whole) or not int(part or 0) else ""
    if part and int(part):
        cents = f"{cardinal(str(int(part)))} {_hundredths(hundredth, int(part))}"
        read = f"{read} and {cents}" if read else cents
    return read


def _hundredths(one: str, count: int) -> str:
    return one if count == 1 else "pence" if one == "penny" else one + "s"


def _money_range(match: re.Match[str], before: str, after: str) -> str:
    scale = match["scale"].strip()
    high = quantity(match["high"]) + (f" {_SCALES.get(scale, scale)}" if scale else "")
    return f"{quantity(match['low'])} to {high} {MONEY[match['sign']][2]}"


def _percent(match: re.Match[str], before: str, after: str) -> str:
    mark = "per mille" if match["mark"] == "‰" else "percent"
    return f"{'minus ' if match['minus'] else ''}{quantity(match['number'])} {mark}"


def _unit(match: re.Match[str], before: str, after: str) -> str:
    _, one, many = UNITS[match["unit"]]
    compound = "-" in match.group().lstrip("-−")  # a 5-km run
    unit = one if match["number"] == "1" or compound else many
    return f"{'minus ' if match['minus'] else ''}{quantity(match['number'])} {unit}"


def _unit_range(match: re.Match[str], before: str, after: str) -> str:
    return f"{quantity(match['low'])} to {quantity(match['high'])} {UNITS[match['unit']][2]}"


def _range(match: re.Match[str], before: str, after: str) -> str:
    low, high = match["low"], match["high"]
    if all(re.fullmatch(r"1[1-9][0-9]{2}|20[0-9]{2}", part) for part in (low, high)):
        return f"{year(low)} to {year(high)}"
    return f"{quantity(low)} to {quantity(high)}"


def _fraction(match: re.Match[str], before: str, after: str) -> str:
    low, high = int(match["low"]), int(match["high"])
    if (low, high) == (24, 7):
        return "twenty four seven"
    if low == 0 or low >= high or high > 100:
        return f"{cardinal(str(low))} over {cardinal(str(high))}"
    part = {2: "half", 4: "quarter"}.get(high) or ordinal(str(high))
    many = {"half": "halves"}.get(part, part + "s")
    return f"{cardinal(str(low))} {part if low == 1 else many}"


def _decade(match: re.Match[str], before: str, after: str) -> str:
    digits = match["number"]
    tens = cardinal(digits[-2:]) if digits[-2:] != "00" else "hundred"
    plural = tens[:-1] + "ies" if tens.endswith("y") else tens + "s"
    if len(digits) == 2:
        return plural
    return "two thousands" if digits == "2000" else f"{cardinal(digits[:2])} {plural}"


def _version(match: re.Match[str], before: str, after: str) -> str:
    start = "version " if match.group()[0] in "vV" else ""
    return start + " point ".join(cardinal(part) for part in match["number"].split("."))


def _address(match: re.Match[str], before: str, after: str) -> str:
    bare = re.sub(r"^https?://", "", match.group())
    parts = re.findall(r"[A-Za-z]+|[0-9]+|[.@/]", bare)
    marks = {".": "dot", "@": "at", "/": "slash"}
    return " ".join(marks.get(part) or (one_by_one(part) if part.isdigit() else word(part)) for part in parts)


def _fold(match: re.Match[str], before: str, after: str) -> str:
    return f"{quantity(match['number'])} times"


READERS: dict[str, Callable[[re.Match[str], str, str], str]] = {
    "address": _address,
    "date": _date,
    "clock": _clock,
    "half_day": lambda m, before, after: f"{cardinal(m['hour'])} {m['half'].upper()} M",
    "phone": lambda m, before, after: ("plus " if m["digits"][0] == "+" else "") + one_by_one(m["digits"]),
    "money_range": _money_range,
    "money": _money,
    "percent_range": lambda m, before, after: f"{quantity(m['low'])} to {quantity(m['high'])} percent",
    "percent": _percent,
    "unit_range": _unit_range,
    "unit": _unit,
    "ordinal": lambda m, before, after: ordinal(m["number"]),
    "rank": lambda m, before, after: f"number {cardinal(m['number'])}",
    "decade": _decade,
    "version": _version,
    "ratio": lambda m, before, after: f"{quantity(m['low'])} to {quantity(m['high'])}",
    "product": lambda m, before, after: f"{quantity(m['low'])} by {quantity(m['high'])}",
    "fold": _fold,
    "fraction": _fraction,
    "range": _range,
    "number": number,
}
