"""Words of strangers, made safe to keep and to show: what cannot be seen goes, what was written stays."""

from __future__ import annotations

import re
import unicodedata

_KEPT = {"\n", "\u200c", "\u200d"}  # joiners hold emoji and some scripts together
_MANY_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINES = re.compile(r" *\n *")


def text_cleaned(text: str) -> str:
    """``text`` in Unicode's composed form without control, direction and private characters, its spaces tidied."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    # "Cn" (not assigned) stays: it may be tomorrow's emoji
    kept = (
        sign for sign in text if sign in _KEPT or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"}
    )
    text = _AROUND_LINES.sub("\n", _SPACES.sub(" ", "".join(kept)))
    text = _MANY_LINES.sub("\n\n", text).strip(" \n")
    return "" if not text.strip("\u200c\u200d \n") else text
