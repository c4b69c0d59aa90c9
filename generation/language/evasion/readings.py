"""The ways to read a text: as it looks when written plainly, by its sounds, by its initials, by the parts of its hanzi.

A plain reading is what most words are looked for in. The others find what plain writing hides: homophones and whole
pinyin sound the same (傻逼, 沙比, shabi), initials are what is left of a word (sb), split and look-alike characters share
their parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from generation.language.evasion import parts, sounds
from generation.language.evasion.characters import plainly, tables
from generation.language.evasion.mapped import Mapped, Piece
from generation.language.hanzi import HANZI_CLASS

Kind = Literal["plain", "sounds", "initials", "parts"]
KINDS: tuple[Kind, ...] = ("plain", "sounds", "initials", "parts")
_SPACED = re.compile(
    r"(?<![a-z0-9])[a-z0-9@$](?P<gap>[ .\-_*·•,|/~+]{1,2})[a-z0-9@$!](?:(?P=gap)[a-z0-9@$!](?![a-z0-9])){1,}"
)
_BETWEEN = re.compile(rf"(?<=[{HANZI_CLASS}])[ .\-_*·•|/~+^#&\u3000]{{1,3}}(?=[{HANZI_CLASS}])")
_LATIN_WORD = re.compile(r"(?<![a-z0-9])[a-z0-9@$!]*[a-z][a-z0-9@$!]*(?![a-z0-9])")
_WITHIN = re.compile(
    r"(?<=[a-z])[0-9@$!]{1,2}(?=[a-z])|(?<![a-z0-9])[@$](?=[a-z]{2})|(?<=[a-z]{2})[@$]+(?![a-z0-9])"
)


@dataclass(frozen=True)
class EvasionReading:
    kind: Kind
    mapped: Mapped

    @property
    def text(self) -> str:
        return self.mapped.text


@lru_cache(maxsize=2_000)
def canonical(text: str) -> Mapped:
    """``text`` in plain characters, lower case, with split characters and spaced letters joined."""
    plain = plainly(Mapped.of(text))
    plain = _closed(plain)
    plain = parts.joined(plain)
    return _unleeted(plain)


def readings(text: str) -> tuple[EvasionReading, ...]:
    """All four readings of ``text``."""
    plain = canonical(text)
    return (
        EvasionReading("plain", plain),
        EvasionReading("sounds", sounds.sounded(plain)),
        EvasionReading("initials", sounds.initials(plain)),
        EvasionReading("parts", plain.translated(parts.parts)),
    )


def shown(text: str, start: int, end: int, recovered: str) -> str:
    """Evidence in one line, its middle veiled: "sb → 傻…"; what was written in the open is shown alone."""
    written = text[start:end]
    veiled = recovered[:1] + "…" if len(recovered) > 1 else recovered
    return veiled if written.lower() == recovered else f"{written} → {veiled}"


def _closed(text: Mapped) -> Mapped:
    """Letters with one sign between each (f.u.c.k) and hanzi with signs between them stand together again."""
    pieces: list[Piece] = []
    for found in _SPACED.finditer(text.text):
        pieces += [
            ("", i, i + 1)
            for i in range(found.start(), found.end())
            if not text.text[i].isalnum() and text.text[i] not in "@$"
        ]
    for found in _BETWEEN.finditer(text.text):
        pieces.append(("", found.start(), found.end()))
    return text.replaced(sorted(pieces, key=lambda piece: piece[1])) if pieces else text


def _unleeted(text: Mapped) -> Mapped:
    """Digits and signs inside a word of letters are the letters they look like (sh1t, a$$)."""
    digits = tables()["digits"]
    pieces: list[Piece] = []
    for found in _LATIN_WORD.finditer(text.text):
        for sign in _WITHIN.finditer(found.group()):
            pieces += [
                (digits.get(one, one), found.start() + k, found.start() + k + 1)
                for k, one in enumerate(sign.group(), sign.start())
            ]
    return text.replaced(pieces) if pieces else text
