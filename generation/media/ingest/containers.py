"""The outer structure of mp4 and Matroska files: whole, nothing behind it, not encrypted, pointing nowhere."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from generation.media.ingest.formats import (
    ARCHIVES,
    ISO,
    JPEG,
    MATROSKA,
    PNG,
    PROGRAMS,
    WEB_MARKS,
    WEBP,
    Family,
)
from generation.media.ingest.refusals import _, refusal

MOST_BOXES = 20_000
MOST_INDEX_BYTES = 64_000_000
PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"}
OUTER = set(
    b"ftyp moov mdat free skip wide uuid pnot moof mfra sidx styp meta pdin ssix prft emsg udta PICT jumb".split()
)
# boxes whose content no player reads; uuid boxes begin with a name of 16 bytes
FILLERS = {b"free": 0, b"skip": 0, b"uuid": 16}
# What phones, cameras and taggers hang behind the end, told by how it ends: Samsung, Insta360, OnePlus, vivo, Canon,
# Photo Mechanic, dash cameras, APE tags. https://exiftool.org/TagNames/ (Trailers)
TRAILER_ENDS = (
    b"SEFT",
    b"QDIOBS",
    b"8db42d694ccc418790edff439fe026bf",
    b"jxrs",
    b"cbipcbbl",
)
TRAILER_STARTS = (b"vivo{", b"MotionPhoto_Data", b"LIGOGPSINFO", b"CANON OPTIONAL DATA\x00", b"APETAGEX")
ID3_TAG, ID3_TAG_BYTES = b"TAG", 128
MOST_TRAILER_BYTES = 1_000_000
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
            _check_length(stream, whole + whole % 2, size, "webp")
        elif family is JPEG:
            _check_jpeg(stream, size)


def _check_length(stream: BinaryIO, whole: int, size: int, name: str) -> None:
    if whole > size + 1:
        raise refusal("upload_truncated", missing=whole - size)
    if size > whole:
        _check_trailer(stream, whole, size, name)


def _check_trailer(stream: BinaryIO, at: int, size: int, name: str) -> None:
    """Padding and the trailers of cameras may follow an end, which are left behind; nothing else may."""
    stream.seek(at)
    start = stream.read(MOST_TRAILER_BYTES)
    stream.seek(max(at, size - 64))
    end = stream.read()
    is_padding = len(start) == size - at and not any(start)
    is_tag = size - at == ID3_TAG_BYTES and start.startswith(ID3_TAG)
    is_known = is_tag or start.startswith(TRAILER_STARTS) or end.endswith(TRAILER_ENDS)
    if not (is_padding or (is_known and not _opens_elsewhere(start))):
        raise refusal("upload_trailing_data", format=name, bytes=size - at)


def _opens_elsewhere(content: bytes) -> bool:
    """Whether another program would take bytes for its own when they stand at the beginning of a file."""
    start = content[:32].lstrip(b"\x00")
    return start.startswith((*ARCHIVES, *PROGRAMS, b"%PDF-")) or start.lower().startswith(WEB_MARKS)


# --- mp4, mov: boxes of (length, type) ---------------------------------------------------------------------------


def _check_iso(stream: BinaryIO, size: int) -> None:
    """Boxes of any maker are passed over, as players do, where they are well formed and hide nothing."""
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
        is_box = len(head) >= header and length >= header and (name in OUTER or _is_name(name))
        if not is_box or (name not in OUTER and at + length > size):
            if seen.keys() >= {b"moov", b"mdat"}:
                _check_trailer(stream, at, size, "mp4")
                break
            raise refusal("upload_malformed", detail=f"unknown box at byte {at}")
        if at + length > size:
            raise refusal("upload_truncated", missing=at + length - size)
        if name in FILLERS or name not in OUTER:
            _refuse_stowaway(stream, at + header, length - header, named=FILLERS.get(name, 0))
        seen.setdefault(name, (at + header, length - header))
        at += length
    if b"moov" not in seen:
        raise refusal("upload_unfinished")
    start, length = seen[b"moov"]
    if length > MOST_INDEX_BYTES:
        raise refusal("upload_malformed", detail=f"an index of {length} bytes")
    stream.seek(start)
    _check_index(stream.read(length))


def _is_name(name: bytes) -> bool:
    """Whether four bytes can be a box's type: visible letters, or the © of QuickTime."""
    return all(32 <= letter < 127 or letter == 0xA9 for letter in name)


def _refuse_stowaway(stream: BinaryIO, start: int, length: int, *, named: int) -> None:
    """Look into the ``length`` bytes of a box, its own name of ``named`` bytes passed over, and not past its end."""
    for skipped in {0, named}:
        stream.seek(start + skipped)
        if _opens_elsewhere(stream.read(min(max(length - skipped, 0), 32))):
            raise refusal("upload_polyglot", format="mp4", hidden=_("something hidden in a filler box"))


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
            elif length == 0 and not name.strip(b"\x00"):
                break  # the zeros that end a QuickTime list
            elif length == 0:
                length = len(block) - at  # to the end of what holds it
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
        _check_length(stream, start + length, size, "webm")
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
        if head[4:] == b"acTL" and int.from_bytes(stream.read(4), "big") > 1:
            raise refusal("upload_animated")
        if head[4:] == b"IEND":
            return _check_length(stream, at, size, "png")
    raise refusal("upload_truncated", missing=max(at + 12 - size, 1))


def _check_jpeg(stream: BinaryIO, size: int) -> None:
    """The end mark must be there; phones keep a short film behind it, which is left out when it is drawn anew."""
    if b"\xff\xd9" not in stream.read():
        raise refusal("upload_truncated", missing="the last")
