"""Numbers, dates, money and units in Chinese words."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from generation.language.normalization.grammar import MONEY, UNITS
from generation.language.normalization.latin import said
from generation.language.numerals.chinese import cardinal, one_by_one, quantity

_MEASURES = tuple(
    """
    个 位 次 天 杯 小时 分钟 分 秒 公斤 千克 公里 千米 斤 倍 种 件 台 万 千 亿 百万 周 年 点 度 米 口 只
    条 块 张 本 份 步 项 组 碗 勺 片 颗 粒 滴 层 排 家 间 座 栋 辆 架 艘 双 对 套 部 篇 首 句 段 道 门
    节 课 遍 趟 场 届 岁 毫 厘 成 元 美元 克 升 吨
    """.split()
)
_NOT_TWO_LIANG = ("点零", "年级", "等", "楼", "号", "月", "日", "年代", "成立")
_SPELLED_AFTER = re.compile(
    r"(?:拨打|拨|电话|热线|号码|尾号|验证码|密码|编号|邮编|学号|房间|航班|QQ|qq|群)(?:号)?(?:是|为|：|:)?\s?$"
)
_HALVES = {"a": "上午", "p": "下午"}


def _counted(number: str) -> str:
    """Before a measure word: 两 for 2."""
    return "两" if number == "2" else quantity(number)


def _inside_word(digits: str) -> str:
    return quantity(digits) if len(digits) <= 2 or "." in digits else one_by_one(digits)


def word(written: str, *, shouting: bool = False) -> str:
    scaled = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)k", written)
    if scaled:
        return quantity(f"{Decimal(scaled[1]) * 1000:f}".split(".0")[0])
    return said(written, number=_inside_word, plus="加", also="和", shouting=shouting)


def number(match: re.Match[str], before: str, after: str) -> str:
    digits = match["number"]
    minus = "负" if match["minus"] else ""
    if match["plus"]:
        return minus + (
            quantity(digits) + "多"
            if digits.endswith("0") and "." not in digits
            else quantity(digits) + "以上"
        )
    if not minus and digits.isdigit():
        if _is_year(digits, after) or (len(digits) > 1 and digits[0] == "0"):
            return one_by_one(digits)
        if _SPELLED_AFTER.search(before):
            return one_by_one(digits, phone=True)
        if digits == "2" and not before.endswith("第") and _takes_liang(after):
            return "两"
    if before.endswith("第") and digits == "2":
        return "二"
    return minus + quantity(digits)


def _takes_liang(after: str) -> bool:
    rest = after.lstrip()
    return (
        rest.startswith(_MEASURES)
        and not rest.startswith(_NOT_TWO_LIANG)
        and not re.match(r"点[0-9零]", rest[:2])
    )


def _is_year(digits: str, after: str) -> bool:
    rest = after.lstrip()
    if (
        len(digits) != 4
        or not rest.startswith(("年", "-", "–", "至", "到"))
        or not 1000 <= int(digits) <= 2999
    ):
        return False
    if not rest.startswith("年"):
        return bool(re.match(r"[-–至到]\s?[12][0-9]{3}\s?年", rest))
    return not (int(digits) % 1000 == 0 and digits != "2000") and not re.match(
        r"年(?:历史|的历史|以上|来)", rest
    )


def _date(match: re.Match[str], before: str, after: str) -> str:
    return f"{one_by_one(match['year'])}年{cardinal(str(int(match['month'])))}月{cardinal(str(int(match['day'])))}日"


def _clock(match: re.Match[str], before: str, after: str) -> str:
    hour, minute, second = match["hour"], match["minute"], match["second"]
    read = _HALVES[match["half"].lower()] if match["half"] else ""
    read += ("两" if int(hour) == 2 else cardinal(str(int(hour)))) + "点"
    if minute == "30" and not second:
        return read + "半"
    if minute != "00" or second:
        read += (
            one_by_one(minute) if minute[0] == "0" and minute != "00" else cardinal(str(int(minute)))
        ) + "分"
    return read + (cardinal(str(int(second))) + "秒" if second else "")


def _half_day(match: re.Match[str], before: str, after: str) -> str:
    return _HALVES[match["half"].lower()] + ("两" if match["hour"] == "2" else cardinal(match["hour"])) + "点"


def _scale(written: str) -> str:
    words = {
        "thousand": "千",
        "million": "百万",
        "billion": "十亿",
        "trillion": "万亿",
        "k": "千",
        "K": "千",
        "M": "百万",
    }
    return words.get(written.strip(), "十亿" if written.strip() == "B" else written.strip())


def _money(match: re.Match[str], before: str, after: str) -> str:
    unit = "" if after.startswith(("元", "美元", "欧元", "块")) else MONEY[match["sign"]][0]
    return _counted(match["number"]) + _scale(match["scale"]) + unit


def _money_range(match: re.Match[str], before: str, after: str) -> str:
    low, high = _counted(match["low"]), _counted(match["high"])
    return f"{low}到{high}{_scale(match['scale'])}{MONEY[match['sign']][0]}"


def _percent(match: re.Match[str], before: str, after: str) -> str:
    base = "千" if match["mark"] == "‰" else "百"
    return f"{'负' if match['minus'] else ''}{base}分之{quantity(match['number'])}"


def _unit(match: re.Match[str], before: str, after: str) -> str:
    unit = UNITS[match["unit"]][0]
    minus = "" if not match["minus"] else "零下" if "度" in unit else "负"
    return minus + _counted(match["number"]) + unit


def _unit_range(match: re.Match[str], before: str, after: str) -> str:
    return f"{_counted(match['low'])}到{_counted(match['high'])}{UNITS[match['unit']][0]}"


def _range(match: re.Match[str], before: str, after: str) -> str:
    low, high = match["low"], match["high"]
    if len(low) == len(high) == 4 and after.lstrip().startswith("年"):
        return f"{one_by_one(low)}到{one_by_one(high)}"
    if _value(high) < _value(low):
        return f"{quantity(low)}比{quantity(high)}"
    return f"{_counted(low) if _takes_liang(after) else quantity(low)}到{quantity(high)}"


def _value(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _ratio(match: re.Match[str], before: str, after: str) -> str:
    return f"{quantity(match['low'])}比{quantity(match['high'])}"


def _fraction(match: re.Match[str], before: str, after: str) -> str:
    if match["low"] == "24" and match["high"] == "7":
        return "二十四小时七天"
    return f"{cardinal(match['high'])}分之{cardinal(match['low'])}"


def _version(match: re.Match[str], before: str, after: str) -> str:
    start = "V" if match.group()[0] in "vV" else ""
    return (start + " " if start else "") + "点".join(cardinal(part) for part in match["number"].split("."))


def _address(match: re.Match[str], before: str, after: str) -> str:
    bare = re.sub(r"^https?://", "", match.group())
    parts = re.findall(r"[A-Za-z]+|[0-9]+|[.@/]", bare)
    marks = {".": "点", "@": "at", "/": "斜杠"}
    return " ".join(marks.get(part) or (one_by_one(part) if part.isdigit() else word(part)) for part in parts)


READERS: dict[str, Callable[[re.Match[str], str, str], str]] = {
    "address": _address,
    "date": _date,
    "clock": _clock,
    "half_day": _half_day,
    "phone": lambda m, before, after: (
        ("加" if m["digits"][0] == "+" else "") + one_by_one(m["digits"], phone=True)
    ),
    "money_range": _money_range,
    "money": _money,
    "percent_range": lambda m, before, after: f"百分之{quantity(m['low'])}到百分之{quantity(m['high'])}",
    "percent": _percent,
    "unit_range": _unit_range,
    "unit": _unit,
    "ordinal": lambda m, before, after: "第" + cardinal(m["number"]),
    "rank": lambda m, before, after: "第" + cardinal(m["number"]),
    "decade": lambda m, before, after: (
        (one_by_one if len(m["number"]) == 4 else cardinal)(m["number"]) + "年代"
    ),
    "version": _version,
    "ratio": _ratio,
    "product": lambda m, before, after: f"{quantity(m['low'])}乘{quantity(m['high'])}",
    "fold": lambda m, before, after: _counted(m["number"]) + "倍",
    "fraction": _fraction,
    "range": _range,
    "number": number,
}
