"""Digits that name and do not count, in an English text: emergency numbers, orders, rooms, flights."""

from __future__ import annotations

import re

from generation.language.numerals.english import cardinal, one_by_one

_SHORT = r"(?:911|999|112|000|111|101|988|211|311|411|511|611|811)"
_DIALED = re.compile(
    rf"\b(?:dial|call|ring|phone|text|dialing|calling|dialed|called|texting|texted|hotline|emergency|number(?:\sis)?|helpline|lifeline)"
    rf"(?:\s(?:is|the|number|at|for|to|on|at:|straight|on))*:?\s(?:{_SHORT}(?:,?\s(?:or|and)\s|,\s|/))*$",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"\s(?:operators?|dispatch|call(?:s|er|ers)?\b|emergency|hotline|helpline|lifeline|crisis|system)"
)
_TEXTED = re.compile(r"\b[Tt]ext(?:ing|ed)?\s\S+\sto\s$")
_NAMED = re.compile(
    r"(?:\b(?:order|account|tracking|confirmation|serial|invoice|ticket|case|member(?:ship)?|customer|reference|booking|routing|employee|student|"
    r"badge|policy|extension|zip|postal|area|access|promo|security|verification|license|passport|patient|batch|lot|part|model|item|product|"
    r"tax|phone|fax|card|ref)(?:\s(?:number|no\.?|num|ID|id|code|card))?|\b(?:PIN|pin|passcode|code|ID|id|password|ext\.?|SKU|ISBN|UID|OTP|number is))"
    r"(?:\s(?:is|are|was|ending\sin|of))?[:#]?\s?#?$",
    re.IGNORECASE,
)
_PAIRED = re.compile(
    r"\b(?:room|rooms|suite|apt\.?|apartment|flight|bus|boeing|airbus|porsche|peugeot|route|highway|interstate|hwy\.?|rte\.?|unit|studio|train|"
    r"bldg\.?|hall|ward|cabin|locker|channel|exit|classroom|area)\s#?$",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    r"\s(?:[NSEW]\.?\s)?(?:[A-Z][a-z]+\s){1,3}(?:St|Ave|Rd|Blvd|Ln|Dr|Ct|Pl|Way|Street|Avenue|Road|Boulevard|Lane|Drive|Court|Place|Square)\b"
)
_PLURAL = re.compile(r"\s(?:[a-z]{2,}s|people|men|women|children)\b")


def spelled(digits: str, before: str, after: str) -> str:
    """How ``digits`` are said one by one or in pairs; empty where they count something."""
    if re.fullmatch(_SHORT, digits) and _is_called(digits, before, after):
        return one_by_one(digits)
    if _TEXTED.search(before):
        return one_by_one(digits)
    if len(digits) in (3, 4) and (_PAIRED.search(before) or _HOUSE.match(after)):
        return _in_pairs(digits)
    named = len(digits) >= 3 and _NAMED.search(before) and not _PLURAL.match(after)
    return one_by_one(digits) if named or _is_long(digits, after) else ""


def _is_called(digits: str, before: str, after: str) -> bool:
    if _DIALED.search(before) or _ANSWERED.match(after):
        return not _PLURAL.match(after) or bool(_ANSWERED.match(after))
    return digits == "911" and not _PLURAL.match(after) and not _PAIRED.search(before)


def _is_long(digits: str, after: str) -> bool:
    return len(digits) >= 10 and not re.fullmatch(r"[0-9]*0{4,}", digits) and not _PLURAL.match(after)


def _in_pairs(digits: str) -> str:
    """305 → three oh five, 1204 → twelve oh four, 500 → five hundred."""
    if digits[-2:] == "00":
        return cardinal(digits) if digits[1:] == "000" else f"{cardinal(digits[:-2])} hundred"
    head, tail = cardinal(digits[:-2]), digits[-2:]
    return f"{head} oh {cardinal(tail[1])}" if tail[0] == "0" else f"{head} {cardinal(tail)}"
