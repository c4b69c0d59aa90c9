"""Opening a file from anywhere: the container is told by its first bytes and nothing but that file is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer

from generation.errors import MediaUnreadable

_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
_STARTS = {
    b"\x1a\x45\xdf\xa3": "matroska",
    b"RIFF": "wav",
    b"RF64": "wav",
    b"BW64": "wav",
    b"ID3": "mp3",
    b"OggS": "ogg",
    b"fLaC": "flac",
}
_STILLS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_WEBP = b"WEBP"
_MP3_SYNC = 0xE2  # layer III behind eleven bits of sync


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The film or recording at ``path``: mp4 or Matroska family, wav, mp3, ogg or flac.

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


def is_still(path: Path) -> bool:
    """Whether the file at ``path`` begins as a JPEG, PNG or WebP picture. Raises ``MediaUnreadable``."""
    head = _head(path)
    return head.startswith(_STILLS) or (head[:4] == b"RIFF" and head[8:12] == _WEBP)


def _demuxer(path: Path) -> str:
    head = _head(path)
    if head[4:8] in _BOXES:
        return "mov"
    for start, demuxer in _STARTS.items():
        if head.startswith(start):
            return demuxer
    if head.lstrip(b"\x00")[:1] in (b"", b"\xff") and head:
        rest = _behind_zeros(path)
        if len(rest) > 1 and rest[0] == 0xFF and rest[1] & 0xE6 == _MP3_SYNC:
            return "mp3"
    kind = "is empty" if not head else "begins like none of them"
    raise MediaUnreadable(
        f"A video must be mp4, mov, webm or mkv, a picture JPEG, PNG or WebP, a recording wav, mp3, m4a, flac or ogg; "
        f"{path.name} {kind}."
    )


def _behind_zeros(path: Path) -> bytes:
    """Cutters leave zeros before the first sound of an mp3."""
    with path.open("rb") as stream:
        return stream.read(1_000_000).lstrip(b"\x00")[:4]


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(12)
    except OSError as error:
        raise MediaUnreadable(f"{path.name} cannot be read ({error.strerror}); try another file.") from error
