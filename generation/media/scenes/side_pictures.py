"""Drawings for words that a scene names beside its main picture: a card of a pair, a row of a list."""

from __future__ import annotations

from functools import lru_cache

from generation.media.pictures import SETS, search, signs


@lru_cache(maxsize=1024)
def picture_of(
    words: str, language: str, preferred_set: str, *, surely: bool = False
) -> tuple[str, str] | None:
    """(name, set) of the drawing that ``words`` ask for, or ``None``; ``set:name`` names one directly.

    With ``surely`` only a drawing that a word of the text decided counts, not one that is merely near in meaning.
    """
    picture_set, _, name = words.partition(":")
    if name and picture_set in SETS:
        return name, picture_set
    found = search(words, language=language, k=1, preferred=preferred_set) if words.strip() else []
    if not found or (surely and not found[0].because):
        return None
    return found[0].name, found[0].set


@lru_cache(maxsize=1024)
def is_sign(name: str, picture_set: str) -> bool:
    """Whether a drawing is a sign, such as an arrow or a crossed circle: it says something beside a thing, never alone."""
    return (picture_set, name) in signs()
