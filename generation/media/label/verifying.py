"""All three labels of a file in one answer, as plain JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.media.label.field import read_aigc
from generation.media.label.signing import read_c2pa


def verify(path: str | Path) -> dict[str, Any]:
    """What the file at ``path``, ours or foreign, says about AI in it: ``aigc`` and ``c2pa``.

    Text in, JSON out, so that it can be called in a sandboxed process. Raises ``MediaUnreadable``.
    """
    place = Path(path)
    field = read_aigc(place)
    empty: dict[str, Any] = {"fields": {}, "wrapped": False, "valid": False, "problems": []}
    return {"aigc": {"present": field is not None, **(field or empty)}, "c2pa": read_c2pa(place)}
