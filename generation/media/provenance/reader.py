"""Opening a file from anywhere: the container is told by its first bytes and nothing but that file is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer

from generation.errors import MediaUnreadable

_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
_EBML = b"\x1a\x45\xdf\xa3"


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The container at ``path``, of the mp4 or the Matroska family.

    The demuxer is named from the first bytes, never guessed, so a playlist cannot make FFmpeg fetch other files.
    Raises ``MediaUnreadable``, also for what fails while the container is in use.
    """
    try:
        options = {"protocol_whitelist": "file"}
        with av.open(
            str(path), format=_demuxer(path), options=options, metadata_errors="replace"
        ) as container:
            yield container
    except (av.FFmpegError, OSError, EOFError, MemoryError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise MediaUnreadable(f"{path.name} cannot be read as a video ({told}); try another file.") from error


def _demuxer(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(12)
    if head[4:8] in _BOXES:
        return "mov"
    if head.startswith(_EBML):
        return "matroska"
    kind = "is empty" if not head else "begins like none of them"
    raise MediaUnreadable(f"A video must be mp4, mov, webm or mkv; {path.name} {kind}.")
