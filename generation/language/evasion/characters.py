"""One way to write each character: full width, look-alike letters, invisible signs, traditional hanzi, emoji."""

from __future__ import annotations

import json
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from generation.language.evasion.mapped import Mapped

_TABLES = Path(__file__).with_name("tables.json")
_PUNCTUATION = frozenset("，。！？：；（）、“”‘’《》【】…—～")  # nobody hides behind it
_STYLED = range(0xFE00, 0xFE10)  # variation selectors


@cache
def tables() -> dict[str, dict[str, str]]:
    """The maintained tables: ``homoglyphs``, ``emoji``, ``digits``, ``slang``."""
    told: dict[str, dict[str, str]] = json.loads(_TABLES.read_text(encoding="utf-8"))
    return told


@cache
def simplified() -> dict[str, str]:
    """Traditional → simplified, one for one, from OpenCC's table."""
    import opencc

    place = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    pairs = (line.split("\t") for line in place.read_text(encoding="utf-8").splitlines() if "\t" in line)
    found = {pair[0]: pair[1].split()[0] for pair in pairs}
    return {
        old: new
        for old, new in found.items()
        # 乾 and 著 are everyday simplified characters as well
        if len(old) == 1 and len(new) == 1 and old not in "乾著藉瞭"
    }


@lru_cache(maxsize=50_000)
def plain(character: str) -> str:
    """The plain form of one character, lower case; "" for one that nobody sees."""
    emoji = tables()["emoji"].get(character)
    if emoji is not None:
        return emoji
    if ord(character) in _STYLED or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    if character in _PUNCTUATION:
        return character
    known = tables()["homoglyphs"].get(character)
    if known is not None:
        return known
    folded = unicodedata.normalize("NFKC", character).lower()
    if len(folded) > 1:  # ㎝, ½, ﬁ, é taken apart
        folded = "".join(one for one in folded if unicodedata.category(one) not in ("Mn", "Me"))
    elif folded.isalpha() and not folded.isascii():
        base = unicodedata.normalize("NFD", folded)[0]
        folded = base if base.isascii() else folded
    return "".join(simplified().get(one, tables()["homoglyphs"].get(one, one)) for one in folded)


def plainly(text: Mapped) -> Mapped:
    """Every character in its plain form."""
    return text.translated(plain)
