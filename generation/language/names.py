"""Names people give themselves: which look alike to the eye, and which speak for the site."""

from __future__ import annotations

from collections.abc import Iterable

from generation.language.evasion.characters import plain

# what only those who run the site are called, in both languages and in the look of ``skeleton``
_RESERVED = (
    "administrator", "admin", "moderator", "official", "support", "security", "system", "staff", "team", "root",
    "管理员", "超级管理员", "版主", "审核员", "审核", "官方", "客服", "系统", "站长", "平台", "账号", "认证",
)  # fmt: skip
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l"})


def skeleton(name: str) -> str:
    """What the eye makes of ``name``: names with the same one are taken for each other (Unicode TS 39, §4).

    Full width, case, accents, letters of other alphabets (Cyrillic а), traditional hanzi, 0 for o, 1 and I for l; what
    nobody sees is left out.
    """
    return "".join(map(plain, name)).casefold().translate(_ALIKE)


def is_reserved(name: str, *, site_names: Iterable[str]) -> bool:
    """Whether ``name`` says nothing but that the site itself speaks: “Admin”, “аdmin”, “Lumen Support”, “流光官方”."""
    left = "".join(sign for sign in skeleton(name) if sign.isalnum())
    if not left:
        return False
    words = sorted({skeleton(word) for word in (*_RESERVED, *site_names)}, key=len, reverse=True)
    for word in words:
        left = left.replace(word, "")
    return not left
