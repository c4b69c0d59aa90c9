"""English words of two readings: which one the neighbors in the clause ask for.

The lexicon lists the readings by part of speech; its default is the commoner on paper. Here the words before and after
decide, as a listener would: "Close the door" begins with what to do, "a close friend" is followed by whom it describes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_TO_VERB = frozenset(
    """
    to will would can could should must may might shall don't doesn't didn't won't wouldn't can't cannot couldn't shouldn't not do does did
    i you we they let's please never always who'll you'll i'll we'll they'll he'll she'll it'll i'd you'd we'd they'd just who
    """.split()
)
_NOUN_AHEAD = frozenset(
    """
    a an the this that these those my your our his her their its no each every another some any fresh local organic of more most new old
    good great big small first last next best daily annual whose one two three
    """.split()
)
_DETERMINERS = frozenset(
    "a an the this that these those my your our his her their its each every all both some any no it them us me him".split()
)
_BE = frozenset(
    "am is are was were be been being i'm you're we're they're he's she's it's that's isn't aren't wasn't weren't".split()
)
_HAVE = frozenset("has have had having i've you've we've they've hasn't haven't hadn't he'd she'd".split())
_SINGULAR = frozenset(
    "he she it who everyone everybody nobody someone somebody anyone father mother teacher".split()
)
_SUBJECTS = frozenset("i you we they he she it who people".split())
_PAST = frozenset("yesterday ago earlier once previously when last before recently already".split())
_LINKING = frozenset(
    "get gets got getting come comes came coming stay stays stayed stand sit keep kept feel feels felt look looks seem seems very so too as how pretty quite really extremely more fairly stick follow".split()
)
_OPENERS = frozenset("and then or but also now first next finally so simply".split())


def part_of_speech(words: Sequence[str], at: int) -> str:
    """The lexicon's name for the reading of ``words[at]``, all words of one clause: ``VERB``, ``NOUN``, ``VBD`` …"""
    clause = [word.lower().replace("’", "'") for word in words]
    own = _OWN.get(clause[at])
    before = clause[at - 1] if at else ""
    after = clause[at + 1] if at + 1 < len(clause) else ""
    if own:
        return own(clause, at, before, after)
    if before in _TO_VERB or _commands(before, after):
        return "VERB"
    return "NOUN" if before in _NOUN_AHEAD else "DEFAULT"


def other_reading(words: Sequence[str], at: int) -> str:
    """The symbols of a reading that the lexicon lacks: lead, the metal; empty for all else."""
    if words[at].lower() != "lead":
        return ""
    before = words[at - 1].lower() if at else ""
    after = words[at + 1].lower() if at + 1 < len(words) else ""
    metal = (
        after in _LEAD_AFTER
        or before in _LEAD_BEFORE
        or (after in ("and", "or") and set(_METALS) & {w.lower() for w in words[at + 2 : at + 4]})
    )
    return "lˈɛd" if metal and before not in ("to", "will", "can", "could", "would", "may", "might") else ""


_LEAD_AFTER = frozenset(
    "pipe pipes paint paints poisoning acid pencil pencils weight weights bullet bullets apron shielding crystal exposure solder contamination dust battery batteries free levels".split()
)
_LEAD_BEFORE = frozenset("of contain contains containing molten toxic heavy metal with".split())
_METALS = frozenset("mercury cadmium arsenic tin zinc copper steel iron gold silver".split())


def _commands(before: str, after: str) -> bool:
    """First in its clause, or after a joining word, with an object: what to do."""
    return (not before or before in _OPENERS) and after in _DETERMINERS


def _is_verb(before: str, after: str) -> bool:
    return before in _TO_VERB or _commands(before, after)


def _close(clause: list[str], at: int, before: str, after: str) -> str:
    if before in _BE | _LINKING or after in ("to", "by", "friend", "friends"):
        return "VERB" if before in _TO_VERB and after not in ("by",) and before not in _BE else "DEFAULT"
    if _is_verb(before, after) or after in _DETERMINERS | {"up", "down"}:
        return "VERB"
    if (
        after in ("at", "on", "early", "late", "for", "in", "soon", "automatically")
        and before not in _NOUN_AHEAD
    ):
        return "VERB"
    return "NOUN" if before in ("the", "a") and after in ("", "of") else "DEFAULT"


def _read(clause: list[str], at: int, before: str, after: str) -> str:
    if before in _HAVE or (before in _BE and before != "being" and after not in ("",)):
        return "VBN"
    if before in ("already", "never", "just", "ever", "also", "widely", "well") and set(clause[:at]) & (
        _HAVE | {"was", "were"}
    ):
        return "VBN"
    if before in _TO_VERB - _SUBJECTS - {"just", "who", "never", "always"}:
        return "DEFAULT"
    earlier = set(clause[:at])
    if (
        earlier
        & {
            "to",
            "will",
            "can",
            "should",
            "must",
            "would",
            "could",
            "don't",
            "didn't",
            "doesn't",
            "did",
            "does",
        }
        and before in _OPENERS
    ):
        return "DEFAULT"
    if before in _SINGULAR and not earlier & {
        "does",
        "did",
        "can",
        "will",
        "should",
        "must",
        "let",
        "could",
        "would",
        "may",
        "might",
    }:
        return "VBD"
    return (
        "VBD"
        if at and set(clause[at + 1 :]) & (_PAST - {"once", "before", "when"})
        else "VBD"
        if earlier & {"yesterday", "ago"}
        else "DEFAULT"
    )


