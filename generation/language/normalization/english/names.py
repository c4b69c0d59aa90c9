"""English abbreviations, initials and Roman numerals: what they stand for, and whether their full stop ends a sentence."""

from __future__ import annotations

import re

from generation.language.normalization.roman import of_roman
from generation.language.numerals.english import cardinal, ordinal

# Before a name.
_TITLES = {
    "Mr": "mister", "Mrs": "missis", "Ms": "miz", "Prof": "professor", "Gen": "general", "Col": "colonel", "Capt": "captain",
    "Lt": "lieutenant", "Sgt": "sergeant", "Rev": "reverend", "Hon": "honorable", "Gov": "governor", "Sen": "senator",
    "Rep": "representative", "Pres": "president", "Mt": "mount", "Ft": "fort", "Maj": "major", "Cmdr": "commander", "Fr": "father",
    "Supt": "superintendent", "Pvt": "private", "Cpl": "corporal", "Adm": "admiral", "Pt": "point",
}  # fmt: skip
# After a name.
_STREETS = {
    "St": "street", "Ave": "avenue", "Rd": "road", "Blvd": "boulevard", "Ln": "lane", "Dr": "drive", "Hwy": "highway", "Pkwy": "parkway",
    "Ct": "court", "Pl": "place", "Sq": "square", "Ter": "terrace", "Cir": "circle",
}  # fmt: skip
_OTHERS = {
    "Jr": "junior", "Sr": "senior", "Inc": "incorporated", "Ltd": "limited", "Corp": "corporation", "Co": "company", "Bros": "brothers",
    "Apt": "apartment", "Bldg": "building", "Dept": "department", "Univ": "university", "Assn": "association", "Est": "established",
    "Fig": "figure", "Vol": "volume", "Ch": "chapter", "Sec": "section", "Tel": "telephone", "Ext": "extension", "Approx": "approximately",
    "vs": "versus", "etc": "et cetera", "approx": "approximately", "dept": "department", "est": "established", "min": "minimum",
    "max": "maximum", "tel": "telephone", "vol": "volume", "pp": "pages", "fig": "figure", "Esq": "esquire", "Min": "minimum", "Max": "maximum",
    "Ste": "suite", "apt": "apartment", "bldg": "building", "ext": "extension", "Rte": "route", "Ph": "P H",
}  # fmt: skip
_DIRECTIONS = {"N": "north", "S": "south", "E": "east", "W": "west"}
_STREET_AFTER = re.compile(
    r"\s(?:[A-Z][a-z]+\s){1,2}(?:St|Ave|Rd|Blvd|Dr|Ln|Street|Avenue|Road|Boulevard|Drive|Lane)\b|\s[0-9]+(?:st|nd|rd|th)\s"
)
_BARE = frozenset(
    "Mr Mrs Ms Dr Prof St Ave Rd Blvd Hwy Pkwy Jr Sr Ltd vs Mt".split()
)  # also without a full stop
_STARTERS = (
    r"(?:The|It|He|She|We|They|You|I|A|An|This|That|These|Those|There|In|On|At|But|And|So|If|When|Then|Turn|Go|My|Our|Your|His|Her|Its|Their|For|Now"
    r"|What|Who|How|Why|Where|Yes|No|Not|As|To|Take|Call|Visit|Come|Let|See|Do|Get|All|Most|Some|Many|Every|Next|After|Before|From|With|Please|Keep)"
)
_ENDS_SENTENCE = re.compile(rf"\s*$|[”\"'’)]*\s*$|\s+{_STARTERS}\b|\n|\s+[^\sA-Za-z0-9(]")
_NAME_BEFORE = re.compile(r"(?:[A-Z][a-z]+|[0-9]+(?:st|nd|rd|th))\s$")
_HOUSE_BEFORE = re.compile(r"[0-9]+[A-Za-z]?\s(?:[NSEW]\.?\s)?(?:[A-Z][A-Za-z]+\s){1,3}$")
_NAME_AFTER = re.compile(rf"\s?(?!{_STARTERS}\b)[A-Z][a-z]*")
_SAINT_BEFORE = re.compile(
    r"\b(?:Mount|Mt\.?|Lake|Fort|Port|Cathedral|Church|In|At|From|To|The|Visit|Near|Of)\s$"
)

