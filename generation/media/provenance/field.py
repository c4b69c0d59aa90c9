"""The implicit label: metadata key ``AIGC`` with seven string fields as flat JSON (GB 45438-2025, appendix F).

MP4 keeps the key only where it is muxed with ``movflags=use_metadata_tags``: a plain stream copy drops it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from generation.errors import LabelFailed
from generation.media.provenance.reader import opened

KEY = "AIGC"
FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)
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
    with opened(Path(path)) as container:
        places = [container.metadata, *(stream.metadata for stream in container.streams)]
        for tags in places:
            for key, text in tags.items():
                if key.upper() == KEY:
                    return parse_aigc(text)
    return None


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
