"""Money, percentages, units and prices a unit in Chinese words."""

from __future__ import annotations

import re

from generation.language.normalization.chinese.counting import counted, said_quantity, value
from generation.language.normalization.measures import MONEY, UNITS
from generation.language.numerals.chinese import quantity

_LETTER_SIZE = re.compile(
    r"\s?(?:视频|画质|分辨率|高清|超清|电视|屏|显示器|影片|电影|摄像|录像|拍摄|显卡|修复|HDR|级)"
)

_FOLLOWED = re.compile(r"粉|订阅|播放|用户|[年月]薪|薪|赞|阅读|曝光|流量")


def _scale(written: str) -> str:
    words = {
        "thousand": "千", "million": "百万", "billion": "十亿", "trillion": "万亿", "k": "千", "K": "千", "M": "百万",
        "B": "十亿", "T": "万亿", "mn": "百万", "bn": "十亿", "tn": "万亿",
    }  # fmt: skip
    bare = written.strip(" -")
    return words.get(bare, bare)


def money(match: re.Match[str], before: str, after: str) -> str:
    number = match["number"].removesuffix(".00")
    unit = "" if after.startswith(("元", "美元", "欧元", "块")) else MONEY[match["sign"]][0]
    more = "多" if match["plus"] else ""
    return ("负" if match["minus"] else "") + counted(number) + _scale(match["scale"]) + more + unit


def money_range(match: re.Match[str], before: str, after: str) -> str:
    low, high = counted(match["low"]), counted(match["high"])
    return f"{low}到{high}{_scale(match['scale'])}{MONEY[match['sign']][0]}"


def percent(match: re.Match[str], before: str, after: str) -> str:
    base = "千" if match["mark"] == "‰" else "百"
    return f"{'负' if match['minus'] else ''}{base}分之{said_quantity(match['number'])}"


def unit(match: re.Match[str], before: str, after: str) -> str:
    unit = UNITS[match["unit"]][0]
    minus = "" if not match["minus"] else "零下" if "度" in unit else "负"
    return minus + counted(match["number"]) + unit


def unit_per(match: re.Match[str], before: str, after: str) -> str:
    return f"{unit(match, before, after)}每{said_quantity(match['base']) if match['base'] else ''}{UNITS[match['per']][0]}"


_PART_BEFORE = re.compile(r"[0-9]/[0-9]{1,3}\s?$|[¼-¾⅐-⅞]\s?$")


def unit_after_part(match: re.Match[str], before: str, after: str) -> str | None:
    """1/2 kg: the fraction was said already."""
    return UNITS[match["unit"]][0] if _PART_BEFORE.search(before) else None


def unit_alone(match: re.Match[str], before: str, after: str) -> str | None:
    if match["unit"]:
        return ("每" if match["slash"] else "") + UNITS[match["unit"]][0]
    return "每" + UNITS[match["base"]][0] if _PRICED.search(before) else None


def unit_range(match: re.Match[str], before: str, after: str) -> str:
    unit, first = UNITS[match["unit"]][0], UNITS[match["first"]][0] if match["first"] else ""
    below = "零下" if "度" in unit else "负"
    low = (below if match["minus"] else "") + counted(match["low"])
    high = (below if match["below"] else "") + counted(match["high"])
    return f"{low}{first}到{high}{unit}"


_PRICED = re.compile(
    r"(?:[0-9一二三四五六七八九十百千万几每]\s?[^\s，。；！？、0-9/]{1,3}|[¥$€£]\s?[0-9.,]+|[0-9])$"
)

_PER = re.compile(
    r"\s?[半一]?(?:斤|公斤|千克|克|两|吨|人|个|次|天|日|周|月|季|年|小时|分钟|分|秒|时|米|平米?|平方|立方|亩|升|毫升|瓶|盒|包|袋|箱|件|套|张|份|位|晚|间|台|辆|只|条"
    r"|支|根|节|课|课时|场|趟|公里|千米|里|页|篇|字|户|家|颗|粒|片|碗|杯|桌|层|度|股|栋|头|匹|班|批|组|队|桶|卷|双|对|本|名|房|床|车|船|吨|[0-9]+(?![0-9]|.{0,2}[元块]))"
)


def per(match: re.Match[str], before: str, after: str) -> str | None:
    """5元/斤; a slash between other words says nothing."""
    return "每" if not match["per"] and _PRICED.search(before) and _PER.match(after) else None


def scaled(match: re.Match[str], before: str, after: str) -> str | None:
    number, scale, more = match["number"], match["scale"], "多" if match["plus"] else ""
    if scale == "w":
        return counted(number) + "万" + more
    if scale in ("k", "K"):
        if (
            scale == "K"
            and number in ("2", "4", "8", "5", "6")
            and (_LETTER_SIZE.match(after) or not _FOLLOWED.search(before + after))
        ):
            return None
        return quantity(f"{value(number) * 1000:f}".split(".0")[0]) + more
    if scale in ("M", "B") and (more or _FOLLOWED.search(before[-8:] + after[:6])):
        return quantity(f"{value(number) * (1000000 if scale == 'M' else 10**9):f}".split(".0")[0]) + more
    return None