_RULERS = frozenset(
    """
    Henry Elizabeth Louis Charles George William Edward Richard James Mary John Paul Benedict Pius Catherine Peter Nicholas Philip
    Alexander Napoleon Frederick Victor Leo Gregory Ramses Rameses Ferdinand Francis Wilhelm Otto Ivan Felipe Margaret Clement Urban
    Innocent Xerxes Darius Cyrus Ptolemy Cleopatra Leopold Albert Carl Gustav Christian Pedro Juan Umberto Alfonso Maximilian Thutmose
    """.split()
)
_NUMBERED = re.compile(
    r"\b(?:Chapter|Part|Act|Scene|Volume|Vol\.?|Book|Phase|Type|Class|Grade|Level|Stage|Section|War|Title|Article|Mark|Season|Episode|Appendix|Step|"
    r"Round|Division|Group|Unit|Factor|Tier|Category|Apollo|Saturn|Gemini|Super Bowl|Schedule|Region|Table|Figure|Rocky|Grand Prix)\s$",
    re.IGNORECASE,
)
_ROYAL = re.compile(r"\b(?:King|Queen|Pope|Emperor|Tsar|Czar|Saint|Prince|Sultan|Empress)\s[A-Z][a-z]+\s$")
_NO_NUMBER = frozenset(
    "A An The My In On And By With Or Of For To At Her His Our Size Vitamin Plan Malcolm Do Did Should".split()
)


def roman(match: re.Match[str], before: str, after: str) -> str | None:
    """Henry VIII's: the numeral, with what belongs to it."""
    read = _roman(match, before, after)
    return read + ("'s" if match["owns"] else "") if read else None


def _roman(match: re.Match[str], before: str, after: str) -> str | None:
    """World War II, Henry VIII: after a name or a word that is numbered; any other capitals are letters."""
    written, value = match["roman"], of_roman(match["roman"])
    previous = re.search(r"([A-Za-z]+)\.?\s$", before)
    if not value or not previous or value > 100:
        return None
    if _ROYAL.search(before) or (previous[1] in _RULERS and len(written) > 1):
        return "the " + ordinal(str(value))
    if _NUMBERED.search(before) and (
        len(written) > 1
        or written != "I"
        or not re.match(r"\s(?:am|was|have|will|do|can|think|like|love)\b", after)
    ):
        return cardinal(str(value))
    if (
        previous[1][0].isupper()
        and previous[1] not in _NO_NUMBER
        and len(written) > 1
        and set(written) <= set("IVX")
    ):
        return cardinal(str(value)) if not set(written) <= {"X"} else None
    return None


def title(match: re.Match[str], before: str, after: str) -> tuple[str, bool] | None:
    """What an abbreviation stands for, and whether its full stop ends the sentence too."""
    written, stop = match["title"], bool(match["stop"])
    if not stop and written not in _BARE:
        return None
    said = _abbreviated(written, before, after, stop=stop)
    if not said:
        return None
    closing = written not in _TITLES and said not in ("saint", "doctor")
    return said, stop and closing and bool(_ENDS_SENTENCE.match(after))


def _abbreviated(written: str, before: str, after: str, *, stop: bool) -> str:
    named = bool(_NAME_BEFORE.search(before)) and not _SAINT_BEFORE.search(before)
    if written in ("St", "Dr"):
        before_name = bool(_NAME_AFTER.match(after))
        if named and (_HOUSE_BEFORE.search(before) or not before_name):
            return _STREETS[written]
        return ("saint" if written == "St" else "doctor") if before_name or stop else ""
    if written in _STREETS:
        return _STREETS[written] if named else ""
    if written in _TITLES:
        return _TITLES[written] if _NAME_AFTER.match(after) else ""
    if written in ("Min", "Max", "min", "max", "Co", "Ch", "Sec", "Est", "est", "Ph", "fig", "Fig"):
        return _OTHERS[written] if not _ENDS_SENTENCE.match(after) or (written == "Co" and named) else ""
    return _OTHERS.get(written, "")


def initials(match: re.Match[str], before: str, after: str) -> tuple[str, bool] | None:
    """U.S., J. K., Ph.D.: letters without pauses between them."""
    letters = re.findall("[A-Za-z]", match["letters"])
    if match["letters"] in _DIRECTIONS and _STREET_AFTER.match(after):
        return _DIRECTIONS[match["letters"]], False
    if len(letters) == 1:
        previous = re.search(r"([A-Za-z.]+)\s$", before)
        name = not previous or previous[1][0].isupper() or previous[1].endswith(".")
        if (
            not name
            or not _NAME_AFTER.match(after)
            or (
                previous and previous[1] in _NO_NUMBER | {"Grade", "Option", "Part", "Class", "Group", "Type"}
            )
        ):
            return None
    if "".join(letters).lower() in ("eg", "ie"):
        return None
    return " ".join(letters).upper(), bool(_ENDS_SENTENCE.match(after))
