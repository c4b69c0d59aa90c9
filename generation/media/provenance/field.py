"""The implicit label: metadata key ``AIGC`` with seven string fields as flat JSON (GB 45438-2025, appendix F).

MP4 keeps the key only where it is muxed with ``movflags=use_metadata_tags``: a plain stream copy drops it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.errors import LabelFailed, MediaUnreadable
from generation.media.provenance.packets import XMP, fields_of
from generation.media.provenance.reader import is_still, opened
from generation.media.provenance.xmp import FIELDS, XmpMarks, marks_of

KEY = "AIGC"
SOURCE_KEY = "DigitalSourceType"  # a source type of IPTC as a key of a film's metadata
COMMENTS = ("COM", "COMMENT", "DESCRIPTION", "USERCOMMENT")
LABELS = {"1": "is", "2": "may be", "3": "suspected"}
MOST_CHARACTERS = 4096  # of a foreign field: no honest one comes near
_VALUE = re.compile(r"[!#-\[\]-~]*")  # visible ASCII without quote and backslash


def aigc_field(*, producer: str, produce_id: str, label: str = "1") -> str:
    """The field as first written: who made it also spreads it, under the same number.

    ``label`` is "1" (is AI-generated), "2" (may be) or "3" (is suspected to be). Raises ``LabelFailed`` for a value
    with anything but visible ASCII, or with a quote or a backslash.
    """
    if label not in LABELS:
        raise LabelFailed(f"The AIGC label must be one of {', '.join(LABELS)}, got {label!r}.")
    for name, value in (("ContentProducer", producer), ("ProduceID", produce_id)):
        if not value or not _VALUE.fullmatch(value):
            raise LabelFailed(
                f"{name} of the AIGC field must be visible ASCII without space, quote or backslash, got {value!r}; "
                "change the setting that holds it."
            )
    values = (label, producer, produce_id, "", producer, produce_id, "")
    return json.dumps(dict(zip(FIELDS, values, strict=True)), separators=(",", ":"))


def read_aigc(path: Path | str) -> dict[str, Any] | None:
    """What the ``AIGC`` key of the file at ``path`` says, or ``None`` where there is no such key.

    The answer holds ``fields`` (name → text), ``wrapped``, ``valid`` and ``problems`` (``code`` and ``detail`` each),
    see ``parse_aigc``. Raises ``MediaUnreadable``.
    """
    return read_marks(path).aigc


@dataclass(frozen=True)
class Marks:
    """``aigc`` as ``read_aigc`` tells it; ``source_type`` is IPTC's address or name, "" where there is none."""

    aigc: dict[str, Any] | None = None
    source_type: str = ""


def read_marks(path: Path | str) -> Marks:
    """What a film, a picture or a recording says in its metadata: keys of the container, XMP packets, text fields.

    Raises ``MediaUnreadable``.
    """
    place = Path(path)
    aigc, source_type = "", ""
    for key, text in (*_tags(place), *_fields(place)):
        found = marks_of(text) if key == XMP else XmpMarks(*_plain(key, text))
        aigc, source_type = aigc or found.aigc, source_type or found.source_type
    return Marks(parse_aigc(aigc) if aigc else None, source_type)


def _tags(place: Path) -> list[tuple[str, str]]:
    """The keys of the container and its streams; a picture has none."""
    if is_still(place):
        return []
    with opened(place) as container:
        return [
            (key.upper(), text)
            for tags in (container.metadata, *(stream.metadata for stream in container.streams))
            for key, text in tags.items()
            if key.upper() != XMP
        ]


def _fields(place: Path) -> list[tuple[str, str]]:
    try:
        return fields_of(place)
    except OSError as error:
        raise MediaUnreadable(f"{place.name} cannot be read ({error.strerror}); try another file.") from error


def _plain(key: str, text: str) -> tuple[str, str]:
    """(field, source type) of a text: under its own key, or wrapped as ``{"AIGC": …}`` in a comment."""
    name = key.replace(":", ".").rpartition(".")[2].upper()
    if name == KEY or (name in COMMENTS and f'"{KEY}"' in text[:40]):
        return text, ""
    return "", text if name == SOURCE_KEY.upper() else ""


def parse_aigc(text: str) -> dict[str, Any]:
    """Read the field in its flat form or wrapped as ``{"AIGC": {…}}``; whatever is wrong is told in ``problems``."""
    problems: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    wrapped = False

    def tell(code: str, detail: str) -> None:
        problems.append({"code": code, "detail": detail})

    data = _json(text)
    if isinstance(data, dict) and set(data) == {KEY}:
        wrapped, data = True, data[KEY]
        data = _json(data) if isinstance(data, str) else data
    if not isinstance(data, dict):
        tell("aigc_not_json", "The AIGC field is not a JSON object.")
        return {"fields": fields, "wrapped": wrapped, "valid": False, "problems": problems}
    for name in FIELDS:
        value = data.get(name)
        if value is None:
            tell("aigc_field_missing", f"The AIGC field lacks {name}.")
        elif not isinstance(value, str):
            tell("aigc_field_not_text", f"{name} of the AIGC field must be text, got {str(value)[:40]}.")
        else:
            fields[name] = value.encode("utf-8", "replace").decode()  # a lone surrogate cannot be printed
            if not _VALUE.fullmatch(value):
                tell(
                    "aigc_field_characters",
                    f"{name} of the AIGC field holds characters that are not allowed.",
                )
    for name in sorted(set(data) - set(FIELDS))[:8]:
        tell("aigc_field_unknown", f"The AIGC field has an unknown part {name[:40]!r}.")
    if "Label" in fields and fields["Label"] not in LABELS:
        tell("aigc_label_unknown", f"Label must be one of {', '.join(LABELS)}, got {fields['Label'][:40]!r}.")
    return {"fields": fields, "wrapped": wrapped, "valid": not problems, "problems": problems}


def _json(text: str) -> Any:
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
