"""Dates, times of day and their ranges in English words."""

from __future__ import annotations

import re

from generation.language.numerals.english import cardinal, ordinal, year

MONTHS = "January February March April May June July August September October November December".split()
_SHORT = {month[:3]: month for month in MONTHS}
_DAYS = {day[:3]: day for day in "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()}
MONTH_NAME = rf"(?:{'|'.join(MONTHS)}|(?:{'|'.join(_SHORT)}|Sept)\.?)"
MONTH_BEFORE = re.compile(rf"\b{MONTH_NAME}\s?$")
_MONTH_AFTER = re.compile(rf"\s(?:of\s)?{MONTH_NAME}(?![a-z])")
_NO_MONTH_AFTER = re.compile(r"\s(?:May|March)\s(?:be|have|not|on|to|the|for|from|away)\b")
_ON = re.compile(
    r"\b(?:on|by|since|until|till|before|after|due|from|date|dated|to|through|born|deadline|this|every|the)[:,]?\s$",
    re.IGNORECASE,
)
_SCORE_BEFORE = re.compile(
    r"\b(?:ratio|score|scored|won|win|lost|lose|beat|lead|led|leading|scale|mix|aspect|shape|format)(?:\s(?:is|of|was|at|by|to|in|a|an|the|it|them|us))*:?\s$",
    re.IGNORECASE,
)
_SCORE_AFTER = re.compile(
    r"\s(?:aspect|ratio|video|vertical|portrait|landscape|screen|frame|format|score|win|victory|loss|defeat|lead|clip|crop|mix|scale|dilution)",
    re.IGNORECASE,
)


def month(written: str) -> str:
    return _SHORT[written[:3]]


def weekday(written: str) -> str:
    return _DAYS[written[:3]]


def date(match: re.Match[str], before: str, after: str) -> str:
    return _written_out(int(match["month"]), match["day"], match["year"])


def _written_out(number: int, day: str, written: str) -> str:
    return f"{MONTHS[number - 1]} {ordinal(str(int(day)))} {_year(written)}"


def _year(written: str) -> str:
    return (
        year(written)
        if len(written) == 4
        else ("oh " if written[0] == "0" else "") + cardinal(str(int(written)))
    )


def date_year_last(match: re.Match[str], before: str, after: str) -> str | None:
    """3/4/2026 is March fourth, 4.3.2026 the third of April's form: the day first with dots, as where they are written."""
    first, second, written = int(match["first"]), int(match["second"]), match["year"]
    if len(written) == 2 and match["sep"] != "/":
        return None
    day_first = first > 12 or (match["sep"] == "." and second <= 12)
    number, day = (second, first) if day_first else (first, second)
    return _written_out(number, str(day), written) if number <= 12 else None


def day(match: re.Match[str], before: str, after: str) -> str | None:
    """9/11 and 24/7 have names; on 3/14 is a day; other such shapes are fractions or decimals."""
    number, on = int(match["month"]), int(match["day"])
    if match["sep"] == ".":
        return None
    if (number, on) == (9, 11):
        return "nine eleven"
    if number == on and not _ON.search(before):
        return f"{cardinal(str(number))} {cardinal(str(on))}"
    if on > 12 and re.match(r"\s(?:is|was|falls|sale|deadline)\b", after):
        return f"{MONTHS[number - 1]} {ordinal(str(on))}"
    dated = _ON.search(before) and not re.match(
        r"\s?(?:of|cup|mile|inch|tea|table|full|way|point|star|the|as)", after
    )
    if not dated or (re.search(r"\bthe\s$|\bby\s$|\bto\s$", before) and number < on <= 10):
        return None
    return f"{MONTHS[number - 1]} {ordinal(str(on))}"


def clock(match: re.Match[str], before: str, after: str) -> str | None:
    if not match["half"] and not match["second"] and is_score(before, after):
        return None
    if int(match["hour"]) == 24 and match["minute"] != "00":
        return None
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


def is_score(before: str, after: str) -> bool:
    return bool(_SCORE_BEFORE.search(before) or _SCORE_AFTER.match(after))


def is_before_month(after: str) -> bool:
    """Whether a day of a month stands before its month: 4 March."""
    return bool(_MONTH_AFTER.match(after)) and not _NO_MONTH_AFTER.match(after)
