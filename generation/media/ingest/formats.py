"""What a file is by its first bytes, before any decoder sees it; disguises and wrong names are refused here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from generation.media.ingest.refusals import TAKEN, refusal

HEAD_BYTES = 4096
DISGUISE_BYTES = 1024  # how far readers of PDF and browsers look for their own beginning
ZIP_TAIL_BYTES = 65_557  # an archive's directory ends with at most this many bytes


@dataclass(frozen=True)
class Family:
    """A container we open: our ``name``, FFmpeg's ``demuxer``, ``words`` for people, usual ``suffixes``, ``kinds``."""

    name: str
    demuxer: str
    words: str
    suffixes: tuple[str, ...]
    kinds: tuple[str, ...]


ISO = Family("iso", "mov", "an mp4 or mov film", ("mp4", "mov", "m4v", "m4a", "3gp", "qt"), ("clip", "audio"))
MATROSKA = Family("matroska", "matroska", "a webm or mkv film", ("webm", "mkv", "mka"), ("clip", "audio"))
JPEG = Family("jpeg", "", "a JPEG picture", ("jpg", "jpeg", "jpe", "jfif"), ("image",))
PNG = Family("png", "", "a PNG picture", ("png",), ("image",))
WEBP = Family("webp", "", "a WebP picture", ("webp",), ("image",))
WAV = Family("wav", "wav", "a wav recording", ("wav", "wave"), ("audio",))
MP3 = Family("mp3", "mp3", "an mp3 recording", ("mp3",), ("audio",))
OGG = Family("ogg", "ogg", "an ogg recording", ("ogg", "oga", "opus"), ("audio",))
FAMILIES = (ISO, MATROSKA, JPEG, PNG, WEBP, WAV, MP3, OGG)
KINDS = {"clip": "a clip", "image": "a picture", "audio": "a voice-over"}
OTHER_SUFFIXES = set(
    """
    avi flv wmv asf ts mts mpg mpeg vob gif bmp tif tiff heic avif svg psd flac aac amr aiff txt pdf doc
    docx html htm xml js css zip rar 7z gz tar exe dll sh py php m3u m3u8 mpd srt vtt ass json csv apk
    iso
    """.split()
)
BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof")
ISO_PICTURES = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
    b"avif": "AVIF",
    b"avis": "AVIF",
}

