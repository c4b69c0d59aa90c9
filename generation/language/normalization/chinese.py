"""Numbers, money and units in Chinese words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from generation.language.normalization import chinese_dates as dates
from generation.language.normalization.chinese_codes import MEASURES, counts, spelled
from generation.language.normalization.latin import said
from generation.language.normalization.measures import MONEY, UNITS
from generation.language.normalization.roman import of_roman
from generation.language.normalization.sums import is_sum
from generation.language.numerals.chinese import cardinal, one_by_one, quantity

Reader = Callable[[re.Match[str], str, str], str | None]
_NOT_TWO_LIANG = ("点零", "年级", "等", "楼", "号", "月", "日", "年代", "成立")
# Before a hyphen that is a minus; after any other hanzi it joins a name and its number (歼-20).
_FALLEN = re.compile(
    r"(?:[到至约为是达于得分度温数值率差净扣减算加乘等]|海拔|零下|增长|利润|收益|余额|变化|坐标|下降|下跌|最低|最高|低|高|[^\u3400-\u9fff])\s?$"
)
_SCORED = re.compile(r"(?:评分|打分|得分|评价|豆瓣|口碑|评级|综合|评为|好评)[^，。；！？0-9]{0,3}$")
_PRESSURE = re.compile(r"(?:血压|高压|低压|收缩压|舒张压)[^，。；！？]{0,8}$")
_PRESSURE_AFTER = re.compile(r"\s?(?:mmHg|毫米汞柱|以[上下])")
_GAME = re.compile(
    r"[^，。；！？0-9]{0,2}(?:获胜|落败|战平|战胜|击败|险胜|大胜|惜败|领先|落后|不敌|逆转|取胜|横扫)|的?比分"
)
_GAME_BEFORE = re.compile(r"(?:比分|[以胜负输赢败平])[是为：:]?\s?$")
_SAVED = re.compile(r"\s?(?:的?优惠|的?券|满减|元?券|的?活动)")
_LETTER_SIZE = re.compile(
    r"\s?(?:视频|画质|分辨率|高清|超清|电视|屏|显示器|影片|电影|摄像|录像|拍摄|显卡|修复|HDR|级)"
)
_FOLLOWED = re.compile(r"粉|订阅|播放|用户|[年月]薪|薪|赞|阅读|曝光|流量")


def _counted(number: str) -> str:
    """Before a measure word: 两 for 2."""
    return "两" if number == "2" else _quantity(number)


def _quantity(number: str) -> str:
    return quantity("0" + number if number.startswith(".") else number)


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


def number(match: re.Match[str], before: str, after: str) -> str:
    digits = match["number"]
    minus = "负" if match["minus"] and (not before.strip() or _FALLEN.search(before)) else ""
    if match["plus"]:
        return minus + (
            quantity(digits) + "多"
            if digits.endswith("0") and "." not in digits
            else quantity(digits) + "以上"
        )
    if not minus and digits.isdigit():
        if _is_year(digits, after) or (len(digits) > 1 and digits[0] == "0"):
            return one_by_one(digits, phone=bool(spelled(digits, before, after)))
        name = spelled(digits, before + ("-" if match["minus"] else ""), after)
        if name:
            return name
        if digits == "2" and not before.endswith("第") and _takes_liang(after):
            return "两"
    if before.endswith("第") and digits == "2":
        return "二"
    return minus + _quantity(digits)


def _takes_liang(after: str) -> bool:
    rest = after.lstrip()
    return (
        rest.startswith(MEASURES)
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


def _scale(written: str) -> str:
    words = {
        "thousand": "千", "million": "百万", "billion": "十亿", "trillion": "万亿", "k": "千", "K": "千", "M": "百万",
        "B": "十亿", "T": "万亿", "mn": "百万", "bn": "十亿", "tn": "万亿",
    }  # fmt: skip
    bare = written.strip(" -")
    return words.get(bare, bare)


def _money(match: re.Match[str], before: str, after: str) -> str:
    unit = "" if after.startswith(("元", "美元", "欧元", "块")) else MONEY[match["sign"]][0]
    more = "多" if match["plus"] else ""
    return ("负" if match["minus"] else "") + _counted(match["number"]) + _scale(match["scale"]) + more + unit


def _money_range(match: re.Match[str], before: str, after: str) -> str:
    low, high = _counted(match["low"]), _counted(match["high"])
    return f"{low}到{high}{_scale(match['scale'])}{MONEY[match['sign']][0]}"


def _percent(match: re.Match[str], before: str, after: str) -> str:
    base = "千" if match["mark"] == "‰" else "百"
    return f"{'负' if match['minus'] else ''}{base}分之{_quantity(match['number'])}"


def _unit(match: re.Match[str], before: str, after: str) -> str:
    unit = UNITS[match["unit"]][0]
    minus = "" if not match["minus"] else "零下" if "度" in unit else "负"
    return minus + _counted(match["number"]) + unit


def _unit_per(match: re.Match[str], before: str, after: str) -> str:
    return f"{_unit(match, before, after)}每{_quantity(match['base']) if match['base'] else ''}{UNITS[match['per']][0]}"


def _unit_alone(match: re.Match[str], before: str, after: str) -> str | None:
    if match["unit"]:
        return ("每" if match["slash"] else "") + UNITS[match["unit"]][0]
    return "每" + UNITS[match["base"]][0] if _PRICED.search(before) else None


def _unit_range(match: re.Match[str], before: str, after: str) -> str:
    unit, first = UNITS[match["unit"]][0], UNITS[match["first"]][0] if match["first"] else ""
    below = "零下" if "度" in unit else "负"
    low = (below if match["minus"] else "") + _counted(match["low"])
    high = (below if match["below"] else "") + _counted(match["high"])
    return f"{low}{first}到{high}{unit}"


_PRICED = re.compile(
    r"(?:[0-9一二三四五六七八九十百千万几每]\s?[^\s，。；！？、0-9/]{1,3}|[¥$€£]\s?[0-9.,]+|[0-9])$"
)
_PER = re.compile(
    r"\s?[半一]?(?:斤|公斤|千克|克|两|吨|人|个|次|天|日|周|月|季|年|小时|分钟|分|秒|时|米|平米?|平方|立方|亩|升|毫升|瓶|盒|包|袋|箱|件|套|张|份|位|晚|间|台|辆|只|条"
    r"|支|根|节|课|课时|场|趟|公里|千米|里|页|篇|字|户|家|颗|粒|片|碗|杯|桌|层|度|股|栋|头|匹|班|批|组|队|桶|卷|双|对|本|名|房|床|车|船|吨|[0-9])"
)


def _per(match: re.Match[str], before: str, after: str) -> str | None:
    """5元/斤; a slash between other words says nothing."""
    return "每" if not match["per"] and _PRICED.search(before) and _PER.match(after) else None


def _range(match: re.Match[str], before: str, after: str) -> str | None:
    low, high = match["low"], match["high"]
    if is_sum(match.group(), before, after):
        return None
    if len(low) == len(high) == 4 and after.lstrip().startswith("年"):
        return f"{one_by_one(low)}到{one_by_one(high)}"
    dashed = "-" in match.group()
    if dashed and (before.endswith("满") or _SAVED.match(after)) and _value(high) < _value(low):
        return f"{quantity(low)}减{quantity(high)}"
    if spelled(low, before, "") and not counts(after) and len(low) > 2:
        return (
            f"{one_by_one(low, phone=True)}到{one_by_one(high, phone=True)}"
            if len(high) == len(low)
            else None
        )
    if _value(high) < _value(low) or (
        dashed and (low == high or _GAME.match(after) or (_GAME_BEFORE.search(before) and not counts(after)))
    ):
        return f"{_quantity(low)}比{_quantity(high)}"
    return f"{_counted(low) if _takes_liang(after) else _quantity(low)}到{_quantity(high)}"


def _value(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _ratio(match: re.Match[str], before: str, after: str) -> str:
    return f"{quantity(match['low'])}比{quantity(match['high'])}"


def _out_of(match: re.Match[str], before: str, after: str) -> str | None:
    """140/90 of blood pressure, 4.5/5 of a rating."""
    low, high = match["low"], match["high"]
    if (
        _PRESSURE.search(before)
        or (match["unit"] or _PRESSURE_AFTER.match(after))
        and _value(low) > _value(high)
    ):
        return f"{quantity(low)}比{quantity(high)}" + (UNITS["mmHg"][0] if match["unit"] else "")
    scored = _SCORED.search(before) or re.match(r"\s?分(?!之|钟)", after)
    if _value(low) <= _value(high) and (scored or ("." in low and high in ("5", "10", "100"))):
        return f"{quantity(low)}分满分{quantity(high)}" + ("" if after.lstrip().startswith("分") else "分")
    return None


def _fraction(match: re.Match[str], before: str, after: str) -> str:
    if match["low"] == "24" and match["high"] == "7":
        return "二十四小时七天"
    return f"{cardinal(match['high'])}分之{cardinal(match['low'])}"


def _mixed(match: re.Match[str], before: str, after: str) -> str | None:
    low, high = match["low"], match["high"]
    if match["vulgar"]:
        low, _, high = unicodedata.normalize("NFKC", match["vulgar"]).partition("\u2044")
    if int(low) >= int(high):
        return None
    return f"{cardinal(match['whole'])}又{cardinal(high)}分之{cardinal(low)}"


def _version(match: re.Match[str], before: str, after: str) -> str:
    start = "V" if match.group()[0] in "vV" else ""
    return (start + " " if start else "") + "点".join(cardinal(part) for part in match["number"].split("."))


_MARKS = {
    ".": "点", "@": "at", "/": "斜杠", "?": "问号", "=": "等于", "&": "和", "-": "横杠", "_": "下划线", "#": "井号", ":": "冒号",
    "%": "百分号", "+": "加", "~": "波浪号",
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
    read = "点".join(one_by_one(part, phone=True) for part in parts)
    return read + ("冒号" + one_by_one(match["port"], phone=True) if match["port"] else "")


def _scaled(match: re.Match[str], before: str, after: str) -> str | None:
    number, scale, more = match["number"], match["scale"], "多" if match["plus"] else ""
    if scale == "w":
        return _counted(number) + "万" + more
    if scale in ("k", "K"):
        if (
            scale == "K"
            and number in ("2", "4", "8", "5", "6")
            and (_LETTER_SIZE.match(after) or not _FOLLOWED.search(before + after))
        ):
            return None
        return quantity(f"{_value(number) * 1000:f}".split(".0")[0]) + more
    if scale in ("M", "B") and (more or _FOLLOWED.search(before[-8:] + after[:6])):
        return quantity(f"{_value(number) * (1000000 if scale == 'M' else 10**9):f}".split(".0")[0]) + more
    return None


_ROMAN_AFTER = re.compile(r"\s?(?:期|级|类|度(?!假)|世|部|代|章|卷|区|相|型|阶段|组|号)")


def _roman(match: re.Match[str], before: str, after: str) -> str | None:
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


READERS: dict[str, Reader] = {
    "address": _address,
    "internet_number": _internet_number,
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
    "money_range": _money_range,
    "money": _money,
    "percent_range": lambda m, before, after: f"百分之{quantity(m['low'])}到百分之{quantity(m['high'])}",
    "percent": _percent,
    "unit_range": _unit_range,
    "unit_per": _unit_per,
    "unit": _unit,
    "unit_alone": _unit_alone,
    "per": _per,
    "ordinal": lambda m, before, after: "第" + cardinal(m["number"]),
    "rank": lambda m, before, after: (
        "第" + cardinal(m["number"]) if len(m["number"]) < 4 else one_by_one(m["number"], phone=True)
    ),
    "decade": lambda m, before, after: (
        (one_by_one if len(m["number"]) == 4 else cardinal)(m["number"]) + "年代"
    ),
    "version": _version,
    "ratio": _ratio,
    "product": lambda m, before, after: f"{quantity(m['low'])}乘{quantity(m['high'])}",
    "fold": lambda m, before, after: _counted(m["number"]) + "倍",
    "mixed": _mixed,
    "out_of": _out_of,
    "fraction": _fraction,
    "range": _range,
    "scaled": _scaled,
    "roman": _roman,
    "standard": lambda m, before, after: (
        f"{word(m['body'])} "
        + "点".join(
            one_by_one(part) if len(part) > 2 else cardinal(part) for part in re.split("[.-]", m["number"])
        )
        + ("杠" + one_by_one(m["year"]) if m["year"] else "")
    ),
    "number": number,
}
