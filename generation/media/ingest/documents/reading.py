"""A document is told by its first bytes, read by the reader of its format, and becomes UTF-8 text. Runs in the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from generation.documents.checks import MAX_TEXT_LETTERS
from generation.documents.sentences import document_of
from generation.documents.summary import title_of
from generation.documents.tongue import tongue_of
from generation.language.cleaning import text_cleaned
from generation.media.ingest.documents.decoding import decoded
from generation.media.ingest.documents.docx import text_of_docx
from generation.media.ingest.documents.markdown import text_of_markdown
from generation.media.ingest.documents.pdf import text_of_pdf
from generation.media.ingest.documents.subtitles import text_of_subtitles
from generation.media.ingest.formats import (
    ARCHIVES,
    HEAD_BYTES,
    OTHER_FORMATS,
    PROGRAMS,
    SUBTITLES,
    family_of,
)
from generation.media.ingest.refusals import TAKEN, refusal

WORDS = {
    "txt": "plain text", "md": "Markdown", "subtitles": "subtitles", "docx": "a Word document", "pdf": "a PDF document",
}  # fmt: skip
SUFFIXES = {
    "txt": "txt", "text": "txt", "md": "md", "markdown": "md", "srt": "subtitles", "vtt": "subtitles", "docx": "docx",
    "pdf": "pdf",
}  # fmt: skip
PLAIN = ("txt", "md", "subtitles")  # which a file of one's own may be all at once
_READERS: dict[str, Callable[[bytes], str]] = {
    "txt": decoded,
    "md": lambda data: text_of_markdown(decoded(data)),
    "subtitles": lambda data: text_of_subtitles(decoded(data)),
    "docx": text_of_docx,
    "pdf": text_of_pdf,
}
_OFFICE = {
    b"xl/workbook": "Excel",
    b"ppt/presentation": "PowerPoint",
    b"application/epub": "EPUB",
    b"opendocument": "OpenDocument",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def take(source: str, folder: str, name: str, max_bytes: int) -> dict[str, Any]:
    """Write the text of the document at ``source`` to ``file.txt`` in ``folder``; what the row stores, as JSON.

    ``name`` is what the sender calls it. Raises ``UploadRejected``.
    """
    place = Path(source)
    size = place.stat().st_size
    if size == 0:
        raise refusal("upload_empty")
    if size > max_bytes:
        raise refusal("upload_too_many_bytes", megabytes=f"{size / 1e6:.0f}", limit=max_bytes // 1_000_000)
    data = place.read_bytes()
    kind = format_of(data, name)
    text = text_cleaned(_READERS[kind](data))
    letters = len(text)
    if not any(c.isalpha() for c in text):
        raise refusal("document_wordless")
    if letters > MAX_TEXT_LETTERS:
        raise refusal("document_too_long", count=f"{letters:,}", most=f"{MAX_TEXT_LETTERS:,}")
    language = tongue_of(text)
    if language is None:
        raise refusal("document_language")
    Path(folder, "file.txt").write_text(text, encoding="utf-8")
    title = title_of(document_of(text, language))
    features = {"version": 1, "format": kind, "letters": letters, "language": language, "title": title}
    return {"seconds": 0.0, "width": 0, "height": 0, "features": features, "labels": {}, "has_sound": False}


def format_of(data: bytes, name: str) -> str:
    """The format of a document: txt, md, subtitles, docx or pdf. Raises ``UploadRejected`` for what is none of them."""
    suffix = Path(name).suffix.lower().lstrip(".")
    kind = _kind(data, suffix)
    said = SUFFIXES.get(suffix)
    if said is not None and said != kind and not (said in PLAIN and kind in PLAIN):
        raise refusal("upload_misnamed", suffix=suffix, found=WORDS[kind])
    return kind


def _kind(data: bytes, suffix: str) -> str:
    head = data[:HEAD_BYTES]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    if head.startswith(_OLE):
        raise refusal("document_encrypted" if _OLE_ENCRYPTED in data else "document_old_word")
    if head.lstrip().startswith(b"{\\rtf"):
        raise refusal("upload_format", found="RTF", taken=TAKEN["document"])
    _refuse_media(head)
    if SUFFIXES.get(suffix) in ("docx", "pdf"):
        raise refusal("document_broken", found=WORDS[SUFFIXES[suffix]], detail="its beginning is missing")
    start = head[:512].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise refusal("document_web_page")
    if suffix in ("srt", "vtt") or SUBTITLES.match(start):
        return "subtitles"
    return "md" if suffix in ("md", "markdown") else "txt"


def _kind_of_zip(data: bytes) -> str:
    if b"word/document.xml" in data:
        return "docx"
    for mark, found in _OFFICE.items():
        if mark in data:
            raise refusal("upload_format", found=found, taken=TAKEN["document"])
    raise refusal("upload_archive", found="zip")


def _refuse_media(head: bytes) -> None:
    """Raises ``UploadRejected`` for a picture, a film, a recording, an archive or a program."""
    family = family_of(head)
    if family is not None:
        raise refusal("upload_wrong_kind", found=family.words, kind="a document")
    for start, (found, _kind) in OTHER_FORMATS.items():
        if head.startswith(start) and not (start == b"BM" and head[6:10] != bytes(4)) and start != b"FORM":
            raise refusal("upload_format", found=found, taken=TAKEN["document"])
    for start, archive in ARCHIVES.items():
        if head.startswith(start):
            raise refusal("upload_archive", found=archive)
    if head.startswith(PROGRAMS) and not head.startswith((b"#!", b"MZ")):
        raise refusal("upload_program")
