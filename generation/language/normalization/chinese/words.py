"""Latin words, addresses, versions and Roman numerals in a Chinese text."""

from __future__ import annotations

import re
from decimal import Decimal

from generation.language.normalization.latin import said
from generation.language.normalization.roman import of_roman
from generation.language.numerals.chinese import cardinal, one_by_one, quantity


def _inside_word(digits: str) -> str:
    return quantity(digits) if len(digits) <= 2 or "." in digits else one_by_one(digits)


def word(written: str, *, shouting: bool = False) -> str:
    scaled = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)k", written)
    if scaled:
        return quantity(f"{Decimal(scaled[1]) * 1000:f}".split(".0")[0])
    sized = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([A-OQ-Z])", written)
    if sized:  # 500G; 1080P is read digit by digit
        return f"{quantity(sized[1])} {sized[2]}"
    return said(written, number=_inside_word, plus="加", also="和", shouting=shouting)


def version(match: re.Match[str], before: str, after: str) -> str:
    start = "V" if match.group()[0] in "vV" else ""
    return (start + " " if start else "") + "点".join(cardinal(part) for part in match["number"].split("."))


_MARKS = {
    ".": "点", "@": "at", "/": "斜杠", "?": "问号", "=": "等于", "&": "和", "-": "横杠", "_": "下划线", "#": "井号", ":": "冒号",
    "%": "百分号", "+": "加", "~": "波浪号",
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
    read = "点".join(one_by_one(part, phone=True) for part in parts)
    return read + ("冒号" + one_by_one(match["port"], phone=True) if match["port"] else "")


_ROMAN_AFTER = re.compile(r"\s?(?:期|级|类|度(?!假)|世|部|代|章|卷|区|相|型|阶段|组|号)")


def roman(match: re.Match[str], before: str, after: str) -> str | None:
    written = match["roman"]
    value = of_roman(written)
    if not value:
        return None
    if before.endswith("第") or (
        _ROMAN_AFTER.match(after)
        and (len(written) > 1 or written == "I" or (written == "V" and after[:1] in "期级类"))
    ):
        return cardinal(str(value))
    named = re.search(r"[\u3400-\u9fff]\s?$", before) and len(written) > 1 and set(written) <= set("IVX")
    if (
        named
        and not re.match(r"\s?(?:设计|系统|手册)", after)
        and written not in ("XX", "XXX", "IV" if "输" in after else "")
    ):
        return cardinal(str(value))
    return None
