"""How each written form is read in a Chinese text; ``None`` where it is something else."""

from __future__ import annotations

import re
from collections.abc import Callable

from generation.language.normalization.chinese import amounts, dates, numbers, words
from generation.language.normalization.chinese.counting import counted
from generation.language.normalization.chinese.words import word
from generation.language.numerals.chinese import cardinal, one_by_one, quantity

__all__ = ["READERS", "Reader", "cardinal", "word"]

Reader = Callable[[re.Match[str], str, str], str | None]

READERS: dict[str, Reader] = {
    "address": words.address,
    "internet_number": words.internet_number,
    "date": dates.date,
    "date_year_last": dates.date_year_last,
    "clock": dates.clock,
    "half_day": dates.half_day,
    "half_day_range": dates.half_day_range,
    "day": dates.day,
    "weekday_range": lambda m, before, after: f"{dates.weekday(m['low'])}到{dates.weekday(m['high'])}",
    "month_range": lambda m, before, after: f"{dates.month(m['low'])}到{dates.month(m['high'])}",
    "phone": lambda m, before, after: (
        ("加" if m["digits"][0] == "+" else "")
        + one_by_one(m["digits"], phone=True)
        + ("转" + one_by_one(m["extension"], phone=True) if m["extension"] else "")
    ),
    "money_range": amounts.money_range,
    "money": amounts.money,
    "percent_range": lambda m, before, after: f"百分之{quantity(m['low'])}到百分之{quantity(m['high'])}",
    "percent": amounts.percent,
    "unit_range": amounts.unit_range,
    "unit_per": amounts.unit_per,
    "unit": amounts.unit,
    "unit_alone": amounts.unit_alone,
    "per": amounts.per,
    "ordinal": lambda m, before, after: "第" + cardinal(m["number"]),
    "rank": lambda m, before, after: (
        "第" + cardinal(m["number"]) if len(m["number"]) < 4 else one_by_one(m["number"], phone=True)
    ),
    "decade": lambda m, before, after: (
        (one_by_one if len(m["number"]) == 4 else cardinal)(m["number"]) + "年代"
    ),
    "version": words.version,
    "ratio": numbers.ratio,
    "product": lambda m, before, after: f"{quantity(m['low'])}乘{quantity(m['high'])}",
    "fold": lambda m, before, after: counted(m["number"]) + "倍",
    "mixed": numbers.mixed,
    "out_of": numbers.out_of,
    "fraction": numbers.fraction,
    "range": numbers.span,
    "scaled": amounts.scaled,
    "roman": words.roman,
    "standard": lambda m, before, after: (
        f"{word(m['body'])} "
        + "点".join(
            one_by_one(part) if len(part) > 2 else cardinal(part) for part in re.split("[.-]", m["number"])
        )
        + ("杠" + one_by_one(m["year"]) if m["year"] else "")
    ),
    "file": lambda m, before, after: f"{word(m['name'])} 点 {' '.join(m['ending'].upper())}",
    "relation": lambda m, before, after: {"<=": "小于等于", ">=": "大于等于", "!=": "不等于", "==": "等于"}[
        m.group()
    ],
    "arrow": lambda m, before, after: ",",
    "duration": lambda m, before, after: f"{counted(m['hours'])}小时{cardinal(str(int(m['minutes'])))}分钟",
    "height": lambda m, before, after: f"{cardinal(m['feet'])}英尺{cardinal(m['inches'])}英寸",
    "inches": lambda m, before, after: quantity(m["number"]) + "英寸",
    "power": lambda m, before, after: (
        f"{cardinal(m['base'])}的{'负' if m['power'][0] == '-' else ''}{cardinal(m['power'].lstrip('-'))}次方"
    ),
    "unit_after_part": amounts.unit_after_part,
    "number": numbers.number,
}
