"""Claims with numbers in a model's text: what a person should look up before it is published.

A language model invents percentages, years and amounts as fluently as it tells true ones; no check here knows which is
which, so each is marked for the creator. Counting of the points themselves ("three steps") is no claim.
"""

from __future__ import annotations

import re

MOST = 4  # marks of one scene; a text with more is all numbers, and the first ones say so
_SPAN_LETTERS = 60

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_HANZI_NUMBER = (
    rf"(?:{_DIGITS}\s*[百千万亿]?|[两二三四五六七八九十百千万亿半几][零一二两三四五六七八九十百千万亿半点]*)"
)
_UNITS_ZH = (
    "个?百分点|倍|成|折|年代|年|岁|世纪|个?多?月|周|星期|天|昼夜|个?多?小时|分钟|秒|公里|千米|厘米|毫米|微米|纳米|米|英里|海里|里"
    "|平方公里|平方米|亩|公顷|公斤|千克|毫克|克|斤|吨|毫升|升|千卡|卡路里|大卡|卡|千瓦时|千瓦|瓦|伏|摄氏度|度|元|块钱|美元|欧元|日元"
    "|人|名|位|亿|万|国|国家|座|头|只|颗|种|层楼|代人"
)
_CLAIM_ZH = re.compile(
    rf"(?:[零一二两三四五六七八九十百千万几]+分之(?:[零一二两三四五六七八九十百点]+|{_DIGITS})|{_DIGITS}\s*[%％‰]"
    rf"|\d{{1,2}}月\d{{1,2}}[日号]|[一二两三四五六七八九〇零]{{4}}年|{_HANZI_NUMBER}[多余几]?个?(?:{_UNITS_ZH})|(?:一|近|大约|超过)半(?:的|以上)|{_DIGITS})"
)
_NO_CLAIM_ZH = re.compile(
    r"第$|^[两二三四五六七八九十几]个?(?:人|位|只|种|天|次|度|成|头|代人|里|座|颗|名|年|周|分|元|折|国)$"
)

_SMALL = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_LARGE = "hundreds?|thousands?|millions?|billions?|trillions?|dozens"
_WORD_NUMBER = rf"(?:(?:a|one|{_SMALL})(?:[\s-]+(?:{_SMALL}|{_LARGE}|and|one))*|{_LARGE})"
_UNITS_EN = (
    "percent|per cent|percentage points?|times|fold|years?|centur(?:y|ies)|decades?|months?|weeks?|days?|hours?|minutes?|seconds?"
    "|kilomet(?:er|re)s?|met(?:er|re)s?|centimet(?:er|re)s?|millimet(?:er|re)s?|miles?|feet|foot|inch(?:es)?|yards?|acres?|hectares?"
    "|kilograms?|kilos?|grams?|milligrams?|pounds?|ounces?|tons?|tonnes?|lit(?:er|re)s?|millilit(?:er|re)s?|gallons?|cups?"
    "|calories|kilocalories|watts?|volts?|degrees?|dollars?|euros?|pence|cents?|people|men|women|countries|species|km|kg|cm|mm|mg|ml|lb"
)
_CLAIM_EN = re.compile(
    rf"(?:[$€£¥]\s?{_DIGITS}(?:\s(?:{_LARGE}))?|{_DIGITS}\s?%|{_DIGITS}(?:st|nd|rd|th)\s+century|{_DIGITS}s?(?:[\s-]+(?:{_LARGE})\b)?(?:[\s-]+(?:of\s+)?(?:[a-z]+\s+)?(?:{_UNITS_EN})\b)?"
    rf"|\b(?:{_LARGE})\s+of\s+(?:{_LARGE}\s+of\s+)?[a-z]+|\b{_WORD_NUMBER}[\s-]+(?:{_UNITS_EN})\b|\b(?:{_SMALL})[\s-](?:{_LARGE})(?:\s+[a-z]+)?"
    rf"|\b(?:half|a third|two[\s-]thirds|a quarter|three[\s-]quarters)\s+of\s+(?:all\s+)?[a-z]+|\b(?:one|{_SMALL})\s+(?:in|out of)\s+(?:{_SMALL}|{_DIGITS})\b|\b(?:twice|double|triple)\s+(?:as|the)\s+[a-z]+)",
    re.IGNORECASE,
)
_NO_CLAIM_EN = re.compile(
    r"^(?:a|one)\s(?:day|minute|second|hour|week|month|year|time|foot|cup)s?$", re.IGNORECASE
)
_COUNTED_EN = re.compile(
    r"^\s*(?:[a-z'-]+\s+){0,2}(?:tips?|ways|steps?|reasons|signs|things|tricks|hacks|rules|ideas|points|questions|moves)\b",
    re.IGNORECASE,
)
_COUNTED_ZH = re.compile(r"^(?:个|种|条|大|招|步|点|件|样)")


def claims(text: str, language: str) -> tuple[str, ...]:
    """The stretches of ``text`` that state a number of something, as they stand there, in order, each once."""
    pattern = _CLAIM_ZH if language == "zh" else _CLAIM_EN
    found: dict[str, None] = {}
    for match in pattern.finditer(text):
        span, after = match.group().strip(), text[match.end() :]
        if _is_claim(span, text[: match.start()], after, language):
            found.setdefault(span[:_SPAN_LETTERS])
    return tuple(found)[:MOST]


def _is_claim(span: str, before: str, after: str, language: str) -> bool:
    bare = span.isdigit()
    if language == "zh":
        counted = bare and _COUNTED_ZH.match(after)
        return not (before.endswith("第") or counted or _NO_CLAIM_ZH.search(span))
    return not (_NO_CLAIM_EN.match(span) or (bare and _COUNTED_EN.match(after)))
