"""How hanzi sound, so that a word, its homophones and its pinyin coincide.

A syllable is kept without its tone and in a near form (zh = z, ing = in, l = n …), because that is how people write what
a filter shall not read.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from generation.language.evasion.mapped import Mapped, Piece
from generation.language.hanzi import is_hanzi

_NEAR = (
    (re.compile("^zh"), "z"),
    (re.compile("^ch"), "c"),
    (re.compile("^sh"), "s"),
    (re.compile("^l"), "n"),
)
_LATIN = re.compile("[a-zü]+(?:[ '’]?[a-zü]+)*")
_FIRST = 0xE000  # private code points: one a syllable, so that a text in sounds is a plain string
_ENDS = re.compile("(?<=[aeiou])ng$")


@lru_cache(maxsize=30_000)
def syllable(character: str) -> str:
    """The everyday reading of one hanzi without its tone, "" for anything else."""
    if not is_hanzi(character):
        return ""
    from pypinyin import Style, pinyin

    read = pinyin(character, style=Style.NORMAL, errors="ignore")
    return str(read[0][0]).replace("ü", "v") if read else ""


@lru_cache(maxsize=2_000)
def near(sound: str) -> str:
    """The near form of a syllable: zhang → zan."""
    for pattern, short in _NEAR:
        sound = pattern.sub(short, sound)
    return _ENDS.sub("n", sound)


@cache
def syllables() -> dict[str, int]:
    """All syllables of the language, each with its number."""
    from pypinyin.pinyin_dict import pinyin_dict

    usual = (chr(code) for code in pinyin_dict if 0x4E00 <= code <= 0x9FFF)
    found = sorted({syllable(one) for one in usual} - {"", "m", "n", "ng", "hm", "hng"})
    return {sound: place for place, sound in enumerate(found)}


@cache
def _codes() -> dict[str, str]:
    """Near form → the private character that stands for it."""
    return {
        sound: chr(_FIRST + place) for place, sound in enumerate(sorted({near(one) for one in syllables()}))
    }


@lru_cache(maxsize=20_000)
def read_pinyin(letters: str) -> tuple[str, ...] | None:
    """``letters`` as syllables, the fewest that fill them; ``None`` when they are not pinyin."""
    known = syllables()
    cost, back = [0.0] + [1e9] * len(letters), [0] * (len(letters) + 1)
    for end in range(1, len(letters) + 1):
        for start in range(max(end - 6, 0), end):
            if letters[start:end] in known and cost[start] + 1 + (end - start == 1) < cost[end]:
                cost[end], back[end] = cost[start] + 1 + (end - start == 1), start
    if cost[-1] >= 1e9:
        return None
    found, end = list[str](), len(letters)
    while end:
        found.append(letters[back[end] : end])
        end = back[end]
    return tuple(reversed(found))


def sounded(text: Mapped) -> Mapped:
    """Hanzi and pinyin as one private character a syllable; English words, which are no pinyin, stay letters."""
    pieces: list[Piece] = []
    i = 0
    while i < len(text.text):
        run = _LATIN.match(text.text, i)
        if run:
            pieces += _read(run.group(), run.start())
            i = run.end()
            continue
        sound = syllable(text.text[i])
        if sound:
            pieces.append((_codes().get(near(sound), text.text[i]), i, i + 1))
        elif text.text[i].isalnum():
            pieces.append((text.text[i], i, i + 1))
        i += 1
    return text.rebuilt(pieces)


def _read(run: str, at: int) -> list[Piece]:
    pieces: list[Piece] = []
    for word in re.finditer("[a-zü]+", run):
        letters = word.group().replace("ü", "v")
        heard = read_pinyin(letters) if len(letters) > 1 else None
        place = at + word.start()
        for part in heard or letters:
            code = _codes().get(near(part), part) if heard else part
            pieces.append((code, place, place + len(part)))
            place += len(part)
    return pieces


@lru_cache(maxsize=30_000)
def _initial(character: str) -> str:
    return syllable(character)[:1] or (character if character.isalnum() else "")


def initials(text: Mapped) -> Mapped:
    """First letters of everything: 傻逼 and sb coincide; whole pinyin is cut down to its initials."""
    pieces: list[Piece] = []
    i = 0
    while i < len(text.text):
        run = _LATIN.match(text.text, i)
        if not run:
            pieces.append((_initial(text.text[i]), i, i + 1))
            i += 1
            continue
        for word in re.finditer("[a-zü]+", run.group()):
            letters, place = word.group().replace("ü", "v"), i + word.start()
            heard = read_pinyin(letters) if len(letters) > 1 else None
            for part in heard or letters:
                pieces.append((part[0], place, place + len(part)))
                place += len(part)
        i = run.end()
    return text.rebuilt(pieces)
