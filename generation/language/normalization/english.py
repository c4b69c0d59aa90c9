"""Numbers, dates, money and units in English words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from generation.language.normalization import english_dates as dates
from generation.language.normalization.english_codes import spelled
from generation.language.normalization.english_names import roman
from generation.language.normalization.latin import said
from generation.language.normalization.measures import MONEY, UNITS
from generation.language.normalization.sums import is_sum
from generation.language.numerals.english import cardinal, one_by_one, ordinal, year
from generation.language.numerals.english import quantity as _full_quantity

Reader = Callable[[re.Match[str], str, str], str | None]
_SCALES = {
    "k": "thousand",
    "K": "thousand",
    "M": "million",
    "B": "billion",
    "T": "trillion",
    "mn": "million",
    "bn": "billion",
    "tn": "trillion",
    "万": "ten thousand",
    "亿": "hundred million",
}
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|from|until|till|of|before|after|around|circa|year|early|late|mid|and|to|through|during|summer|winter"
    rf"|spring|fall|autumn|{'|'.join(dates.MONTHS)}|[0-9]+(?:st|nd|rd|th)?),?\s$",
    re.IGNORECASE,
)
_PLURAL_AFTER = re.compile(r"\s(?:more |other |different |new |old )?[a-z]{2,}(?<![s'])s\b")


# "a $5 million deal": an amount before its noun stands in the singular.
_ONE_BEFORE = re.compile(
    r"\b(?:an?|the|this|that|each|every|another|one|his|her|its|our|your|their|my|new|big|huge|small|whole|first|second|single|massive|entire|two|three|four|five|six|seven|eight|nine|ten|dozen|many|several)\s$",
    re.IGNORECASE,
)
_NOUN_AFTER = re.compile(
    r"[\s-](?!(?:in|of|for|to|and|or|per|is|was|are|were|at|on|from|with|by|a|an|the|each|more|less|off|into|out|they|we|he|she|it|you|i|that|which"
    r"|as|than|but|if|when|who|has|had|have|will|can|every|before|after|plus|up|down|over|under|back|now|today|so|not|only|about|between)\b)[a-z]{2,}"
)
_CARDS = re.compile(
    r"\s(?:runs?|races?|video|resolution|TV|display|monitor|screen|footage|UHD|quality|movie|camera|content|streaming|Blu)"
)
_PER = re.compile(
    r"(?:hours?|hrs?|h|days?|weeks?|wks?|months?|mo|years?|yrs?|persons?|people|nights?|minutes?|mins?|seconds?|sec|kg|lbs?|pounds?|oz|miles?|mi|km|gallons?|gal|"
    r"liters?|litres?|units?|users?|seats?|tickets?|rooms?|guests?|students?|servings?|items?|pieces?|pcs?|capita|acres?|meters?|foot|feet|ft|L|g|m|s|d|y|GB|MB)(?![A-Za-z])"
)
_PER_WORDS = {"hr": "hour", "hrs": "hour", "h": "hour", "wk": "week", "wks": "week", "mo": "month", "yr": "year", "yrs": "year", "min": "minute",
    "mins": "minute", "sec": "second", "s": "second", "lb": "pound", "lbs": "pound", "oz": "ounce", "mi": "mile", "gal": "gallon", "ft": "foot",
    "pc": "piece", "pcs": "piece", "d": "day", "y": "year", "m": "meter", "g": "gram", "L": "liter", "km": "kilometer", "kg": "kilogram", "GB": "gigabyte",
    "MB": "megabyte"}  # fmt: skip
_SCORED = re.compile(
    r"\b(?:rated|rating|ratings?\s(?:is|of)|score|scored|scores|grade|got|gets|review|reviews|average|averaged|gave|give|stars?|earned|received|gpa)(?:\s(?:it|an?|is|of|at|us|this|them|him|her|the|movie|film))*:?\s$",
    re.IGNORECASE,
)
_SCORED_AFTER = re.compile(
    r"\s?(?:stars?|ratings?|score|points|on\s|people|users|doctors|dentists|times|customers|students|adults|women|men|patients|reviews)"
)
_PRESSURE = re.compile(r"\b(?:pressure|bp|systolic|reading)\b[^.;!?]{0,24}$", re.IGNORECASE)


def quantity(number: str) -> str:
    return f"point {one_by_one(number)}" if number.startswith(".") else _full_quantity(number)


def _attributive(before: str, after: str) -> bool:
    return bool(_ONE_BEFORE.search(before) and _NOUN_AFTER.match(after))


def _inside_word(digits: str) -> str:
    if "." in digits or len(digits) <= 2:
        return quantity(digits)
    return year(digits) if len(digits) == 4 and digits[0] != "0" else one_by_one(digits)


def word(written: str, *, shouting: bool = False) -> str:
    scaled = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)k", written)
    if scaled:
        return quantity(scaled[1]) + " thousand"
    head, slash, tail = written.partition("/")
    if slash and _PER.fullmatch(tail):  # times/day
        return f"{word(head)} per {_PER_WORDS.get(tail, tail)}"
    return said(written, number=_inside_word, plus="plus", also="and", shouting=shouting)


def number(match: re.Match[str], before: str, after: str) -> str:
    digits = match["number"]
    if digits.isdigit() and 1 <= int(digits) <= 31 and not match["minus"] and not match["plus"]:
        if dates.MONTH_BEFORE.search(before) and not re.match(r"\s?%", after):
            return ordinal(str(int(digits)))
        if dates.is_before_month(after):
            told = "of" if not re.match(r"\sof\b", after) else ""
            article = "" if before.lower().endswith("the ") else "the "
            return f"{article}{ordinal(str(int(digits)))} {told}".strip()
    name = spelled(digits, before, after) if digits.isdigit() and not match["minus"] else ""
    if name:
        return name
    read = year(digits) if not match["minus"] and _is_year(digits, before, after) else quantity(digits)
    return ("minus " if match["minus"] else "") + read + (" plus" if match["plus"] else "")


def _is_year(digits: str, before: str, after: str) -> bool:
    if not re.fullmatch(r"[12][0-9]{3}", digits) or int(digits) > 2099 or _PLURAL_AFTER.match(after):
        return False
    return int(digits) >= 1900 or (int(digits) >= 1100 and bool(_YEAR_BEFORE.search(before)))


def _money(match: re.Match[str], before: str, after: str) -> str:
    _, one, many, hundredth = MONEY[match["sign"]]
    written, scale = match["number"].replace(",", ""), match["scale"].strip()
    whole, _, part = written.partition(".")
    lead = "minus " if match["minus"] else ""
    if _attributive(before, after):
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


def _money_range(match: re.Match[str], before: str, after: str) -> str:
    scale = match["scale"].strip()
    high = quantity(match["high"]) + (f" {_SCALES.get(scale, scale)}" if scale else "")
    return f"{quantity(match['low'])} to {high} {MONEY[match['sign']][2]}"


def _percent(match: re.Match[str], before: str, after: str) -> str:
    mark = "per mille" if match["mark"] == "‰" else "percent"
    return f"{'minus ' if match['minus'] else ''}{quantity(match['number'])} {mark}"


def _unit(match: re.Match[str], before: str, after: str) -> str:
    _, one, many = UNITS[match["unit"]]
    compound = "-" in match.group().lstrip("-") or _attributive(before, after)  # a 5-km run
    unit = one if match["number"] == "1" or compound else many
    return f"{'minus ' if match['minus'] else ''}{quantity(match['number'])} {unit}"


def _unit_per(match: re.Match[str], before: str, after: str) -> str:
    base = quantity(match["base"]) + " " if match["base"] else ""
    per = UNITS[match["per"]][2 if base else 1]
    return f"{_unit(match, before, after)} per {base}{per}"


def _unit_alone(match: re.Match[str], before: str, after: str) -> str | None:
    if match["unit"]:
        return ("per " if match["slash"] else "") + UNITS[match["unit"]][1 if match["slash"] else 2]
    return "per " + UNITS[match["base"]][1] if re.search(r"[0-9]$", before) else None


def _unit_range(match: re.Match[str], before: str, after: str) -> str:
    first = " " + UNITS[match["first"]][2] if match["first"] and match["first"] != match["unit"] else ""
    low = ("minus " if match["minus"] else "") + quantity(match["low"]) + first
    high = ("minus " if match["below"] else "") + quantity(match["high"])
    return f"{low} to {high} {UNITS[match['unit']][1 if _attributive(before, after) else 2]}"


def _per(match: re.Match[str], before: str, after: str) -> str | None:
    """$20/hour; a slash between other words says nothing."""
    unit = match["per"] or ""
    if not re.search(r"[0-9][kKMB]?$|[¥$€£]", before[-12:]) or not _PER.fullmatch(unit):
        return None
    return f"per {_PER_WORDS.get(unit, unit)}"


def _range(match: re.Match[str], before: str, after: str) -> str | None:
    low, high = match["low"], match["high"]
    if is_sum(match.group(), before, after):
        return None
    if dates.MONTH_BEFORE.search(before) and all(
        part.isdigit() and 1 <= int(part) <= 31 for part in (low, high)
    ):
        return f"{ordinal(low)} to {ordinal(high)}"
    if re.fullmatch(r"1[1-9][0-9]{2}|20[0-9]{2}", low) and high.isdigit():
        if re.fullmatch(r"1[1-9][0-9]{2}|20[0-9]{2}", high):
            return f"{year(low)} to {year(high)}"
        if len(high) == 2 and high > low[2:]:
            return f"{year(low)} to {cardinal(high)}"
    return f"{quantity(low)} to {quantity(high)}"


def _out_of(match: re.Match[str], before: str, after: str) -> str | None:
    """4.5/5 of a rating, 120/80 of blood pressure."""
    low, high = match["low"], match["high"]
    if (match["unit"] or _PRESSURE.search(before)) and float(low) > float(high):
        return f"{quantity(low)} over {quantity(high)}" + (f" {UNITS['mmHg'][2]}" if match["unit"] else "")
    if float(low) > float(high) or (low, high) == ("24", "7"):
        return None
    told = _SCORED.search(before) or _SCORED_AFTER.match(after) or "." in low
    whole = (
        high in ("10", "100")
        and int(float(low)) > 1
        and not re.match(r"\s?(?:of|mile|inch|cup|in\b|-)", after)
    )
    return f"{quantity(low)} out of {quantity(high)}" if told or whole else None


def _fraction(match: re.Match[str], before: str, after: str) -> str:
    low, high = int(match["low"]), int(match["high"])
    if (low, high) == (24, 7):
        return "twenty four seven"
    return _part(low, high)


def _part(low: int, high: int) -> str:
    if low == 0 or low >= high or high > 100:
        return f"{cardinal(str(low))} over {cardinal(str(high))}"
    part = {2: "half", 4: "quarter"}.get(high) or ordinal(str(high))
    many = {"half": "halves"}.get(part, part + "s")
    return f"{cardinal(str(low))} {part if low == 1 else many}"


def _mixed(match: re.Match[str], before: str, after: str) -> str | None:
    low, high = match["low"], match["high"]
    if match["vulgar"]:
        low, _, high = unicodedata.normalize("NFKC", match["vulgar"]).partition("\u2044")
    if int(low) >= int(high) or (match["low"] and int(high) > 64):
        return None
    part = _part(int(low), int(high))
    return (
        f"{cardinal(match['whole'])} and {'a ' + part[4:] if part in ('one half', 'one quarter') else part}"
    )


def _scaled(match: re.Match[str], before: str, after: str) -> str | None:
    if match["scale"] in ("w", "W") or (match["scale"] == "K" and _CARDS.match(after)):
        return None
    return f"{quantity(match['number'])} {_SCALES[match['scale']]}" + (" plus" if match["plus"] else "")


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


_MARKS = {
    ".": "dot", "@": "at", "/": "slash", "?": "question mark", "=": "equals", "&": "and", "-": "dash", "_": "underscore", "#": "hash",
    ":": "colon", "%": "percent", "+": "plus", "~": "tilde",
}  # fmt: skip


def _address(match: re.Match[str], before: str, after: str) -> str:
    bare = re.sub(r"^https?://", "", match.group())
    parts = re.findall(r"[A-Za-z]+|[0-9]+|[.@/?=&_#:%+~-]", bare)
    return " ".join(_MARKS.get(part) or _address_part(part) for part in parts)


def _address_part(part: str) -> str:
    if part.isdigit():
        return one_by_one(part) if len(part) > 2 else cardinal(part)
    return "W W W" if part.lower() == "www" else word(part)


def _internet_number(match: re.Match[str], before: str, after: str) -> str | None:
    parts = match["number"].split(".")
    if any(int(part) > 255 for part in parts) or (
        int(parts[0]) < 10 and not match["port"] and "IP" not in before
    ):
        return None
    read = " dot ".join(one_by_one(part) for part in parts)
    return read + (" colon " + one_by_one(match["port"]) if match["port"] else "")


def _standard(match: re.Match[str], before: str, after: str) -> str:
    parts = re.split("[.-]", match["number"])
    told = " dash ".join(
        year(part) if len(part) == 4 else one_by_one(part) if len(part) > 2 else cardinal(part)
        for part in parts
    )
    return f"{word(match['body'])} {told}" + (" " + year(match["year"]) if match["year"] else "")


def _fold(match: re.Match[str], before: str, after: str) -> str:
    return f"{quantity(match['number'])} times"


READERS: dict[str, Reader] = {
    "address": _address,
    "internet_number": _internet_number,
    "standard": _standard,
    "date": dates.date,
    "date_year_last": dates.date_year_last,
    "clock": dates.clock,
    "half_day": lambda m, before, after: f"{cardinal(str(int(m['hour'])))} {m['half'].upper()} M",
    "half_day_range": lambda m, before, after: (
        f"{cardinal(m['low'])} to {cardinal(m['high'])} {m['half'].upper()} M"
    ),
    "day": dates.day,
    "month": lambda m, before, after: dates.month(m["month"]),
    "month_range": lambda m, before, after: f"{dates.month(m['low'])} to {dates.month(m['high'])}",
    "weekday": lambda m, before, after: dates.weekday(m["day"]),
    "weekday_range": lambda m, before, after: f"{dates.weekday(m['low'])} to {dates.weekday(m['high'])}",
    "phone": lambda m, before, after: (
        ("plus " if m["digits"][0] == "+" else "")
        + one_by_one(m["digits"])
        + (" extension " + one_by_one(m["extension"]) if m["extension"] else "")
    ),
    "money_range": _money_range,
    "money": _money,
    "percent_range": lambda m, before, after: f"{quantity(m['low'])} to {quantity(m['high'])} percent",
    "percent": _percent,
    "unit_range": _unit_range,
    "unit_per": _unit_per,
    "unit": _unit,
    "unit_alone": _unit_alone,
    "per": _per,
    "ordinal": lambda m, before, after: ordinal(m["number"]),
    "rank": lambda m, before, after: (
        f"number {cardinal(m['number']) if len(m['number']) < 4 else one_by_one(m['number'])}"
    ),
    "decade": _decade,
    "version": _version,
    "ratio": lambda m, before, after: f"{quantity(m['low'])} to {quantity(m['high'])}",
    "product": lambda m, before, after: (
        f"{quantity(m['low'])} {'times' if after.lstrip().startswith('=') else 'by'} {quantity(m['high'])}"
    ),
    "fold": _fold,
    "mixed": _mixed,
    "out_of": _out_of,
    "fraction": _fraction,
    "range": _range,
    "scaled": _scaled,
    "roman": roman,
    "number": number,
}
