"""Encoded segments on disk under the hash of their inputs."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import MediaFolderUnwritable
from core.files import atomic_path, disk_errors

MAGIC = b"AIGCSEG1"


@dataclass(frozen=True)
class EncodedFrame:
    """One H.264 access unit; ``pts`` counts frames since the segment's start, in decoding order on the list."""

    pts: int
    keyframe: bool
    data: bytes


@dataclass(frozen=True)
class EncodedSegment:
    """A closed group of pictures with the decoder's set-up (``extradata``) it belongs to."""

    extradata: bytes
    frames: tuple[EncodedFrame, ...]


def segment_path(folder: Path, key: str) -> Path:
    return folder / key[:2] / f"{key}.seg"


def write_segment(folder: Path, key: str, segment: EncodedSegment) -> None:
    """Keep a segment under its key; readers see the whole file or none."""
    payload = b"".join(frame.data for frame in segment.frames)
    header = {
        "extradata": segment.extradata.hex(),
        "frames": [[frame.pts, frame.keyframe, len(frame.data)] for frame in segment.frames],
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    path = segment_path(folder, key)
    with atomic_path(path) as temporary, disk_errors(path.parent), temporary.open("wb") as out:
        out.write(MAGIC + len(text).to_bytes(4, "big") + text)
        out.write(payload)


def read_segment(folder: Path, key: str, frames: int) -> EncodedSegment | None:
    """The kept segment, or ``None`` when there is none or the file is damaged (it is then made again)."""
    path = segment_path(folder, key)
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None  # a folder that cannot be made is said when the segment is written
    except OSError as error:
        raise MediaFolderUnwritable(
            f"The kept segment {path} cannot be read ({error.strerror}). Give the worker's user access to it."
        ) from error
    with suppress(ValueError, KeyError, TypeError):
        if raw[:8] != MAGIC:
            raise ValueError("not a segment")
        start = 12 + int.from_bytes(raw[8:12], "big")
        header = json.loads(raw[12:start])
        if hashlib.sha256(raw[start:]).hexdigest() == header["sha256"] and len(header["frames"]) == frames:
            units = []
            for pts, keyframe, size in header["frames"]:
                units.append(EncodedFrame(int(pts), bool(keyframe), raw[start : start + size]))
                start += size
            with suppress(OSError):
                os.utime(path)  # recently used: `trim_cache` removes the oldest first
            return EncodedSegment(bytes.fromhex(header["extradata"]), tuple(units))
    return None


def trim_cache(folder: Path, max_bytes: int) -> int:
    """Remove the segments used longest ago until the rest is at most ``max_bytes``; returns the bytes freed."""
    found = []
    for path in folder.glob("*/*.seg"):
        with suppress(FileNotFoundError):
            status = path.stat()
            found.append((status.st_mtime, status.st_size, path))
    excess, freed = sum(size for _, size, _ in found) - max_bytes, 0
    for _, size, path in sorted(found, key=lambda entry: entry[0]):
        if freed >= excess:
            break
        path.unlink(missing_ok=True)
        freed += size
    return freed