ARCHIVES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"Rar!\x1a\x07": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
PROGRAMS = (b"\x7fELF", b"MZ", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\x00asm", b"dex\n")
OTHER_FORMATS = {
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"FLV\x01": "FLV",
    b"\x30\x26\xb2\x75": "WMV",
    b"\x00\x00\x01\xba": "MPEG",
    b"\x00\x00\x01\xb3": "MPEG",
    b"fLaC": "FLAC",
    b"FORM": "AIFF",
    b"#!AMR": "AMR",
    b"8BPS": "Photoshop",
    b"\x00\x00\x00\x0cjP  ": "JPEG 2000",
}
PLAYLISTS = (
    "#extm3u",
    "ffconcat",
    "[playlist]",
    "[reference]",
    "v=0",
    "<asx",
    "<smil",
    "rtsp://",
    "http://",
    "https://",
)
SUBTITLES = re.compile(r"webvtt|\[script info\]|\d+\s*\n\d\d:\d\d:\d\d[,.]\d|\{\d+\}\{\d+\}|<sami")
WEB_MARKS = (b"<html", b"<script", b"<?php", b"<svg", b"<!doctype", b"<iframe")


def sniff(path: Path, *, kind: str, name: str) -> Family:
    """The container family of the file at ``path``, announced as ``kind`` under ``name``. Raises ``UploadRejected``."""
    size = path.stat().st_size
    if size == 0:
        raise refusal("upload_empty")
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(max(size - ZIP_TAIL_BYTES, 0))
        tail = stream.read()
    family = family_of(head)
    if family is None:
        raise _foreign(head, kind)
    _refuse_disguise(family, head, tail)
    suffix = Path(name).suffix.lower().lstrip(".")
    known = OTHER_SUFFIXES.union(*(each.suffixes for each in FAMILIES))
    if suffix in known and suffix not in family.suffixes:
        raise refusal("upload_misnamed", suffix=suffix, found=family.words)
    if kind not in family.kinds:
        raise refusal("upload_wrong_kind", found=family.words, kind=KINDS[kind])
    return family


def family_of(head: bytes) -> Family | None:
    """The container that a file's first bytes open, if it is one of ours."""
    if head[4:8] in BOXES and head[8:12] not in ISO_PICTURES:
        return ISO
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    starts = {
        b"\x1a\x45\xdf\xa3": MATROSKA,
        b"\xff\xd8\xff": JPEG,
        b"\x89PNG\r\n\x1a\n": PNG,
        b"OggS": OGG,
        b"ID3": MP3,
    }
    for start, family in starts.items():
        if head.startswith(start):
            return family
    # an MPEG audio frame: 11 bits of sync, then layer III, a bit rate and a sampling rate that exist
    is_frame = len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    return MP3 if is_frame and head[2] >> 4 not in (0, 15) and head[2] & 12 != 12 else None


def _foreign(head: bytes, kind: str) -> Exception:
    """Why something that is no family of ours is not taken."""
    taken = TAKEN[kind]
    text = head.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n").lower()
    for start, found in OTHER_FORMATS.items():
        if head.startswith(start) and not (start == b"BM" and head[6:10] != bytes(4)):
            return refusal("upload_format", found=found, taken=taken)
    for start, found in ARCHIVES.items():
        if head.startswith(start):
            return refusal("upload_archive", found=found)
    if head[257:262] == b"ustar":
        return refusal("upload_archive", found="tar")
    if text.startswith("#!ffconcat") or text.startswith(PLAYLISTS) or "<mpd" in text or "<playlist" in text:
        return refusal("upload_playlist")
    if head.startswith(PROGRAMS):
        return refusal("upload_program")
    if text.startswith("%pdf-"):
        return refusal("upload_document", found="PDF")
    if text.startswith("{\\rtf") or head.startswith(b"\xd0\xcf\x11\xe0"):
        return refusal("upload_document", found="Word")
    if text.startswith("<") and "<svg" in text:
        return refusal("upload_vector_drawing")
    if SUBTITLES.match(text):
        return refusal("upload_subtitles")
    if text.startswith("<"):
        return refusal("upload_web_page")
    if head[:4] == b"RIFF" or head[8:12] in ISO_PICTURES or head[:1] == b"G" == head[188:189]:
        found = ISO_PICTURES.get(head[8:12]) or ("AVI" if head[:4] == b"RIFF" else "MPEG-TS")
        return refusal("upload_format", found=found, taken=taken)
    if _is_script_box(head):
        return refusal("upload_polyglot", format="mp4", hidden="a script")
    printable = sum(letter.isprintable() or letter in "\r\n\t" for letter in text)
    if text and "\ufffd" not in text[:-1] and printable == len(text):
        return refusal("upload_text")
    return refusal("upload_unknown", taken=taken)


def _is_script_box(head: bytes) -> bool:
    """A box whose length, read as text, opens a script: no honest box is over half a gigabyte long here."""
    return head[4:8] in BOXES and all(32 <= byte < 127 for byte in head[:4])


def _refuse_disguise(family: Family, head: bytes, tail: bytes) -> None:
    """Content that another program would take for its own. Raises ``UploadRejected``."""
    early = head[:DISGUISE_BYTES].lower()
    if _is_script_box(head):
        raise refusal("upload_polyglot", format=family.suffixes[0], hidden="a script")
    if b"%pdf-" in early:
        raise refusal("upload_polyglot", format=family.suffixes[0], hidden="a PDF document")
    if any(mark in early for mark in WEB_MARKS):
        raise refusal("upload_polyglot", format=family.suffixes[0], hidden="a web page")
    if _ends_as_zip(tail):
        raise refusal("upload_polyglot", format=family.suffixes[0], hidden="a zip archive")


def _ends_as_zip(tail: bytes) -> bool:
    """An end-of-directory record that names a directory standing right before it, or an empty archive at the very end."""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        return False
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if length == 0:
        return at + 22 == len(tail)
    return length > at or tail[at - length : at - length + 4] == b"PK\x01\x02"
