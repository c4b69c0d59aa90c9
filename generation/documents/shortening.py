"""A sentence made shorter by leaving something out, never by saying it otherwise.

What goes is what the sentence stands without: the word that ties it to the one before, a remark in brackets or between
dashes, a clause or examples hung on at its end. It goes only where it holds no number, no name, no negation and no word
that limits a claim (``essentials``); who said something always stays, because without it a claim would become a fact.
"""

from __future__ import annotations

import re

from core.languages import Language
from generation.documents.essentials import may_go
from generation.language.length import length

_TIES = {
    "en": re.compile(
        r"^(?:(?:however|moreover|furthermore|in addition|additionally|also|therefore|thus|hence|consequently|accordingly"
        r"|as a result|for example|for instance|in fact|indeed|of course|similarly|likewise|meanwhile|in other words|in short"
        r"|in conclusion|in summary|to sum up|overall|finally|lastly|besides|nevertheless|nonetheless|that is|after all"
        r"|on the other hand|on the one hand|by contrast|in contrast|in particular|notably|interestingly|importantly"
        r"|and so|and yet|but then|and then|well|now)\s*,\s+"
        r"|(?:and|but)\s+(?!for\b|so\b|yet\b|if\b|not\b|then\b|when\b|while\b|once\b)(?=[a-z])"
        r"|(?:so|yet|thus|therefore|hence)\s+(?=(?:the|we|it|they|he|she|this|that|these|those|you|i|a|an|there)\b))",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"^(?:(?:但是|但|然而|不过|可是|因此|所以|因而|于是|此外|另外|除此之外|同时|与此同时|而且|并且|况且|其实|事实上|实际上|总之"
        r"|总的来说|总而言之|综上所述|综上|例如|比如|譬如|比如说|换句话说|换言之|也就是说|当然|显然|值得一提的是|值得注意的是|需要注意的是"
        r"|众所周知|可以说|那么|最后|具体来说|简单来说|简而言之|进一步说|更重要的是|相反|反之|由此可见)[，,、：:]"
        r"|(?:但是|然而|因此|所以|而且|并且|可是|因而)(?=[^，。的]{2}))"
    ),
}
_REMARK = re.compile(r"\s?\([^()]*\)|（[^（）]*）|\s?\[[^\[\]]*\]|【[^【】]*】")
_ASIDE = {
    "en": re.compile(r"\s*(?:—|–|--)\s*[^—–]{3,}?\s*(?:—|–|--)\s*(?=[a-z])"),
    "zh": re.compile(r"——[^—。！？]{2,}?——"),
}
_TAIL = {
    "en": re.compile(
        r",\s+(?:(?:which|who|whose|where|including|such as|especially|particularly|like|as well as)\s[^,;:.!?]{8,}"
        r"|(?!during\b|following\b|according\b|being\b|having\b|nothing\b|something\b|anything\b|everything\b|bring\b|spring\b|king\b"
        r"|string\b|thing\b|morning\b|evening\b|building\b|wedding\b|depending\b|regarding\b|beginning\b|starting\b)"
        r"[a-z]{3,}ing\s[^,;:.!?]{8,})(?=[.!?]?$)"
    ),
    "zh": re.compile(r"[，、](?:例如|比如|譬如|诸如|包括)[^，。！？；]{4,}(?=[。！？]?$)"),
}
_CLAUSE = re.compile(
    r",\s+(?:which|who|whose|where)\s[^,;:]{5,}?,\s+(?=(?:is|are|was|were|has|have|had|will)\s)"
)
_LEAST = {"zh": 8, "en": 5}  # hanzi or words that must be left
_LEAST_UNTIED = {"zh": 5, "en": 3}  # behind the word that tied it
_LEAST_SHARE = 0.4  # of the sentence


def untied(text: str, language: Language) -> str:
    """A sentence without the word that ties it to the one before it ("However, …", "因此，…"), its capital restored."""
    tie = _TIES[language].match(text)
    if tie is None or length(text[tie.end() :], language) < _LEAST_UNTIED[language]:
        return text
    rest = text[tie.end() :]
    return rest[:1].upper() + rest[1:] if language == "en" else rest


def shortened(text: str, language: Language) -> str:
    """The sentence with everything left out that may go; itself where nothing may."""
    text = untied(text, language)
    patterns = [_REMARK, _ASIDE[language], *([_CLAUSE] if language == "en" else []), _TAIL[language]]
    for pattern in patterns:
        text = _without(text, pattern, language)
    return text


def is_taken_from(said: str, source: str) -> bool:
    """Whether ``said`` is ``source`` with at most something left out: its letters and digits stand there in their order."""
    rest = iter(c.casefold() for c in source if c.isalnum())
    return all(c.casefold() in rest for c in said if c.isalnum())


def _without(text: str, pattern: re.Pattern[str], language: Language) -> str:
    """``text`` without the matches that may go, from its end, so that one inside another is looked at once."""
    for found in reversed(list(pattern.finditer(text))):
        piece = found.group()
        rest = text[: found.start()] + _seam(text, found, language) + text[found.end() :]
        if _balanced(piece) and may_go(piece, language) and _enough(rest, text, language):
            text = rest
    return text


def _seam(text: str, found: re.Match[str], language: Language) -> str:
    """What stands where a piece was: a space between two English words, nothing else."""
    if language == "zh" or not found.start() or found.end() >= len(text):
        return ""
    before, after = text[found.start() - 1], text[found.end()]
    return " " if not before.isspace() and after.isalnum() else ""


def _balanced(piece: str) -> bool:
    """Whether quotes and brackets that a piece opens are closed in it."""
    pairs = (("“", "”"), ("「", "」"), ("『", "』"), ("(", ")"), ("（", "）"))
    return piece.count('"') % 2 == 0 and all(piece.count(a) == piece.count(b) for a, b in pairs)


def _enough(rest: str, text: str, language: Language) -> bool:
    left = length(rest, language)
    return left >= _LEAST[language] and left >= _LEAST_SHARE * length(text, language)
