"""Where a dash or a wave says "to": between two times, days, months, amounts with their units."""

from __future__ import annotations

import re

from generation.language.normalization.chinese.codes import MEASURES

_HANZI = "\u3400-\u9fff"
_WEEKDAY = r"(?:周|星期|礼拜)[一二三四五六日天]"
_LONGEST = 20  # characters of the longest end
_MEASURE = "|".join(
    [
        *MEASURES,
        *"月 日 号 年级 楼 岁半 个月 个半月 英寸 厘米 毫米 毫升 平方米 平米 名 人 字 元钱 块钱 时".split(),
    ]
)
_COUNT = r"[零一二两三四五六七八九十百千万]+"
_ENGLISH = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December)s?"
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?[aApP]\.?[mM]\.?)?"
# Each kind of end, with what may begin after the dash.
_ENDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"(?:{before})\s?$"), re.compile(rf"\s?(?:{after})"))
    for before, after in (
        (_WEEKDAY, rf"{_WEEKDAY}|[一二三四五六日天](?![{_HANZI}])"),
        (_ENGLISH, _ENGLISH),
        (rf"{_ENGLISH}\s[0-9]{{1,2}}(?:st|nd|rd|th)?", rf"{_ENGLISH}\s[0-9]"),
        (
            _TIME,
            rf"(?:次日|第二天|翌日|凌晨|[早晚]上?|上午|下午|中午|今天|明天)?\s?{_TIME}|late|noon|midnight|close",
        ),
        (r"[0-9]{1,2}\s?[aApP]\.?[mM]\.?", r"[0-9]{1,2}|late|noon|midnight|close"),
        (r"noon|midnight", r"[0-9]"),
        (rf"(?:[0-9]|{_COUNT})\s?(?:{_MEASURE})", rf"-?[0-9¥$€£]|{_COUNT}[月日号点年级楼层岁天周个]"),
        (r"[0-9]\s?(?:℃|℉|°[CF]?|%|‰)", r"-?[0-9]"),
        (r"[0-9]\s?[A-Za-z%]{1,4}", r"[0-9]+(?:\.[0-9]+)?\s?[A-Za-z]{1,4}(?![A-Za-z0-9])"),
        (r"[0-9](?:st|nd|rd|th)", r"[0-9]+(?:st|nd|rd|th)"),
        (r"(?:[¥$€£]|[0-9])[0-9.,]*[kKMBwW万千亿]?", r"[¥$€£][0-9]"),
        (r"(?:19|20)[0-9]{2}[年./-][0-9.月日]*", r"(?:19|20)[0-9]{2}[年./-]|至今|今"),
        (
            rf"[{_HANZI}]{{2}}",
            rf"[{_HANZI}]{{2,4}}(?:高铁|动车|铁路|航线|航班|列车|火车|往返|直达|专线|机票)",
        ),
        (
            r"[今昨前上]天|[早晚]上|上午|[去今]年|本周|小学|初中|幼儿园",
            r"[明后]天|[早晚]上|下午|[今明]年|下周|初中|高中|大学",
        ),
        (r"[0-9]{1,2}[/.][0-9]{1,2}", r"[0-9]{1,2}[/.][0-9]{1,2}"),
    )
)


def joins(before: str, after: str) -> bool:
    """Whether a dash between ``before`` and ``after`` stands in a span of two of a kind."""
    near = before[-_LONGEST:]
    return any(left.search(near) and right.match(after) for left, right in _ENDS)
