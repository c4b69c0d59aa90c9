"""What a sentence must not lose when it is shortened: numbers, names, negation, and every word that limits what it claims."""

from __future__ import annotations

import re
from collections import Counter

from core.languages import Language
from generation.language.words import names_zh

NUMBERS = {
    "zh": re.compile(r"\d+(?:[.,:]\d+)*|[〇零一二两三四五六七八九十百千万亿半几]"),
    "en": re.compile(
        r"\d+(?:[.,:]\d+)*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
        r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?"
        r"|millions?|billions?|dozens?|half|halves|quarters?|thirds?|first|second|both|twice|once|double|several)\b",
        re.IGNORECASE,
    ),
}
NEGATIONS = {
    "zh": re.compile(r"不|没|無|无|未|非|否|别|莫|勿|毋|免|禁|拒|缺|仅|只|唯|难以|除|以外|之外|而不|反而"),
    "en": re.compile(
        r"\b(?:not|no|none|nobody|nothing|nowhere|never|neither|nor|without|cannot|hardly|scarcely|barely|seldom|rarely"
        r"|few|little|less|unless|except|excluding|excepting|barring|only|lack\w*|fail\w*|den(?:y|ies|ied)|refus\w+|avoid\w*"
        r"|prevent\w*|instead|rather|other than|against|un\w+ly|impossible|unable|unlike|despite)\b|n['’]t\b",
        re.IGNORECASE,
    ),
}
HEDGES = {
    "zh": re.compile(
        r"可能|或许|也许|大概|大约|约|左右|上下|似乎|好像|仿佛|据|估计|认为|以为|相信|声称|自称|宣称|所谓|号称|称|说|表示"
        r"|如果|若|假如|假设|要是|倘|虽|尽管|但|却|然而|才|大多|多数|少数|通常|往往|一般|有时|有些|某些|部分|几乎|将近|接近|应该|应当|必须|希望|打算|计划|试图|尝试"
    ),
    "en": re.compile(
        r"\b(?:may|might|could|can|would|should|must|shall|perhaps|maybe|possibl[ey]|probabl[ey]|presumabl[ey]|likely|unlikely|seem\w*"
        r"|appear\w*|suggest\w*|about|approximately|around|roughly|nearly|almost|some|many|most|mostly|mainly|largely|often"
        r"|usually|sometimes|generally|typically|partly|partially|reportedly|allegedly|supposedly|apparently|so-called"
        r"|believ\w+|think\w*|thought|said|says?|saying|claim\w*|argu\w+|estimat\w+|according|if|whether|though|although|but|however|yet"
        r"|until|while|whereas|provided|assuming|hop\w+|try\w*|tried|attempt\w*|plan\w*|intend\w*|at least|at most|up to|than)\b",
        re.IGNORECASE,
    ),
}
_CAPITAL = re.compile(r"(?<![\w’'])[A-Z][\w’'.&-]*")
_LATIN = re.compile(r"[A-Za-z][\w’'.&-]*")
_TITLE = re.compile(r"《[^》]*》")
_SENTENCE_START = re.compile(r"^[\W_]*")


def numbers(text: str, language: Language) -> Counter[str]:
    """Every number of a text with how often it stands there; numerals in words too."""
    return Counter(found.lower() for found in NUMBERS[language].findall(text))


def negations(text: str, language: Language) -> Counter[str]:
    """Every word that denies or excludes."""
    return Counter(found.lower() for found in NEGATIONS[language].findall(text))


def hedges(text: str, language: Language) -> Counter[str]:
    """Every word that says how sure, how much, on what condition or on whose word something is so."""
    return Counter(found.lower() for found in HEDGES[language].findall(text))


def names(text: str, language: Language, *, opening: bool = True) -> Counter[str]:
    """Names of people, places and things. ``opening`` says that an English text begins a sentence, whose capital is none."""
    if language == "zh":
        return Counter([*_LATIN.findall(text), *_TITLE.findall(text), *names_zh(text)])
    start = _SENTENCE_START.match(text)
    at = start.end() if start and opening else -1
    return Counter(found.group().rstrip(".'’") for found in _CAPITAL.finditer(text) if found.start() != at)


def may_go(piece: str, language: Language) -> bool:
    """Whether a piece of a sentence holds nothing that must be kept."""
    return not (
        numbers(piece, language)
        or negations(piece, language)
        or hedges(piece, language)
        or names(piece, language, opening=False)
    )
