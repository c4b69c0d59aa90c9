"""Money, percentages, units and prices a unit in English words."""

from __future__ import annotations

import re

from generation.language.normalization.english.counting import attributive, quantity
from generation.language.normalization.measures import MONEY, UNITS
from generation.language.numerals.english import cardinal

_SCALES = {
    "k": "thousand",
    "K": "thousand",
    "M": "million",
    "m": "million",
    "B": "billion",
    "T": "trillion",
    "mn": "million",
    "bn": "billion",
    "tn": "trillion",
    "万": "ten thousand",
    "亿": "hundred million",
}

_CARDS = re.compile(
    r"\s(?:runs?|races?|video|resolution|TV|display|monitor|screen|footage|UHD|quality|movie|camera|content|streaming|Blu)"
)

PER = re.compile(
    r"(?:hours?|hrs?|h|days?|weeks?|wks?|months?|mo|years?|yrs?|persons?|people|nights?|minutes?|mins?|seconds?|sec|kg|lbs?|pounds?|oz|miles?|mi|km|gallons?|gal|"
    r"liters?|litres?|units?|users?|seats?|tickets?|rooms?|guests?|students?|servings?|items?|pieces?|pcs?|capita|acres?|meters?|foot|feet|ft|L|g|m|s|d|y|GB|MB)(?![A-Za-z])"
)

PER_WORDS = {"hr": "hour", "hrs": "hour", "h": "hour", "wk": "week", "wks": "week", "mo": "month", "yr": "year", "yrs": "year", "min": "minute",
    "mins": "minute", "sec": "second", "s": "second", "lb": "pound", "lbs": "pound", "oz": "ounce", "mi": "mile", "gal": "gallon", "ft": "foot",
    "pc": "piece", "pcs": "piece", "d": "day", "y": "year", "m": "meter", "g": "gram", "L": "liter", "km": "kilometer", "kg": "kilogram", "GB": "gigabyte",
    "MB": "megabyte"}  # fmt: skip


def money(match: re.Match[str], before: str, after: str) -> str:
    _, one, many, hundredth = MONEY[match["sign"]]
    written, scale = match["number"].replace(",", ""), match["scale"].strip()
    whole, _, part = written.partition(".")
    lead = "minus " if match["minus"] else ""
    if attributive(before, after):
        many = one
    scale = scale.strip("-")
    if scale or match["plus"]:
        more = " plus" if match["plus"] else ""
        return " ".join(f"{lead}{quantity(written)} {_SCALES.get(scale, scale)}{more} {many}".split())
    if not hundredth or len(part) not in (0, 2):
        return f"{lead}{quantity(written)} {one if written == '1' else many}"
    whole = whole or "0"
    read = f"{cardinal(whole)} {one if int(whole) == 1 else many}" if int(whole) or not int(part or 0) else ""
    if part and int(part):
        cents = f"{cardinal(str(int(part)))} {_hundredths(hundredth, int(part))}"
        read = f"{read} and {cents}" if read else cents
    return lead + read


def _hundredths(one: str, count: int) -> str:
    return one if count == 1 else "pence" if one == "penny" else one + "s"


def money_range(match: re.Match[str], before: str, after: str) -> str:
    scale = match["scale"].strip()
    high = quantity(match["high"]) + (f" {_SCALES.get(scale, scale)}" if scale else "")
    return f"{quantity(match['low'])} to {high} {MONEY[match['sign']][2]}"


def percent(match: re.Match[str], before: str, after: str) -> str:
    mark = "per mille" if match["mark"] == "‰" else "percent"
    return f"{'minus ' if match['minus'] else ''}{quantity(match['number'])} {mark}"


def unit(match: re.Match[str], before: str, after: str) -> str:
    _, one, many = UNITS[match["unit"]]
    compound = "-" in match.group().lstrip("-") or attributive(before, after)  # a 5-km run
    unit = one if match["number"] == "1" or compound else many
    return f"{'minus ' if match['minus'] else ''}{quantity(match['number'])} {unit}"


def unit_per(match: re.Match[str], before: str, after: str) -> str:
    base = quantity(match["base"]) + " " if match["base"] else ""
    per = UNITS[match["per"]][2 if base else 1]
    return f"{unit(match, before, after)} per {base}{per}"


_PART_BEFORE = re.compile(r"(?P<whole>[0-9][\s-])?(?:[0-9]{1,2}/[0-9]{1,3}|[¼-¾⅐-⅞])\s?$")


def unit_after_part(match: re.Match[str], before: str, after: str) -> str | None:
    """1/2 tsp.: the fraction was said already."""
    part = _PART_BEFORE.search(before)
    return UNITS[match["unit"]][2 if part["whole"] else 1] if part else None


def unit_alone(match: re.Match[str], before: str, after: str) -> str | None:
    if match["unit"]:
        return ("per " if match["slash"] else "") + UNITS[match["unit"]][1 if match["slash"] else 2]
    return "per " + UNITS[match["base"]][1] if re.search(r"[0-9]$", before) else None


def unit_range(match: re.Match[str], before: str, after: str) -> str:
    first = " " + UNITS[match["first"]][2] if match["first"] and match["first"] != match["unit"] else ""
    low = ("minus " if match["minus"] else "") + quantity(match["low"]) + first
    high = ("minus " if match["below"] else "") + quantity(match["high"])
    return f"{low} to {high} {UNITS[match['unit']][1 if attributive(before, after) else 2]}"


def per(match: re.Match[str], before: str, after: str) -> str | None:
    """$20/hour; a slash between other words says nothing."""
    unit = match["per"] or ""
    if not re.search(r"[0-9][kKMB]?$|[¥$€£]", before[-12:]) or not PER.fullmatch(unit):
        return None
    return f"per {PER_WORDS.get(unit, unit)}"


def scaled(match: re.Match[str], before: str, after: str) -> str | None:
    if match["scale"] in ("w", "W") or (match["scale"] == "K" and _CARDS.match(after)):
        return None
    return f"{quantity(match['number'])} {_SCALES[match['scale']]}" + (" plus" if match["plus"] else "")
