"""Numbers, spans, scores and fractions in Chinese words."""

from __future__ import annotations

import re
import unicodedata

from generation.language.normalization.chinese.codes import counts, spelled
from generation.language.normalization.chinese.counting import counted, said_quantity, takes_liang, value
from generation.language.normalization.measures import UNITS
from generation.language.normalization.sums import is_sum
from generation.language.numerals.chinese import cardinal, one_by_one, quantity

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


_SEASONS = ("赛季", "学年", "财年", "年度")
_CALLED = re.compile(r"(?:电话|致电|拨打?|座机|传真|热线)(?:号码)?(?:是|为|：|:)?\s?$")


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
        if digits == "2" and not before.endswith("第") and takes_liang(after):
            return "两"
    if before.endswith("第") and digits == "2":
        return "二"
    return minus + said_quantity(digits)


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


def span(match: re.Match[str], before: str, after: str) -> str | None:
    low, high = match["low"], match["high"]
    if is_sum(match.group(), before, after):
        return None
    if len(low) == len(high) == 4 and after.lstrip().startswith(("年", *_SEASONS)):
        return f"{one_by_one(low)}到{one_by_one(high)}"
    dashed = "-" in match.group()
    if dashed and (before.endswith("满") or _SAVED.match(after)) and value(high) < value(low):
        return f"{quantity(low)}减{quantity(high)}"
    if _CALLED.search(before) and dashed and low.isdigit() and len(low + high) in (7, 8):
        return one_by_one(low + high, phone=True)
    if spelled(low, before, "") and not counts(after) and len(low) > 2:
        return (
            f"{one_by_one(low, phone=True)}到{one_by_one(high, phone=True)}"
            if len(high) == len(low)
            else None
        )
    if value(high) < value(low) or (
        dashed and (low == high or _GAME.match(after) or (_GAME_BEFORE.search(before) and not counts(after)))
    ):
        return f"{said_quantity(low)}比{said_quantity(high)}"
    return f"{counted(low) if takes_liang(after) else said_quantity(low)}到{said_quantity(high)}"


def ratio(match: re.Match[str], before: str, after: str) -> str:
    return f"{quantity(match['low'])}比{quantity(match['high'])}"


def out_of(match: re.Match[str], before: str, after: str) -> str | None:
    """140/90 of blood pressure, 4.5/5 of a rating."""
    low, high = match["low"], match["high"]
    if _PRESSURE.search(before) or (
        (match["unit"] or _PRESSURE_AFTER.match(after)) and value(low) > value(high)
    ):
        return f"{quantity(low)}比{quantity(high)}" + (UNITS["mmHg"][0] if match["unit"] else "")
    scored = _SCORED.search(before) or re.match(r"\s?分(?!之|钟)", after)
    if value(low) <= value(high) and (scored or ("." in low and high in ("5", "10", "100"))):
        return f"{quantity(low)}分满分{quantity(high)}" + ("" if after.lstrip().startswith("分") else "分")
    return None


def fraction(match: re.Match[str], before: str, after: str) -> str:
    if len(match["low"]) == 4 and len(match["high"]) in (2, 4) and after.lstrip().startswith(_SEASONS):
        return f"{one_by_one(match['low'])}到{one_by_one(match['high'])}"
    if match["low"] == "24" and match["high"] == "7":
        return "二十四小时七天"
    return f"{cardinal(match['high'])}分之{cardinal(match['low'])}"


def mixed(match: re.Match[str], before: str, after: str) -> str | None:
    low, high = match["low"], match["high"]
    if match["vulgar"]:
        low, _, high = unicodedata.normalize("NFKC", match["vulgar"]).partition("\u2044")
    if int(low) >= int(high):
        return None
    return f"{cardinal(match['whole'])}又{cardinal(high)}分之{cardinal(low)}"
