"""Dates, times of day and their ranges in Chinese words."""

from __future__ import annotations

import re

from generation.language.numerals.chinese import cardinal, one_by_one

_HALVES = {"a": "上午", "p": "下午"}
_DAYS = {
    "mon": "周一",
    "tue": "周二",
    "wed": "周三",
    "thu": "周四",
    "fri": "周五",
    "sat": "周六",
    "sun": "周日",
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SCORE_BEFORE = re.compile(
    r"(?:比分|比例|宽高比|长宽比|纵横比|画幅|尺寸|采用|战绩|[以赢胜负输败平]|领先|落后|击败|战胜|战平|逆转|总分|半场|全场|盘|局)[^，。；！？,;!?0-9]{0,3}$"
)
_SCORE_AFTER = re.compile(
    r"\s?[^，。；！？,;!?0-9]{0,3}(?:比例|画幅|画面|竖屏|横屏|竖版|横版|屏幕|宽高|比分|大比分|战胜|击败|获胜|取胜|险胜|大胜|领先|落后|战平|逆转|惜败|落败|不敌|横扫|构图|稀释|兑水|勾兑|配比)"
)
_TIME_BEFORE = re.compile(r"(?:早上?|晚上?|上午|下午|中午|凌晨|[日天号]|时间|在|每晚)[是为：:]?\s?$")
_DAY_BEFORE = re.compile(
    r"(?:[在于从到至]|截至|截止|日期|时间|今年|去年|明年|每年|生日|周[一二三四五六日])[是为：:]?\s?$"
)
_DAY_AFTER = re.compile(
    r"\s?(?:大促|活动|促销|开抢|开售|购物|狂欢|预售|节|开始|截止|起|上线|晚|当天|那天|放假|上市|见|这天|前后|开业|黄金周|假期|小长假|劳动|国庆|儿童|妇女|情人|生效|开学|考试|晚会|事变|是[^，。！？]{0,4}[节日])"
)
_FEASTS = {(5, 1): "五一", (10, 1): "十一", (6, 1): "六一", (3, 8): "三八", (11, 11): "双十一", (12, 12): "双十二", (6, 18): "六幺八", (3, 15): "三幺五", (9, 18): "九一八", (7, 1): "七一", (8, 1): "八一",
    (5, 4): "五四", (9, 11): "九幺幺"}  # fmt: skip
_FEAST_AFTER = re.compile(
    r"\s?(?:大促|活动|促销|购物|狂欢|预售|黄金周|假期|小长假|劳动|国庆|儿童|妇女|放假|长假|晚会|打假|维权|消费者|事变|建党|建军|青年|女神|恐怖|事件)"
)


_EARLIER_SCORES = re.compile(r"(?:[0-9]{1,3}:[0-9]{1,3}[、，,]\s?)+$")


def ymd(year: str, month: str, day: str) -> str:
    return f"{one_by_one(year)}年{_month_day(month, day)}"


def _month_day(month: str, day: str) -> str:
    return f"{cardinal(str(int(month)))}月{cardinal(str(int(day)))}日"


def date(match: re.Match[str], before: str, after: str) -> str:
    return ymd(match["year"], match["month"], match["day"])


def date_year_last(match: re.Match[str], before: str, after: str) -> str | None:
    """5/1/2026: the month first, unless only the second can be one."""
    first, second, year = int(match["first"]), int(match["second"]), match["year"]
    if len(year) == 2 and (match["sep"] != "/" or not _DAY_BEFORE.search(before)):
        return None
    month, day = (first, second) if first <= 12 else (second, first)
    return ymd(year, str(month), str(day)) if month <= 12 else None


def day(match: re.Match[str], before: str, after: str) -> str | None:
    """11/11 and 5.1 where they are days; every other such shape is a fraction or a decimal."""
    month, number = int(match["month"]), int(match["day"])
    named = bool(_DAY_AFTER.match(after))
    feast = _FEASTS.get((month, number))
    if feast and _FEAST_AFTER.match(after):
        return feast.removeprefix("双") if before.endswith("双") else feast
    if match["sep"] == ".":
        return (
            _month_day(match["month"], match["day"])
            if named and "." in match.group() and not _much(after)
            else None
        )
    whole = month == number or number == 1 or (month > number and number != 0)
    if (
        named
        or _DAY_BEFORE.search(before)
        or (whole and re.match(r"\s?(?:$|[，。！？、；,.!?;和~到至-])", after))
    ):
        return _month_day(match["month"], match["day"])
    return None


def _much(after: str) -> bool:
    return bool(re.match(r"\s?(?:节|前后)", after))


def clock(match: re.Match[str], before: str, after: str) -> str | None:
    hour, minute, second = match["hour"], match["minute"], match["second"]
    if not match["half"] and not second and is_score(before, after):
        return None
    if int(hour) == 24 and minute != "00":
        return None
    read = _HALVES[match["half"].lower()] if match["half"] else ""
    read += ("两" if int(hour) == 2 else cardinal(str(int(hour)))) + "点"
    if minute == "30" and not second:
        return read + "半"
    if minute != "00" or second:
        read += (
            one_by_one(minute) if minute[0] == "0" and minute != "00" else cardinal(str(int(minute)))
        ) + "分"
    return read + (cardinal(str(int(second))) + "秒" if second else "")


def is_score(before: str, after: str) -> bool:
    """Whether two numbers with a colon stand in a sentence about a game or a shape."""
    earlier = _EARLIER_SCORES.search(before)
    if earlier:  # 25:23、21:25
        return any(int(hour) > 24 for hour in re.findall(r"([0-9]+):", earlier.group())) or is_score(
            before[: earlier.start()], ""
        )
    if _TIME_BEFORE.search(before):
        return False
    return bool(_SCORE_BEFORE.search(before) or _SCORE_AFTER.match(after))


def half_day(match: re.Match[str], before: str, after: str) -> str:
    return _HALVES[match["half"].lower()] + _hour(match["hour"]) + "点"


def half_day_range(match: re.Match[str], before: str, after: str) -> str:
    return f"{_HALVES[match['half'].lower()]}{_hour(match['low'])}点到{_hour(match['high'])}点"


def _hour(written: str) -> str:
    return "两" if int(written) == 2 else cardinal(str(int(written)))


def weekday(written: str) -> str:
    return _DAYS[written[:3].lower()]


def month(written: str) -> str:
    return cardinal(str(_MONTHS.index(written[:3].lower()) + 1)) + "月"