def _wound(clause: list[str], at: int, before: str, after: str) -> str:
    coiled = after in _DETERMINERS | {
        "up",
        "around",
        "down",
        "through",
        "back",
        "tightly",
        "its",
        "along",
        "himself",
        "herself",
    }
    return "VBD" if coiled and before not in _NOUN_AHEAD | _TO_VERB - _SUBJECTS and at else "DEFAULT"


def _wind(clause: list[str], at: int, before: str, after: str) -> str:
    turned = after in _DETERMINERS or (
        after in ("up", "down", "through", "around", "back") and before not in _NOUN_AHEAD
    )
    return "VERB" if before not in _NOUN_AHEAD and (turned or before in _TO_VERB) else "DEFAULT"


_PLACES = frozenset(
    "in at with here there by near alone together for longer to under off without like abroad nearby apart inside outside within up happily through among between long well forever".split()
)


def _live(clause: list[str], at: int, before: str, after: str) -> str:
    if before in _BE | {
        "go",
        "goes",
        "going",
        "went",
        "gone",
        "a",
        "an",
        "the",
        "watch",
        "streamed",
        "broadcast",
        "performing",
        "airs",
        "aired",
    }:
        return "DEFAULT"
    if before in _TO_VERB or before in _SUBJECTS or after in _PLACES or after in _DETERMINERS:
        return "VERB"
    return "VERB" if at and before.endswith("s") and after in ("", "on") else "DEFAULT"


def _lives(clause: list[str], at: int, before: str, after: str) -> str:
    noun = before in (_NOUN_AHEAD - {"one", "that"}) | {
        "many",
        "save",
        "saved",
        "saves",
        "change",
        "changes",
        "changed",
        "people's",
        "human",
        "lost",
        "cost",
        "all",
        "nine",
        "daily",
        "busy",
    }
    verb = before in _SUBJECTS or (after in _PLACES | {"on"} and not noun)
    return "VERB" if verb else "NOUN"


def _tear(clause: list[str], at: int, before: str, after: str) -> str:
    ripped = (
        after in _DETERMINERS | {"up", "down", "apart", "off", "out", "open", "into", "along"}
        and before not in _NOUN_AHEAD
    )
    return (
        "VERB"
        if ripped or before in _TO_VERB or (before in ("a", "the", "small") and after == "in")
        else "DEFAULT"
    )


def _bow(clause: list[str], at: int, before: str, after: str) -> str:
    bent = (
        before == "a" and at > 1 and clause[at - 2] in ("take", "takes", "took", "taking", "deep", "final")
    ) or before in _TO_VERB
    return (
        "VERB"
        if bent
        or after in ("down", "before")
        or (after == "of" and "ship" in clause)
        or _commands(before, after)
        else "DEFAULT"
    )


def _content(clause: list[str], at: int, before: str, after: str) -> str:
    pleased = before in _BE | {
        "feel",
        "feels",
        "felt",
        "perfectly",
        "quite",
        "very",
        "seem",
        "seems",
        "happy",
        "fully",
    }
    return "DEFAULT" if pleased and after in ("", "with", "to", "and", "just", "in") else "NOUN"


def _minute(clause: list[str], at: int, before: str, after: str) -> str:
    tiny = (
        after
        in "detail details amount amounts difference differences particle particles quantity quantities trace traces change changes fraction".split()
    )
    return "ADJ" if tiny else "DEFAULT"


def _bass(clause: list[str], at: int, before: str, after: str) -> str:
    music = {"guitar", "player", "line", "drum", "drums", "clef", "notes", "boost", "sound", "singer", "solo", "play", "plays", "played", "music",
        "double", "deep", "heavy", "treble", "voice", "band", "speaker", "speakers", "headphones"}  # fmt: skip
    return "ADJ" if music & set(clause) else "DEFAULT"


def _dove(clause: list[str], at: int, before: str, after: str) -> str:
    return (
        "VERB"
        if after in ("into", "in", "off", "under", "down", "deep", "straight", "for", "headfirst")
        and before not in ("a", "the")
        else "DEFAULT"
    )


def _use(clause: list[str], at: int, before: str, after: str) -> str:
    had = _NOUN_AHEAD | {
        "in",
        "for",
        "regular",
        "heavy",
        "drug",
        "single",
        "personal",
        "everyday",
        "multiple",
        "repeated",
        "proper",
        "energy",
        "water",
        "phone",
        "screen",
        "much",
    }
    return (
        "NOUN"
        if before in had - {"that", "one", "two", "these", "those", "whose"} and after not in _DETERMINERS
        else "DEFAULT"
    )


def _used(clause: list[str], at: int, before: str, after: str) -> str:
    if after != "to":
        return "DEFAULT"
    then = clause[at + 2] if at + 2 < len(clause) else ""
    return "DEFAULT" if before in _BE and not then.endswith("ing") and then not in _DETERMINERS else "VBD"


def _invalid(clause: list[str], at: int, before: str, after: str) -> str:
    return "NOUN" if before in ("an", "the") and not after else "DEFAULT"


_OWN: dict[str, Callable[[list[str], int, str, str], str]] = {
    "close": _close, "read": _read, "wound": _wound, "wind": _wind, "live": _live, "lives": _lives, "tear": _tear, "bow": _bow,
    "content": _content, "minute": _minute, "bass": _bass, "dove": _dove, "use": _use, "used": _used, "invalid": _invalid,
}  # fmt: skip
