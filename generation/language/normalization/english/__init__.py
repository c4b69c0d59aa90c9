"""How each written form is read in an English text; ``None`` where it is something else."""

from __future__ import annotations

import re
from collections.abc import Callable

from generation.language.normalization.english import amounts, dates, numbers, words
from generation.language.normalization.english.counting import quantity
from generation.language.normalization.english.names import roman
from generation.language.normalization.english.words import word
from generation.language.numerals.english import cardinal, one_by_one, ordinal

__all__ = ["READERS", "Reader", "cardinal", "word"]

Reader = Callable[[re.Match[str], str, str], str | None]

READERS: dict[str, Reader] = {
    "address": words.address,
    "internet_number": words.internet_number,
    "standard": words.standard,
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
    "weekday": lambda m, before, after: dates.weekday(m["day"] or m["end"]),
    "weekday_range": lambda m, before, after: f"{dates.weekday(m['low'])} to {dates.weekday(m['high'])}",
    "phone": lambda m, before, after: (
        ("plus " if m["digits"][0] == "+" else "")
        + one_by_one(m["digits"])
        + (" extension " + one_by_one(m["extension"]) if m["extension"] else "")
    ),
    "money_range": amounts.money_range,
    "money": amounts.money,
    "percent_range": lambda m, before, after: f"{quantity(m['low'])} to {quantity(m['high'])} percent",
    "percent": amounts.percent,
    "unit_range": amounts.unit_range,
    "unit_per": amounts.unit_per,
    "unit": amounts.unit,
    "unit_alone": amounts.unit_alone,
    "per": amounts.per,
    "ordinal": lambda m, before, after: ordinal(m["number"]),
    "rank": lambda m, before, after: (
        f"number {cardinal(m['number']) if len(m['number']) < 4 else one_by_one(m['number'])}"
    ),
    "decade": numbers.decade,
    "version": words.version,
    "ratio": lambda m, before, after: f"{quantity(m['low'])} to {quantity(m['high'])}",
    "product": lambda m, before, after: (
        f"{quantity(m['low'])} {'times' if after.lstrip().startswith('=') else 'by'} {quantity(m['high'])}"
    ),
    "fold": numbers.fold,
    "mixed": numbers.mixed,
    "out_of": numbers.out_of,
    "fraction": numbers.fraction,
    "range": numbers.span,
    "scaled": amounts.scaled,
    "roman": roman,
    "file": lambda m, before, after: f"{word(m['name'])} dot {' '.join(m['ending'].upper())}",
    "relation": lambda m, before, after: {"<=": "at most", ">=": "at least", "!=": "is not", "==": "equals"}[
        m.group()
    ],
    "arrow": lambda m, before, after: ",",
    "duration": lambda m, before, after: (
        f"{cardinal(str(int(m['hours'])))} {'hour' if m['hours'] == '1' else 'hours'} "
        f"{cardinal(str(int(m['minutes'])))} {'minute' if m['minutes'] == '1' else 'minutes'}"
    ),
    "height": lambda m, before, after: f"{cardinal(m['feet'])} foot {cardinal(m['inches'])}",
    "inches": lambda m, before, after: f"{quantity(m['number'])} inches",
    "power": lambda m, before, after: (
        f"{cardinal(m['base'])} to the power of {'minus ' if m['power'][0] == '-' else ''}{cardinal(m['power'].lstrip('-'))}"
    ),
    "prefix": lambda m, before, after: m["prefix"].lower(),
    "unit_after_part": amounts.unit_after_part,
    "number": numbers.number,
}
