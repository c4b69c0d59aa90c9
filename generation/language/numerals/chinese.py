"""Numbers in hanzi, as they are said: 两千, not 二千; 一亿零一千, not 一亿一千, which a listener takes for 110 million.

cn2an, which knows neither, judges the rest in the tests, both ways up to sixteen digits.
"""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_RANKS = ("", "十", "百", "千")
_MYRIADS = ("", "万", "亿", "万")  # 万 of 亿: the 亿 is said once, after the group below or at once
_LONGEST = 16  # digits that are still read as one quantity


def cardinal(digits: str) -> str:
    """A whole number as it is counted, 2,000 as 两千; digit by digit from 17 digits on or with leading zeros."""
    digits = digits.replace(",", "")
    if len(digits) > _LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return one_by_one(digits)
    if int(digits) == 0:
        return "零"
    groups = _groups(digits)
    read = ""
    skipped = False
    for rank, group in zip(reversed(range(len(groups))), groups, strict=True):
        if int(group) == 0:
            skipped = True
            if rank == 2 and read:
                read += "亿"
            continue
        if read and (skipped or group[0] == "0"):
            read += "零"
        read += _below_myriad(group, leading=not read, ranked=rank > 0) + _MYRIADS[rank]
        skipped = False
    return read


def one_by_one(digits: str, *, phone: bool = False) -> str:
    """Each digit by itself; on the ``phone`` one is 幺."""
    read = "".join(_DIGITS[int(digit)] for digit in digits if digit.isdecimal())
    return read.replace("一", "幺") if phone else read


def quantity(number: str) -> str:
    """A number with its decimals: 3.50 → 三点五零."""
    whole, _, decimals = number.replace(",", "").partition(".")
    if not decimals:
        return cardinal(whole)
    return f"{cardinal(whole)}点{one_by_one(decimals)}"


def _groups(digits: str) -> list[str]:
    """Four digits each from the right; the first may have fewer."""
    head = len(digits) % 4
    return ([digits[:head]] if head else []) + [digits[i : i + 4] for i in range(head, len(digits), 4)]


def _below_myriad(group: str, *, leading: bool, ranked: bool) -> str:
    """1 to 9999; ``leading``: nothing was said before; ``ranked``: 万 or 亿 follows."""
    digits = group.lstrip("0")
    if digits == "2" and ranked and leading:
        return "两"
    read = ""
    for at, digit in enumerate(digits):
        rank = len(digits) - 1 - at
        if digit == "0":
            if digits[at:].strip("0") and not read.endswith("零"):
                read += "零"
        elif leading and not read and digit == "1" and rank == 1:
            read += "十"
        elif leading and not read and digit == "2" and rank >= 2:
            read += "两" + _RANKS[rank]
        else:
            read += _DIGITS[int(digit)] + _RANKS[rank]
    return read
