"""What a file is by its first bytes, before any decoder sees it; disguises and wrong names are refused here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from generation.media.ingest.refusals import TAKEN, _, refusal

HEAD_BYTES = 4096
DISGUISE_BYTES = 1024  # how far readers of PDF and browsers look for their own beginning
MOST_LEADING_ZEROS = 1_000_000
ZIP_TAIL_BYTES = 65_557  # an archive's directory ends with at most this many bytes


@dataclass(frozen=True)
class Family:
    """A container we open: our ``name``, FFmpeg's ``demuxer``, ``words`` for people, usual ``suffixes``, ``kinds``."""

    name: str
    demuxer: str
    words: str
    suffixes: tuple[str, ...]
    kinds: tuple[str, ...]


ISO = Family(
    "iso", "mov", _("an mp4 or mov film"), ("mp4", "mov", "m4v", "m4a", "3gp", "qt"), ("clip", "audio")
)
MATROSKA = Family("matroska", "matroska", _("a webm or mkv film"), ("webm", "mkv", "mka"), ("clip", "audio"))
JPEG = Family("jpeg", "", _("a JPEG picture"), ("jpg", "jpeg", "jpe", "jfif"), ("image",))
PNG = Family("png", "", _("a PNG picture"), ("png",), ("image",))
WEBP = Family("webp", "", _("a WebP picture"), ("webp",), ("image",))
WAV = Family("wav", "wav", _("a wav recording"), ("wav", "wave", "bwf", "rf64"), ("audio",))
MP3 = Family("mp3", "mp3", _("an mp3 recording"), ("mp3",), ("audio",))
OGG = Family("ogg", "ogg", _("an ogg recording"), ("ogg", "oga", "opus"), ("audio",))
FLAC = Family("flac", "flac", _("a FLAC recording"), ("flac",), ("audio",))
FAMILIES = (ISO, MATROSKA, JPEG, PNG, WEBP, WAV, MP3, OGG, FLAC)
KINDS = {"clip": _("a clip"), "image": _("a picture"), "audio": _("a voice-over")}
OTHER_SUFFIXES = set(
    """
    avi flv wmv asf ts mts mpg mpeg vob gif bmp tif tiff heic avif svg psd aac amr aiff txt pdf doc
    docx html htm xml js css zip rar 7z gz tar exe dll sh py php m3u m3u8 mpd srt vtt ass json csv apk
    iso
    """.split()
)
BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof")
ISO_PICTURES = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"hevc": "HEIC",
    b"hevx": "HEIC",
    b"mif1": "HEIC",
    b"mif2": "HEIC",
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
# how a file of another format begins → (its name, the kind it would be)
OTHER_FORMATS = {
    b"GIF8": ("GIF", "image"),
    b"BM": ("BMP", "image"),
    b"II*\x00": ("TIFF", "image"),
    b"MM\x00*": ("TIFF", "image"),
    b"FLV\x01": ("FLV", "clip"),
    b"\x30\x26\xb2\x75": ("WMV", "clip"),
    b"\x00\x00\x01\xba": ("MPEG", "clip"),
    b"\x00\x00\x01\xb3": ("MPEG", "clip"),
    b"FORM": ("AIFF", "audio"),
    b"caff\x00\x01": ("CAF", "audio"),
    b"riff\x2e\x91\xcf\x11": ("Wave64", "audio"),
    b"wvpk": ("WavPack", "audio"),
    b"#!AMR": ("AMR", "audio"),
    b"\x02#!SILK": ("SILK", "audio"),
    b"#!SILK": ("SILK", "audio"),
    b"8BPS": ("Photoshop", "image"),
    b"\x00\x00\x00\x0cjP  ": ("JPEG 2000", "image"),
    b"\x00\x00\x00\x0cJXL ": ("JPEG XL", "image"),
    b"\xff\x0a": ("JPEG XL", "image"),
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
        start = _behind_silence(stream, head)
        stream.seek(max(size - ZIP_TAIL_BYTES, 0))
        tail = stream.read()
    family = family_of(head) or (MP3 if start is not None and family_of(start) is MP3 else None)
    if family is MP3 and start is not None and start.startswith(b"fLaC"):
        family = FLAC
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


def _behind_silence(stream: BinaryIO, head: bytes) -> bytes | None:
    """What follows a tag of ID3 or the zeros that some recorders and cutters leave before the first sound."""
    at = 0
    if head.startswith(b"ID3") and len(head) > 10:
        size = 0
        for byte in head[6:10]:  # seven bits a byte
            size = size << 7 | byte & 0x7F
        at = 10 + size
    elif head[:1] != b"\x00":
        return None
    stream.seek(at)
    return stream.read(MOST_LEADING_ZEROS).lstrip(b"\x00")[:HEAD_BYTES]


def family_of(head: bytes) -> Family | None:
    """The container that a file's first bytes open, if it is one of ours."""
    if head[4:8] in BOXES and head[8:12] not in ISO_PICTURES:
        return ISO
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"RIFX"):  # the middle two are longer than 4 GB can say
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    starts = {
        b"\x1a\x45\xdf\xa3": MATROSKA,
        b"\xff\xd8\xff": JPEG,
        b"\x89PNG\r\n\x1a\n": PNG,
        b"OggS": OGG,
        b"fLaC": FLAC,
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
    text = head.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n").lower()
    for start, (found, is_a) in OTHER_FORMATS.items():
        if head.startswith(start) and not (start == b"BM" and head[6:10] != bytes(4)):
            return refusal("upload_format", found=found, taken=TAKEN[is_a])
    for start, archive in ARCHIVES.items():
        if head.startswith(start):
            return refusal("upload_archive", found=archive)
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
    if head[4:8] == b"ftyp" and head[8:12] in ISO_PICTURES:
        return refusal("upload_format", found=ISO_PICTURES[head[8:12]], taken=TAKEN["image"])
    if head[:4] == b"RIFF" or head[:1] == b"G" == head[188:189]:
        found = "AVI" if head[:4] == b"RIFF" else "MPEG-TS"
        return refusal("upload_format", found=found, taken=TAKEN["clip"])
    if head[:1] == b"\xff" and head[1:2] in (b"\xf1", b"\xf9"):
        return refusal("upload_format", found="AAC", taken=TAKEN["audio"])
    if _is_script_box(head):
        return refusal("upload_polyglot", format="mp4", hidden=_("a script"))
    printable = sum(letter.isprintable() or letter in "\r\n\t" for letter in text)
    if text and "\ufffd" not in text[:-1] and printable == len(text):
        return refusal("upload_text")
    return refusal("upload_unknown", taken=TAKEN[kind])


def _is_script_box(head: bytes) -> bool:
    """A box whose length, read as text, opens a script: no honest box is over half a gigabyte long here."""
    return head[4:8] in BOXES and all(32 <= byte < 127 for byte in head[:4])


def _refuse_disguise(family: Family, head: bytes, tail: bytes) -> None:
    """Content that another program would take for its own. Raises ``UploadRejected``."""
    early = head[:DISGUISE_BYTES].lower()
    if _is_script_box(head):
        raise refusal("upload_polyglot", format=family.suffixes[0], hidden=_("a script"))
    if b"%pdf-" in early:
        raise refusal("upload_polyglot", format=family.suffixes[0], hidden=_("a PDF document"))
    if any(mark in early for mark in WEB_MARKS):
        raise refusal("upload_polyglot", format=family.suffixes[0], hidden=_("a web page"))
    if _ends_as_zip(tail):
        raise refusal("upload_polyglot", format=family.suffixes[0], hidden=_("a zip archive"))


def _ends_as_zip(tail: bytes) -> bool:
    """An end-of-directory record that names a directory standing right before it, or an empty archive at the very end."""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        return False
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if length == 0:
        return at + 22 == len(tail)
    return length > at or tail[at - length : at - length + 4] == b"PK\x01\x02"
