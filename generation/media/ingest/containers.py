"""The outer structure of mp4 and Matroska files: whole, nothing behind it, not encrypted, pointing nowhere."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from generation.media.ingest.formats import ARCHIVES, ISO, JPEG, MATROSKA, PNG, PROGRAMS, WEBP, Family
from generation.media.ingest.refusals import refusal

MOST_BOXES = 20_000
MOST_INDEX_BYTES = 64_000_000
PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"}
OUTER = set(
    b"ftyp moov mdat free skip wide uuid pnot moof mfra sidx styp meta pdin ssix prft emsg udta PICT jumb".split()
)
ENCRYPTED = {b"encv", b"enca", b"encs", b"drmi", b"drms"}
EBML, SEGMENT, TRACKS, CLUSTER, VOID = 0x1A45DFA3, 0x18538067, 0x1654AE6B, 0x1F43B675, 0xEC
DOC_TYPE, TRACK, ENCODINGS, ENCODING, ENCRYPTION = 0x4282, 0xAE, 0x6D80, 0x6240, 0x5035


def check_structure(path: Path, family: Family) -> None:
    """Raises ``UploadRejected`` for what can be told without decoding."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        if family is ISO:
            _check_iso(stream, size)
        elif family is MATROSKA:
            _check_matroska(stream, size)
        elif family is PNG:
            _check_png(stream, size)
        elif family is WEBP:
            whole = int.from_bytes(stream.read(8)[4:], "little") + 8
            _check_length(whole + whole % 2, size, "webp")
        elif family is JPEG:
            _check_jpeg(stream, size)


def _check_length(whole: int, size: int, name: str) -> None:
    if whole > size + 1:
        raise refusal("upload_truncated", missing=whole - size)
    if size > whole:
        raise refusal("upload_trailing_data", format=name, bytes=size - whole)


# --- mp4, mov: boxes of (length, type) ---------------------------------------------------------------------------


def _check_iso(stream: BinaryIO, size: int) -> None:
    seen: dict[bytes, tuple[int, int]] = {}
    at = 0
    while at < size:
        stream.seek(at)
        head = stream.read(16)
        length, header = int.from_bytes(head[:4], "big"), 8
        name = head[4:8]
        if length == 1:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0 and name in OUTER:
            length = size - at
        if name not in OUTER or length < header:
            if seen.keys() >= {b"moov", b"mdat"}:
                stream.seek(at)
                if any(stream.read(1_000_000)):
                    raise refusal("upload_trailing_data", format="mp4", bytes=size - at)
                break  # padding with zeros is harmless
            raise refusal("upload_malformed", detail=f"unknown box at byte {at}")
        if at + length > size:
            raise refusal("upload_truncated", missing=at + length - size)
        if name in (b"free", b"skip", b"uuid"):
            _refuse_stowaway(stream, at + header)
        seen.setdefault(name, (at + header, length - header))
        at += length
    if b"moov" not in seen:
        raise refusal("upload_unfinished")
    start, length = seen[b"moov"]
    if length > MOST_INDEX_BYTES:
        raise refusal("upload_malformed", detail=f"an index of {length} bytes")
    stream.seek(start)
    _check_index(stream.read(length))


def _refuse_stowaway(stream: BinaryIO, start: int) -> None:
    stream.seek(start)
    content = stream.read(16).lstrip(b"\x00")
    if content.startswith((*ARCHIVES, *PROGRAMS, b"%PDF-", b"<")):
        raise refusal("upload_polyglot", format="mp4", hidden="something hidden in a filler box")


def _check_index(moov: bytes) -> None:
    for name, content in _boxes(moov):
        if name == b"pssh":
            raise refusal("upload_encrypted")
        if name == b"stsd" and any(entry in ENCRYPTED for entry, _ in _boxes(content[8:], deep=False)):
            raise refusal("upload_encrypted")
        if name == b"dref":
            for kind, entry in _boxes(content[8:], deep=False):
                if kind in (b"url ", b"urn ", b"alis") and entry[3:4] and not entry[3] & 1:
                    raise refusal("upload_external_reference")


