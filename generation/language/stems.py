"""English word forms brought together: ``baking`` and ``bake``, ``happily`` and ``happy`` have one stem."""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR = {
    "children": "child", "feet": "foot", "teeth": "tooth", "mice": "mouse", "geese": "goose", "men": "man",
    "women": "woman", "people": "person", "knives": "knife", "leaves": "leaf", "wives": "wife", "lives": "life",
    "loaves": "loaf", "shelves": "shelf", "wolves": "wolf", "halves": "half", "thieves": "thief", "slept": "sleep",
    "ate": "eat", "eaten": "eat", "bought": "buy", "spent": "spend", "drank": "drink", "drunk": "drink", "ran": "run",
    "wrote": "write", "written": "write", "went": "go", "gone": "go", "thought": "think", "taught": "teach",
    "broke": "break", "broken": "break", "lost": "lose", "won": "win", "grew": "grow", "grown": "grow", "paid": "pay",
    "sold": "sell", "fell": "fall", "fallen": "fall", "forgot": "forget", "forgotten": "forget", "froze": "freeze",
    "frozen": "freeze", "flew": "fly", "flown": "fly", "drove": "drive", "driven": "drive", "kept": "keep",
    "built": "build", "swam": "swim", "sang": "sing", "sung": "sing", "fought": "fight", "stolen": "steal",
    "stole": "steal", "woke": "wake", "died": "die", "dying": "die", "lying": "lie", "news": "news", "less": "less",
}  # fmt: skip


@lru_cache(maxsize=20000)
def stem(word: str) -> str:
    """The part of an English word that its plural, -ing, -ed and -ly forms share; lower-case in, lower-case out."""
    if word in _IRREGULAR:
        return _trimmed(_IRREGULAR[word])
    for ending, put, least in (
        ("ies", "y", 3),
        ("sses", "ss", 3),
        ("ied", "y", 3),
        ("ing", "", 3),
        ("ed", "", 3),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= least - (put == "y"):
            base = word.removesuffix(ending) + put
            if re.search(r"[aeiouy]", base):
                return _trimmed(_undoubled(base) if not put else base)
    if re.search(r"(s|x|z|ch|sh)es$", word) and len(word) > 4:
        return _trimmed(word[:-2])
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return _trimmed(word[:-1])
    return _trimmed(word)


def _undoubled(base: str) -> str:
    """``runn`` (from running) → ``run``; ``fall`` keeps its two l."""
    return base[:-1] if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz" else base


def _trimmed(base: str) -> str:
    """One form for ``bake`` and ``bak(ing)``, ``happy`` and ``happi(ly)``."""
    if base.endswith("ly") and len(base) > 5:
        base = base[:-2]
    if base.endswith("e") and len(base) > 3:
        base = base[:-1]
    return base[:-1] + "i" if base.endswith("y") and len(base) > 3 else base
