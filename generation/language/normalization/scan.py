"""Text → tokens: what is written, how it is said, and where it stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import ModuleType

from core.languages import Language
from generation.language.hanzi import is_hanzi
from generation.language.normalization import chinese, english
from generation.language.normalization.english import names as english_names
from generation.language.normalization.grammar import FORMS
from generation.language.normalization.latin import shouts
from generation.language.normalization.signs import MARKS, SYMBOLS
from generation.language.normalization.spans import joins
from generation.language.normalization.sums import is_sum

PAUSES = frozenset(",.!?;:…")
UNIT_SIGNS = frozenset("℃℉°%‰")
_NEIGHBORS = 48  # characters on either side that decide how a form is read
_WIDE_THOUSANDS = re.compile(
    r"(?<![0-9，])[1-9][0-9]{0,2}(?:，[0-9]{3})*(?:，0[0-9]{2})(?:，[0-9]{3})*(?![0-9])(?!，[0-9])"
)
_SPACES = re.compile(r"[^\S\n]+|\n\s*")


@dataclass(frozen=True)
class Token:
    """``written`` is ``text[span[0]:span[1]]``; ``spoken`` is hanzi, Latin words and lone capitals parted by spaces,
    one of ``PAUSES``, or empty for what is not said (an emoji, a quotation mark).
    """

    written: str
    spoken: str
    span: tuple[int, int]

    @property
    def is_pause(self) -> bool:
        return self.spoken in PAUSES


def spoken(text: str, language: Language) -> list[Token]:
    """Every character of ``text`` but spaces belongs to one token, in order; a hanzi is a token of its own.

    Holds for any text: what no rule names is left unsaid.
    """
    plain = _narrow(text)
    shouting = not any(map(is_hanzi, plain)) and shouts(plain)
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        space = _SPACES.match(plain, at)
        if space and not (space.group().startswith("\n") and tokens):
            at = space.end()
            continue
        end, said = _next(plain, at, language, shouting)
        tokens.append(Token(text[at:end], _tidy(said), (at, end)))
        at = end
    return tokens


def _narrow(text: str) -> str:
    """Full-width forms as plain ones, character for character; ，lists numbers and parts thousands only before 000."""
    plain = "".join("，" if character == "，" else _narrow_character(character) for character in text)
    return _WIDE_THOUSANDS.sub(lambda match: match.group().replace("，", ","), plain)


def _narrow_character(character: str) -> str:
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    return {
        "￥": "¥",
        "\u3000": " ",
        "µ": "μ",
        "−": "-",
        "‐": "-",
        "‑": "-",
        "％": "%",
        "〜": "~",
        "∶": ":",
        "∕": "/",
        "－": "-",
    }.get(character, character)


def _next(plain: str, at: int, language: Language, shouting: bool) -> tuple[int, str]:
    """Where the token that starts at ``at`` ends, and how it is said."""
    character = plain[at]
    if is_hanzi(character):
        return at + 1, character
    reader: ModuleType = chinese if language == "zh" else english
    joined = _joined(plain, at, language) if character in "-–—~" else ""
    if joined:
        return at + 1, joined
    for name, form in FORMS.items():
        match = form.match(plain, at)
        if match and match.end() > at:
            read = _read(name, match, plain, reader, shouting)
            if read:
                return read
    return at + 1, _character(plain, at, language, reader)


def _read(
    name: str, match: re.Match[str], plain: str, reader: ModuleType, shouting: bool
) -> tuple[int, str] | None:
    """Where the form ends and how it is said; nothing where its reader says that it is something else."""
    end = match.end()
    before, after = plain[max(match.start() - _NEIGHBORS, 0) : match.start()], plain[end : end + _NEIGHBORS]
    if name in ("word", "abbreviation"):
        return end, reader.word(match.group(), shouting=shouting)
    if name in ("title", "initials"):
        told = getattr(english_names, name)(match, before, after)
        return (
            (end - told[1], told[0]) if told else None
        )  # a stop that ends the sentence too is its own token
    read = reader.READERS[name](match, before, after) if name in reader.READERS else None
    return (end, read) if read is not None else None


def _character(plain: str, at: int, language: Language, reader: ModuleType) -> str:
    character = plain[at]
    if character == "+" and language == "zh" and plain[at - 1 : at] in ("万", "千", "亿", "百"):
        return "多"
    if character in MARKS:
        return _mark(plain, at)
    if character == ">" and _is_step(plain, at):
        return ","
    if (
        character == "*"
        and re.search(r"[0-9][a-z]{0,2}\s?$", plain[max(at - 6, 0) : at])
        and re.match(r"\s?[0-9]", plain[at + 1 : at + 3])
    ):
        return "乘" if language == "zh" else "by"  # 5cm*3cm
    if character == "~" and _is_about(plain, at):
        return "约" if language == "zh" else "about"
    if character in SYMBOLS:
        return SYMBOLS[character][0 if language == "zh" else 1]
    if character == "-" and _between_spaces(plain, at):
        return ","
    before = plain[at - 1 : at]
    if character == "#" and before.isascii() and before.isalpha():
        return "sharp"
    vulgar = unicodedata.normalize("NFKC", character)
    if "\u2044" in vulgar:  # ½
        match = FORMS["fraction"].match(vulgar)
        return str(reader.READERS["fraction"](match, "", "")) if match else ""
    value = unicodedata.digit(character, None)
    if value is None:
        value = int(numeric) if (numeric := unicodedata.numeric(character, 0.5)).is_integer() else None
    expanded = re.fullmatch(r"([0-9]{1,2})([月日点時时])", vulgar)  # ㋀, ㏠, ㍘
    if expanded and language == "zh":
        return str(reader.cardinal(expanded[1])) + expanded[2]
    if value is not None:  # ①, Ⅳ, ٣
        return str(reader.cardinal(str(value)))
    if character.isalpha() and _is_latin(character):
        return character
    return ""


def _joined(plain: str, at: int, language: Language) -> str:
    """A dash between two of a kind is a span (10:00~22:00), between numbers of a sum a minus; empty for any other."""
    before, after = plain[max(at - _NEIGHBORS, 0) : at], plain[at + 1 : at + 1 + _NEIGHBORS]
    left = re.search(r"[0-9.]*[0-9)]\s?$", before)
    if plain[at] == "-" and left:
        number = re.match(r"\s?[(]?[0-9.,]*[0-9]", after)
        if number and is_sum("-", before[: left.start()], after[number.end() :]):
            return "减" if language == "zh" else "minus"
    if joins(before, after):
        return "到" if language == "zh" else "to"
    return ""


def _is_step(plain: str, at: int) -> bool:
    """Settings > Privacy: from one name to the next; beside a number or a lone letter it compares."""
    before, after = (
        re.search(r"(\w+)\s?$", plain[max(at - 20, 0) : at]),
        re.match(r"\s?(\w+)", plain[at + 1 : at + 20]),
    )
    return bool(before and after) and all(
        len(side[1]) > 1 and not side[1][edge].isdigit() for side, edge in ((before, -1), (after, 0)) if side
    )


def _is_about(plain: str, at: int) -> bool:
    """~100: a wave before an amount and after nothing."""
    before, after = plain[:at][-1:], plain[at + 1 : at + 2]
    return (not before or not (before.isalnum() or before in "~)%℃℉°")) and (
        after.isdigit() or (after in "¥$€£" and bool(after))
    )


def _mark(plain: str, at: int) -> str:
    """A run of marks is one pause: the rest of the run says nothing."""
    before = plain[:at].rstrip(" ")[-1:]
    if plain[at] == "." and before and before.isalnum() and plain[at + 1 : at + 2].isalnum():
        return ""
    if plain[at] == "," and before.isdigit() and plain[at + 1 : at + 2].isdigit():
        return ","
    return MARKS[plain[at]]


def _between_spaces(plain: str, at: int) -> bool:
    return plain[at - 1 : at].isspace() and plain[at + 1 : at + 2].isspace()


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")


def _tidy(said: str) -> str:
    """Only what a voice can say: hanzi, Latin letters, apostrophes inside words; or one pause."""
    if said in PAUSES:
        return said
    kept = "".join(
        character
        if is_hanzi(character) or character in " '" or (character.isalpha() and _is_latin(character))
        else " "
        for character in said.replace("’", "'")
    )
    words = [word.strip("'") for word in kept.split()]
    return " ".join(word for word in words if word)
