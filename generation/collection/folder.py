"""A folder or zip archive of pictures and clips: what is in it, told by content, nothing written outside its own place."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
from PIL import Image

from core.errors import PlatformError
from generation.media.ingest.features import phash

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
FILE_BYTES_MAX = 64 << 20
FILES_MAX = 2_000_000
_PIXELS_MAX = 50_000_000


class FolderUnreadable(PlatformError):
    """A folder or archive with nothing to learn from in it."""

    code = "folder_unreadable"


def pictures_listed(place: Path) -> pd.DataFrame:
    """The pictures of a folder or zip archive, by name.

    Columns: ``name``, ``category`` (the folder it lies in, "" at the top), ``bytes``, ``sha256``, ``width``, ``height``,
    ``phash`` (64 bits as 16 hex digits), ``fault`` ("" or why it is no use). Raises ``FolderUnreadable``.
    """
    rows = [_row(name, data) for name, data in _files(place)]
    if not rows:
        raise FolderUnreadable(f"{place.name} holds no pictures ({', '.join(PICTURES)}).")
    return pd.DataFrame(rows).sort_values("name", kind="stable", ignore_index=True)


def _files(place: Path) -> Iterator[tuple[str, bytes]]:
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.suffix.lower() in PICTURES and path.is_file() and not path.is_symlink():
                yield path.relative_to(place).as_posix(), path.read_bytes()[: FILE_BYTES_MAX + 1]
        return
    try:
        archive = zipfile.ZipFile(place)
    except (OSError, zipfile.BadZipFile) as problem:
        raise FolderUnreadable(f"{place.name} is neither a folder nor a zip archive.") from problem
    with archive:
        entries = [
            entry for entry in archive.infolist() if PurePosixPath(entry.filename).suffix.lower() in PICTURES
        ]
        if len(entries) > FILES_MAX:
            raise FolderUnreadable(
                f"{place.name} holds {len(entries)} pictures; at most {FILES_MAX} are taken."
            )
        for entry in entries:
            with archive.open(
                entry
            ) as file:  # read to a limit: what the archive says of its sizes may be a lie
                yield entry.filename, file.read(FILE_BYTES_MAX + 1)


def _row(name: str, data: bytes) -> dict[str, object]:
    row: dict[str, object] = {
        "name": name,
        "category": PurePosixPath(name).parent.name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "width": 0,
        "height": 0,
        "phash": "",
        "fault": "",
    }
    if len(data) > FILE_BYTES_MAX:
        return row | {"fault": "too_large"}
    try:
        with Image.open(io.BytesIO(data)) as picture:
            row |= {"width": picture.width, "height": picture.height}
            if picture.width * picture.height > _PIXELS_MAX:
                return row | {"fault": "too_large"}
            pixels = np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return row | {"fault": "unreadable"}
    return row | {"phash": phash(pixels)}
