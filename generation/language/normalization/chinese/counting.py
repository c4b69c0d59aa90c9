"""Counting in Chinese: 两 before a measure word, and decimals without a whole."""

from __future__ import annotations

import re
from decimal import Decimal

from generation.language.normalization.chinese.codes import MEASURES
from generation.language.numerals.chinese import quantity

_NOT_TWO_LIANG = ("点零", "年级", "等", "楼", "号", "月", "日", "年代", "成立")


def counted(number: str) -> str:
    """Before a measure word: 两 for 2."""
    return "两" if number == "2" else said_quantity(number)


def said_quantity(number: str) -> str:
    return quantity("0" + number if number.startswith(".") else number)


def takes_liang(after: str) -> bool:
    rest = after.lstrip()
    return (
        rest.startswith(MEASURES)
        and not rest.startswith(_NOT_TWO_LIANG)
        and not re.match(r"点[0-9零]", rest[:2])
    )


def value(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))