def _boxes(data: bytes, *, deep: bool = True) -> Iterator[tuple[bytes, bytes]]:
    """(type, content) of the boxes in ``data`` and, if ``deep``, of those inside them."""
    todo = [data]
    count = 0
    while todo:
        block, at = todo.pop(), 0
        while at + 8 <= len(block):
            length, name = struct.unpack_from(">I4s", block, at)
            header = 8
            if length == 1 and at + 16 <= len(block):
                length, header = int.from_bytes(block[at + 8 : at + 16], "big"), 16
            elif length == 0:
                break  # the four zeros that end a QuickTime list
            count += 1
            if length < header or at + length > len(block) or count > MOST_BOXES:
                raise refusal("upload_malformed", detail=f"box {name.decode('latin-1')!r} does not fit")
            content = block[at + header : at + length]
            yield name, content
            if deep and name in PARENTS:
                todo.append(content)
            at += length


# --- webm, mkv: EBML elements ------------------------------------------------------------------------------------


def _number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int, bool]:
    """A variable-length number: (value, bytes it took, all ones = unknown)."""
    first = data[at] if at < len(data) else 0
    width = 9 - first.bit_length()
    if first == 0 or at + width > len(data):
        raise refusal("upload_malformed", detail=f"no element at byte {at}")
    raw = int.from_bytes(data[at : at + width], "big")
    ones = (1 << 7 * width) - 1
    value = raw if keep_marker else raw & ones
    return value, width, raw & ones == ones


def _elements(data: bytes, start: int = 0) -> Iterator[tuple[int, int, int, bool]]:
    """(id, start of content, its length, unknown length) of the elements in ``data``."""
    at = start
    while at < len(data):
        name, taken, _ = _number(data, at, keep_marker=True)
        length, more, unknown = _number(data, at + taken, keep_marker=False)
        content = at + taken + more
        yield name, content, length, unknown
        at = content + length


def _check_matroska(stream: BinaryIO, size: int) -> None:
    head = stream.read(min(size, 4_000_000))
    elements = _elements(head)
    name, start, length, _ = next(elements)
    if length > 4096 or name != EBML:
        raise refusal("upload_malformed", detail="no header")
    types = [head[at : at + n] for i, at, n, _ in _elements(head[: start + length], start) if i == DOC_TYPE]
    if not types or types[0].rstrip(b"\x00") not in (b"webm", b"matroska"):
        raise refusal("upload_malformed", detail="no webm or mkv header")
    name, start, length, unknown = next((e for e in elements if e[0] != VOID), (0, 0, 0, False))
    if name == 0:
        raise refusal("upload_unfinished")
    if name != SEGMENT:
        raise refusal("upload_malformed", detail="no segment")
    if not unknown:
        _check_length(start + length, size, "webm")
    for name, at, length, _ in _elements(head, start):
        if name == TRACKS and _holds_encryption(head[at : at + length]):
            raise refusal("upload_encrypted")
        if name in (CLUSTER, TRACKS):
            return
    raise refusal("upload_unfinished")


def _holds_encryption(tracks: bytes) -> bool:
    blocks = [tracks]
    for wanted in (TRACK, ENCODINGS, ENCODING, ENCRYPTION):
        blocks = [b[at : at + n] for b in blocks for name, at, n, _ in _elements(b) if name == wanted]
    return bool(blocks)


# --- pictures ----------------------------------------------------------------------------------------------------


def _check_png(stream: BinaryIO, size: int) -> None:
    at = 8
    while at + 12 <= size:
        stream.seek(at)
        head = stream.read(8)
        at += int.from_bytes(head[:4], "big") + 12
        if head[4:] == b"acTL":
            raise refusal("upload_animated")
        if head[4:] == b"IEND":
            return _check_length(at, size, "png")
    raise refusal("upload_truncated", missing=max(at + 12 - size, 1))


def _check_jpeg(stream: BinaryIO, size: int) -> None:
    """The end mark must be there; phones keep a short film behind it, which is left out when it is drawn anew."""
    if b"\xff\xd9" not in stream.read():
        raise refusal("upload_truncated", missing="the last")
