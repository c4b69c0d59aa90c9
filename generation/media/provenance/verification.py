"""All three labels of a file in one answer, as plain JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.errors import MediaUnreadable
from generation.media.provenance.field import read_marks
from generation.media.provenance.signing import is_ai, read_c2pa
from generation.media.provenance.visible import read_visible, unchecked


def verify(path: str | Path) -> dict[str, Any]:
    """What the file at ``path``, ours or foreign, says about AI in it: ``visible``, ``aigc``, ``c2pa``, and ``iptc``
    where its metadata name a source type.

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
    """The labels that no viewer sees: ``aigc``, ``c2pa``, and where the metadata name a source type ``iptc``."""
    marks = read_marks(path)
    empty: dict[str, Any] = {"fields": {}, "wrapped": False, "valid": False, "problems": []}
    found = {"aigc": {"present": marks.aigc is not None, **(marks.aigc or empty)}}
    if marks.source_type:
        found["iptc"] = {"present": True, "digital_source_type": marks.source_type}
    return {**found, "c2pa": read_c2pa(path)}


def labels_of(path: Path) -> dict[str, Any]:
    """The hidden labels a foreign file came with, only those that are there; ``problem`` says why none could be read."""
    try:
        return {name: label for name, label in read_hidden(path).items() if label["present"]}
    except MediaUnreadable as error:
        return {"problem": str(error)}


def says_ai(labels: dict[str, Any]) -> bool:
    """Whether the hidden labels of a file say that AI made it or a part of it."""
    kinds = [labels.get(name, {}).get("digital_source_type", "") for name in ("iptc", "c2pa")]
    return ("aigc" in labels and labels["aigc"].get("present", True)) or any(is_ai(kind) for kind in kinds)


def all_there(labels: dict[str, Any]) -> bool:
    """Whether an answer of ``verify`` holds all three labels, each in order."""
    return bool(labels["visible"]["found"] and labels["aigc"]["valid"] and labels["c2pa"]["valid"])
