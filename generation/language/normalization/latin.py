"""Latin words as they are said: acronyms letter by letter, names in camel case in their parts, digits inside apart."""

from __future__ import annotations

import re
from collections.abc import Callable

# Written (lower case) → said. The reader of words knows everything that is not listed.
_SAID: dict[str, str] = dict(
    entry.strip().split(": ")
    for entry in """
    iphone: eye phone, ipad: eye pad, ios: I O S, imac: eye mac, macos: mac O S, wifi: wifi, wi-fi: wifi,
    chatgpt: chat G P T, deepseek: deep seek, openai: open A I, github: git hub, youtube: you tube,
    tiktok: tick tock, wechat: we chat, ebay: E bay, vlog: V log, vlogs: V logs, phd: P H D,
    at&t: A T and T, r&b: R and B, mr: mister, mrs: missis, ms: miz, dr: doctor, vs: versus, mr.: mister,
    mrs.: missis, ms.: miz, dr.: doctor, vs.: versus, etc.: et cetera, etc: et cetera,
    approx.: approximately, e.g.: for example, i.e.: that is, github.com: git hub dot com
    """.split(",")
)
# Acronyms that are said as words.
_AS_WORDS = frozenset(
    """
    NASA NATO LASER RADAR SCUBA GIF JPEG RAM ROM SIM PIN FOMO YOLO COVID UNESCO OPEC AIDS SONAR SWAT
    IKEA LEGO NIKE VISA ZARA MIDI WASP BIOS SIRI META GOOGLE APPLE EMOJI LOGO DEMO MEMO PRO MAX MINI AIR
    ULTRA LITE TAXI YOGA JAVA BLOG
    """.split()
)
_TITLES = frozenset("mr mrs ms dr etc".split())  # in capitals they are acronyms: ETC, a toll card
# Words often written in capitals for emphasis; of other capitals, up to four letters are an acronym.
_EMPHASIS = frozenset(
    """
    A I THE AND NEW YOU NOT FOR WOW BUT NOW ALL ANY ARE WAS HAS HAD GET GOT CAN DAY WAY WHY HOW WHO OUT
    OFF YES TOP BIG BAD HOT OLD ONE TWO TEN SIX FUN BUY TRY RUN EAT SEE SAY LET OUR HER HIS ITS NO SO TO
    OF ON IN IS IT BE BY DO GO IF ME MY OR UP WE AN AS AT HE STOP FREE SALE BEST EVER MORE MOST LESS
    NEVER THIS THAT WITH YOUR FROM HAVE WHAT WHEN WILL JUST LIKE MUST NEED ONLY OPEN OVER PLUS REAL SAVE
    TIME TRUE VERY WAIT WANT WORK EASY FAST GOOD HELP HERE LIVE LOVE MAKE ALSO BACK DONE EACH HATE HUGE
    KEEP LAST LONG LOOK NEXT READ SAFE SLOW SOME SURE TAKE TELL THEM THEN THEY TODAY COOL EXIT HIGH HOME
    JOIN PART RISK ZERO HOLD DEAL
    """.split()
)
_PIECES = re.compile(r"[0-9]+(?:\.[0-9]+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|\++|&")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z]{2})")


def shouts(text: str) -> bool:
    """Whether a text stands in capitals for emphasis, not for its acronyms: some of its words are no acronyms."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    capitals = [word for word in words if word.isupper()]
    plain = sum(word in _EMPHASIS or len(word) > 6 for word in capitals)
    return len(words) >= 3 and len(capitals) > 0.7 * len(words) and plain * 4 >= len(capitals)


def said(word: str, *, number: Callable[[str], str], plus: str, also: str, shouting: bool = False) -> str:
    """``word`` as words and single capital letters parted by spaces; ``number`` reads digits inside it.

    ``shouting``: the whole text stands in capitals, so capitals alone make no acronym.
    """
    known = _known(word.replace("’", "'"))
    if known:
        return known
    spoken: list[str] = []
    for piece in _PIECES.findall(word):
        if piece[0].isdigit() and piece[0] in "0123456789":
            spoken.append(number(piece))
        elif piece[0] == "+":
            spoken += [plus] * len(piece)
        elif piece == "&":
            spoken.append(also)
        else:
            spoken += [_said_part(part, shouting) for part in _CAMEL.split(piece) if part]
    return " ".join(part for part in spoken if part)


def _known(word: str) -> str:
    folded = word.lower()
    return "" if folded in _TITLES and word.isupper() else _SAID.get(folded, "")


def _said_part(part: str, shouting: bool) -> str:
    known = _known(part)
    if known:
        return known
    stem, ending = (
        (part[:-1], "s") if part[-1:] == "s" and part[:-1].isupper() and len(part) > 2 else (part, "")
    )
    if "'" in stem or "’" in stem:
        head, _, tail = stem.replace("’", "'").partition("'")
        return _said_part(head, shouting) + "'" + tail.lower() if head.isupper() and len(head) > 1 else stem
    if not _is_acronym(stem, shouting):
        return part.lower() if part.isupper() and len(part) > 1 else part
    return " ".join(stem.upper()) + ("'s" if ending else "")


def _is_acronym(word: str, shouting: bool) -> bool:
    if len(word) == 1:
        return word.isupper()
    if not word.isupper() or word in _AS_WORDS or word in _EMPHASIS:
        return False
    if not any(vowel in word for vowel in "AEIOUY"):
        return True
    return not shouting and len(word) <= 4
