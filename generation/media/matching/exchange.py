"""Lists of hashes that sites give each other, as JSON or CSV with the field names of Meta's ThreatExchange.

| field | meaning |
|---|---|
| indicator | the hash in hex: 64 digits of PDQ or of SHA-256 |
| type | HASH_PDQ or HASH_SHA256 |
| description | why it is listed, in words |
| tags | policy codes, joined by spaces in CSV |
| quality | of a PDQ hash, 0–100 |
| added_on | ISO 8601 |

Whatever is read comes from outside: each entry is checked, and the first wrong one is named with its place.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

KINDS = ("HASH_PDQ", "HASH_SHA256")
MOST_BYTES = 200_000_000
MOST_CHARACTERS = 500
_HEX = re.compile(r"[0-9a-f]{64}")
_FIELDS = ("indicator", "type", "description", "tags", "quality", "added_on")


class ListUnreadable(ValueError):
    """A list that cannot be taken over; nothing of it is."""

    code = "hash_list_unreadable"
    status = 400


@dataclass(frozen=True)
class ListedHash:
    indicator: str
    type: Literal["HASH_PDQ", "HASH_SHA256"]
    description: str = ""
    tags: tuple[str, ...] = ()
    quality: int = 100
    added_on: str = ""


def written_json(entries: Iterable[ListedHash]) -> str:
    """``{"data": [entry, …]}``."""
    rows = [{**asdict(entry), "tags": list(entry.tags)} for entry in entries]
    return json.dumps({"data": rows}, ensure_ascii=False, indent=1)


def written_csv(entries: Iterable[ListedHash]) -> str:
    """One entry a row under the field names; a cell that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_FIELDS)
    for entry in entries:
        description = entry.description
        if description[:1] in ("=", "+", "-", "@", "\t"):
            description = "'" + description
        writer.writerow(
            [entry.indicator, entry.type, description, " ".join(entry.tags), entry.quality, entry.added_on]
        )
    return out.getvalue()


def read_list(data: bytes) -> list[ListedHash]:
    """The entries of a JSON or CSV list, each once. Raises ``ListUnreadable``."""
    if len(data) > MOST_BYTES:
        raise ListUnreadable(f"A list may have {MOST_BYTES // 1_000_000} MB; this one has more.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListUnreadable("The list is not UTF-8 text. Save it as UTF-8 and send it again.") from error
    rows = _json_rows(text) if text.lstrip()[:1] in ("{", "[") else _csv_rows(text)
    entries = [_entry(row, place) for place, row in enumerate(rows, 1)]
    return list({(entry.type, entry.indicator): entry for entry in entries}.values())


def _json_rows(text: str) -> list[Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ListUnreadable("The list is not valid JSON.") from error
    rows = told.get("data") if isinstance(told, dict) else told
    if not isinstance(rows, list):
        raise ListUnreadable('A JSON list holds its entries under "data".')
    return rows


def _csv_rows(text: str) -> list[Any]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if "indicator" not in (reader.fieldnames or ()):
        raise ListUnreadable("The first row of a CSV list names its columns; indicator is missing.")
    try:
        return list(reader)
    except csv.Error as error:
        raise ListUnreadable(f"The list is not valid CSV: {error}.") from error


def _entry(row: Any, place: int) -> ListedHash:
    if not isinstance(row, dict):
        raise ListUnreadable(f"Entry {place} is not a set of named fields.")
    indicator = str(row.get("indicator") or "").strip().lower()
    kind = str(row.get("type") or "HASH_PDQ").strip().upper()
    if kind not in KINDS:
        raise ListUnreadable(f"Entry {place} has the type {kind[:40]!r}; known are {', '.join(KINDS)}.")
    if not _HEX.fullmatch(indicator):
        raise ListUnreadable(f"Entry {place} has no hash of 64 hex digits: {indicator[:80]!r}.")
    tags = row.get("tags") or ()
    words = (
        tags.split()
        if isinstance(tags, str)
        else [str(tag) for tag in tags]
        if isinstance(tags, list | tuple)
        else []
    )
    try:
        quality = int(row.get("quality") or 100)
    except (TypeError, ValueError) as error:
        raise ListUnreadable(f"Entry {place} has a quality that is no whole number.") from error
    return ListedHash(
        indicator,
        "HASH_PDQ" if kind == "HASH_PDQ" else "HASH_SHA256",
        str(row.get("description") or "").removeprefix("'")[:MOST_CHARACTERS],
        tuple(word[:60] for word in words[:20]),
        min(max(quality, 0), 100),
        str(row.get("added_on") or "")[:40],
    )
