"""What a hanzi is: said once, for all who ask.

| code points | block |
|---|---|
| U+3007 | 〇, the zero of years |
| U+3400 – U+4DBF | extension A |
| U+4E00 – U+9FFF | the unified ideographs: what nearly every text is made of |
| U+F900 – U+FAFF | compatibility ideographs |
| U+20000 – U+3FFFF | planes 2 and 3: extensions B and later, names of people and places among them |

The hexagrams between the first two blocks of ideographs (䷀), kana, hangul and Chinese punctuation are none.
"""

from __future__ import annotations

import re

# to stand inside the brackets of a pattern
HANZI_CLASS = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HANZI = re.compile(f"[{HANZI_CLASS}]")
HANZI_RUN = re.compile(f"[{HANZI_CLASS}]+")


def is_hanzi(character: str) -> bool:
    """Whether ``character`` (one, or the first of several; "" is none) is a hanzi."""
    return HANZI.match(character) is not None
