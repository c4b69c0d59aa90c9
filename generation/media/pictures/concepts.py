"""What a drawing can stand for: one concept a picture character, with the words of both languages that mean it.

Labels and tags come from emojibase; ``keywords.json`` beside this file adds the everyday words it lacks. Skin-tone and
gender variants, keycaps, clock faces and letters are left out: a script never means them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.languages import LANGUAGES
from generation.assets import asset_path

KEYWORDS = Path(__file__).with_name("keywords.json")
# How well a drawing of each emojibase group fills a scene, against one of an object (food, animal, place, tool = 1).
# Faces and signs fit many sentences and say little; a flag is right only where its country is named.
_GROUP_WORTH = {0: 0.8, 1: 0.9, 8: 0.8, 9: 0.95}
FLAGS = 9
SIGNS = 8
TAG_WEIGHT = 0.7  # a tag of emojibase says less than a label (1.0) or a word of ours (0.8 to 1.0)
_LABELS_LEFT_OUT = re.compile(
    r"(keycap|family|kiss|couple with heart|person|man|woman): .*|(woman|man) (?!dancing).+|.*: facing right"
    r"|.*o’clock|.*-thirty|(japanese “|input ).*|(a|b|ab|o|cl|id|ng|ok|p|up!|cool|vs) button.*|trade mark|copyright"
    r"|registered|(white|black) .*square.*|.*triangle pointed.*|middle finger|(ophiuchus|circled m)|pregnant (man|person)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Concept:
    """``words`` holds (word, weight in (0, 1]) by language: the label and our own words weigh most, tags less."""

    character: str
    group: int
    label: dict[str, str]
    words: dict[str, tuple[tuple[str, float], ...]]
    names: dict[str, str]  # set → name of the drawing

    @property
    def worth(self) -> float:
        return _GROUP_WORTH.get(self.group, 1.0)

    def text(self, language: str) -> str:
        """The concept as one passage to embed: its label, then its best words."""
        words = [w for w, weight in self.words[language] if w != self.label[language]]
        return ", ".join([self.label[language], *words[:8]])


def read(available: dict[str, set[str]]) -> list[Concept]:
    """Every concept that one of the sets can draw; ``available`` is set → names of drawings.

    Reads the three asset tables (set-up only).
    """
    from generation.media.pictures.illustrations import CHARACTERS

    labels = {language: _by_code(f"pictures/emojibase.{language}.json") for language in LANGUAGES}
    drawn = {}
    for picture_set, table in CHARACTERS.items():
        by_code: dict[str, str] = json.loads(asset_path(f"pictures/{table}").read_text(encoding="utf-8"))
        names = {_code(code): name for code, name in by_code.items() if name in available[picture_set]}
        drawn[picture_set] = names
    added = own_keywords()
    concepts = []
    for code, entry in labels["en"].items():
        names = {s: table[code] for s, table in drawn.items() if code in table}
        if not names or not _is_wanted(entry):
            continue
        character = plain(entry["emoji"])
        words: dict[str, tuple[tuple[str, float], ...]] = {
            language: _words(
                labels[language].get(code, entry),
                added.get(character, {}).get(language, ""),
                language,
            )
            for language in LANGUAGES
        }
        label: dict[str, str] = {
            language: _label(labels[language].get(code, entry)) for language in LANGUAGES
        }
        concepts.append(Concept(character, entry["group"], label, words, names))
    return concepts


@lru_cache(maxsize=1)
def own_keywords() -> dict[str, dict[str, str]]:
    """Our own words: character → language → words parted by commas, the most telling first."""
    raw: dict[str, dict[str, str]] = json.loads(KEYWORDS.read_text(encoding="utf-8"))
    return {plain(character): words for character, words in raw.items()}


def plain(character: str) -> str:
    """A character without the selector that asks for its colour form."""
    return character.replace("\ufe0f", "").replace("\ufe0e", "")


def _by_code(path: str) -> dict[str, dict[str, Any]]:
    entries = json.loads(asset_path(path).read_text(encoding="utf-8"))
    return {_code(entry["hexcode"]): entry for entry in entries}


def _code(hexcode: str) -> str:
    return "-".join(part for part in hexcode.lower().split("-") if part != "fe0f")


def _is_wanted(entry: dict[str, Any]) -> bool:
    if entry.get("group") in (None, 2) or "gender" in entry:
        return False
    return not _LABELS_LEFT_OUT.fullmatch(entry["label"])


def _label(entry: dict[str, Any]) -> str:
    """The label as a person says it: ``flag: France`` becomes ``France``."""
    return re.sub(r"^(flag|旗)\s*[:：]\s*", "", str(entry["label"])).strip()


def _words(entry: dict[str, Any], added: str, language: str) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = {_label(entry).lower(): 1.0}
    for rank, word in enumerate(re.split(r"[,，]\s*", added)):
        if word.strip():
            found.setdefault(word.strip().lower(), max(1.0 - 0.02 * rank, 0.8))
    if entry["group"] != FLAGS:  # the tags of a flag are "flag" and a country code
        for tag in entry.get("tags", []):
            found.setdefault(str(tag).strip().lower(), TAG_WEIGHT)
    if language == "zh":  # 猫咪的脸 is also found as 猫咪
        for ending in ("的脸", "脸"):
            label = _label(entry)
            if label.endswith(ending) and len(label) - len(ending) >= 1 and entry["group"] == 3:
                found.setdefault(label.removesuffix(ending), 1.0)
    elif entry["group"] == 3 and _label(entry).lower().endswith(" face"):
        found.setdefault(_label(entry).lower().removesuffix(" face"), 1.0)
    return tuple(found.items())
