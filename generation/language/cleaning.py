"""Texts that people typed, made safe to keep and to show: what cannot be seen goes, what was written stays."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # they hold emoji and some scripts together
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})  # "Cn" (not assigned) stays: it may be tomorrow's emoji
_MANY_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINES = re.compile(r" *\n *")


def text_cleaned(text: str) -> str:
    """``text`` in Unicode's composed form without control, direction and private characters, its spaces tidied.

    Lines stay lines, at most one empty one between two; "" when nothing is left to see.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    kept = (
        sign for sign in text if sign == "\n" or sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN
    )
    text = _AROUND_LINES.sub("\n", _SPACES.sub(" ", "".join(kept)))
    text = _MANY_LINES.sub("\n\n", text).strip(" \n")
    return text if text.strip(f"{_JOINERS} \n") else ""


def line_cleaned(text: str) -> str:
    """``text_cleaned`` as one line: what parted lines or columns is a space."""
    return text_cleaned(" ".join(text.split()))
