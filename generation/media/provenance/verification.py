"""All three labels of a file in one answer, as plain JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.errors import MediaUnreadable
from generation.media.provenance.field import read_aigc
from generation.media.provenance.signing import read_c2pa
from generation.media.provenance.visible import read_visible, unchecked


def verify(path: str | Path) -> dict[str, Any]:
    """What the file at ``path``, ours or foreign, says about AI in it: ``visible``, ``aigc`` and ``c2pa``.

    Text in, JSON out, so that it can be called in a sandboxed process. Pictures that cannot be decoded leave the
    visible label unchecked, and say so. Raises ``MediaUnreadable`` where not even the container can be read.
    """
    place = Path(path)
    hidden = read_hidden(place)
    try:
        visible = read_visible(place)
    except MediaUnreadable as error:
        visible = unchecked("visible_undecodable", str(error))
    return {"visible": visible, **hidden}


def read_hidden(path: Path) -> dict[str, Any]:
    """The two labels that no viewer sees: ``aigc`` and ``c2pa``."""
    field = read_aigc(path)
    empty: dict[str, Any] = {"fields": {}, "wrapped": False, "valid": False, "problems": []}
    return {"aigc": {"present": field is not None, **(field or empty)}, "c2pa": read_c2pa(path)}


def all_there(labels: dict[str, Any]) -> bool:
    """Whether an answer of ``verify`` holds all three labels, each in order."""
    return bool(labels["visible"]["found"] and labels["aigc"]["valid"] and labels["c2pa"]["valid"])
