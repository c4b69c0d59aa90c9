"""Where a file keeps what it says of itself outside its streams: XMP packets and text fields of pictures, films, sounds.

XMP 1.0 part 3 (https://www.adobe.com/devnet/xmp.html) names the places: JPEG APP1, PNG ``iTXt``, the ``XMP`` chunk of WebP
and wav, a ``uuid`` or ``XMP_`` box of mp4, ``PRIV`` of ID3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from json import JSONDecoder
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 1_000_000  # of one packet, unpacked: no honest one comes near
MOST_PARTS = 5_000  # chunks, segments or boxes that are looked at
JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
PNG_XMP = b"XML:com.adobe.xmp"
BOX_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
HOLDERS = (b"moov", b"udta", b"trak", b"meta")
RIFF_XMP = (b"XMP ", b"_PMX")
ID3_XMP = b"PRIV"
AIGC_OPENING = b'{"AIGC"'
MOST_COMMENT = 8192
Field = tuple[str, str]  # (key, text); the key of an XMP packet is ``XMP``
XMP = "XMP"


def fields_of(path: Path) -> list[Field]:
    """The XMP packets and named texts of the file at ``path``, in its order; none in a file of another kind.

    Broken parts end the search. Raises ``OSError`` for a file that cannot be read.
    """
    found: list[Field] = []
    with path.open("rb") as stream:
        head = stream.read(12)
        try:
            for key, content in _raw(stream, head):
                found.append(
                    (key, content[:MOST_BYTES].decode("utf-8", "replace").strip("\x00\ufeff \r\n\t"))
                )
        except (struct.error, IndexError, zlib.error):
            pass  # what was whole is still told
    return found


def _raw(stream: BinaryIO, head: bytes) -> Iterator[tuple[str, bytes]]:
    if head.startswith(b"\xff\xd8"):
        yield from _of_jpeg(stream)
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from _of_png(stream)
    elif head[:4] in (b"RIFF", b"RF64", b"BW64"):
        yield from _of_riff(stream)
    elif head[4:8].isalpha() or head[4:8] == b"free":
        stream.seek(0, 2)
        yield from _of_boxes(stream, 0, stream.tell())
    elif head.startswith(b"ID3"):
        yield from _of_id3(stream)


def _of_jpeg(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    stream.seek(2)
    for _ in range(MOST_PARTS):
        mark, kind, length = struct.unpack(">BBH", stream.read(4))
        if mark != 0xFF or kind in (0xDA, 0xD9) or length < 2:
            return  # the picture itself begins
        content = stream.read(length - 2)
        if kind == 0xE1 and content.startswith(JPEG_XMP):
            yield XMP, content[len(JPEG_XMP) :]
        elif kind == 0xE1 and content.startswith(b"Exif\x00"):
            yield from _of_exif(content)
        elif kind == 0xFE:
            yield "COM", content


def _of_png(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    stream.seek(8)
    for _ in range(MOST_PARTS):
        length, kind = struct.unpack(">I4s", stream.read(8))
        if kind == b"IEND":
            return
        if kind == b"eXIf" and length <= MOST_BYTES:
            yield from _of_exif(stream.read(length))
            stream.seek(4, 1)
            continue
        if kind not in (b"tEXt", b"zTXt", b"iTXt") or length > MOST_BYTES:
            stream.seek(length + 4, 1)
            continue
        key, _, rest = stream.read(length).partition(b"\x00")
        stream.seek(4, 1)
        if kind == b"zTXt":
            rest = _unpacked(rest[1:])
        elif kind == b"iTXt":
            packed = rest[0]
            rest = rest[2:].split(b"\x00", 2)[2]  # behind the language and the translated key
            rest = _unpacked(rest) if packed else rest
        yield XMP if key == PNG_XMP else key.decode("latin-1"), rest


def _of_exif(content: bytes) -> Iterator[tuple[str, bytes]]:
    """A field written into a comment of the camera's data: JSON that opens with its key."""
    for step in (1, 2):  # letters of one byte, or of two in either order
        plain = content[::step], content[1::step]
        for letters in plain[:step]:
            at = letters.find(AIGC_OPENING)
            if at >= 0:
                text = letters[at : at + MOST_COMMENT].decode("utf-8", "replace")
                with suppress(ValueError):
                    end = JSONDecoder().raw_decode(text)[1]
                    yield "UserComment", text[:end].encode()
                    return


def _unpacked(content: bytes) -> bytes:
    return zlib.decompressobj().decompress(content, MOST_BYTES)


def _of_riff(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    stream.seek(12)
    for _ in range(MOST_PARTS):
        kind, length = struct.unpack("<4sI", stream.read(8))
        if kind in RIFF_XMP and length <= MOST_BYTES:
            yield XMP, stream.read(length + length % 2)
        else:
            stream.seek(length + length % 2, 1)


def _of_boxes(stream: BinaryIO, at: int, end: int) -> Iterator[tuple[str, bytes]]:
    todo, count = [(at, end)], 0
    while todo:
        at, end = todo.pop(0)
        while at + 8 <= end and count < MOST_PARTS:
            count += 1
            stream.seek(at)
            head = stream.read(32)
            length, kind = struct.unpack_from(">I4s", head)
            header = 8
            if length == 1:
                length, header = struct.unpack_from(">Q", head, 8)[0], 16
            elif length == 0:
                length = end - at
            if length < header or at + length > end:
                break
            if kind == b"uuid" and head[header:].startswith(BOX_XMP):
                yield XMP, _content(stream, at + header + 16, length - header - 16)
            elif kind == b"XMP_":
                yield XMP, _content(stream, at + header, length - header)
            elif kind in HOLDERS:
                todo.append((at + header, at + length))
            at += length


def _content(stream: BinaryIO, at: int, length: int) -> bytes:
    stream.seek(at)
    return stream.read(min(length, MOST_BYTES))


def _of_id3(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    stream.seek(0)
    head = stream.read(10)
    version, end = head[3], 10 + _of_sevens(head[6:10])
    while stream.tell() + 10 <= end:
        frame = stream.read(10)
        kind, raw = frame[:4], frame[4:8]
        length = _of_sevens(raw) if version >= 4 else int.from_bytes(raw, "big")
        if not kind.strip(b"\x00") or length == 0:
            return
        content = stream.read(length) if length <= MOST_BYTES else b""
        if kind == ID3_XMP and content.startswith(b"XMP\x00"):
            yield XMP, content[4:]


def _of_sevens(raw: bytes) -> int:
    """A number of seven bits a byte."""
    number = 0
    for byte in raw:
        number = number << 7 | byte & 0x7F
    return number
