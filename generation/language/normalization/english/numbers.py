"""Numbers, spans, scores and fractions in English words."""

from __future__ import annotations

import re
import unicodedata

from generation.language.normalization.english import dates
from generation.language.normalization.english.codes import spelled
from generation.language.normalization.english.counting import quantity
from generation.language.normalization.measures import UNITS
from generation.language.normalization.sums import is_sum
from generation.language.numerals.english import cardinal, one_by_one, ordinal, year

_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|from|until|till|of|before|after|around|circa|year|early|late|mid|and|to|through|during|summer|winter"
    rf"|spring|fall|autumn|{'|'.join(dates.MONTHS)}|[0-9]+(?:st|nd|rd|th)?),?\s$",
    re.IGNORECASE,
)

_PLURAL_AFTER = re.compile(r"\s(?:more |other |different |new |old )?[a-z]{2,}(?<![s'])s\b")

_SCORED = re.compile(
    r"\b(?:rated|rating|ratings?\s(?:is|of)|score|scored|scores|grade|got|gets|review|reviews|average|averaged|gave|give|stars?|earned|received|gpa)(?:\s(?:it|an?|is|of|at|us|this|them|him|her|the|movie|film))*:?\s$",
    re.IGNORECASE,
)

_SCORED_AFTER = re.compile(
    r"\s?(?:stars?|ratings?|score|points|on\s|people|users|doctors|dentists|times|customers|students|adults|women|men|patients|reviews)"
)

_PRESSURE = re.compile(r"\b(?:pressure|bp|systolic|reading)\b[^.;!?]{0,24}$", re.IGNORECASE)


_DIALED = re.compile(
    r"\b(?:call|phone|dial|text|tel|fax|number|contact|ring|at)(?:\s(?:us|me|is|at|number|on|them))*[.:]?\s$",
    re.IGNORECASE,
)


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


def span(match: re.Match[str], before: str, after: str) -> str | None:
    low, high = match["low"], match["high"]
    if is_sum(match.group(), before, after):
        return None
    if re.fullmatch(r"[2-9][0-9]{2}-[0-9]{4}", match.group()) and _DIALED.search(before):
        return one_by_one(match.group())
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


def out_of(match: re.Match[str], before: str, after: str) -> str | None:
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


def fraction(match: re.Match[str], before: str, after: str) -> str:
    low, high = int(match["low"]), int(match["high"])
    if (low, high) == (24, 7):
        return "twenty four seven"
    if low == high:
        return f"{cardinal(str(low))} {cardinal(str(high))}"  # 50/50
    return _part(low, high)


def _part(low: int, high: int) -> str:
    if low == 0 or low >= high or high > 100:
        return f"{cardinal(str(low))} over {cardinal(str(high))}"
    part = {2: "half", 4: "quarter"}.get(high) or ordinal(str(high))
    many = {"half": "halves"}.get(part, part + "s")
    return f"{cardinal(str(low))} {part if low == 1 else many}"


def mixed(match: re.Match[str], before: str, after: str) -> str | None:
    low, high = match["low"], match["high"]
    if match["vulgar"]:
        low, _, high = unicodedata.normalize("NFKC", match["vulgar"]).partition("\u2044")
    if int(low) >= int(high) or (match["low"] and int(high) > 64):
        return None
    part = _part(int(low), int(high))
    return (
        f"{cardinal(match['whole'])} and {'a ' + part[4:] if part in ('one half', 'one quarter') else part}"
    )


def decade(match: re.Match[str], before: str, after: str) -> str:
    digits = match["number"]
    tens = cardinal(digits[-2:]) if digits[-2:] != "00" else "hundred"
    plural = tens[:-1] + "ies" if tens.endswith("y") else tens + "s"
    if len(digits) == 2:
        return plural
    return "two thousands" if digits == "2000" else f"{cardinal(digits[:2])} {plural}"


def fold(match: re.Match[str], before: str, after: str) -> str:
    return f"{quantity(match['number'])} times"
