"""The text of a Word document (.docx): its paragraphs in order, headings and lists marked as in Markdown.

A .docx is a zip of XML (ECMA-376); of it only ``word/document.xml`` is read, by a parser that takes no entities. That is
all that is needed, so no library for writing Word documents comes along.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from generation.media.ingest.refusals import refusal

DOCUMENT = "word/document.xml"
MOST_ENTRIES = 2_000
MOST_BYTES = 40_000_000  # of the unpacked text
MOST_UNPACKED = 500_000_000  # of all that the zip says it holds, pictures too
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"^(?:heading|überschrift|标题|標題)\s?(\d)|^(title|标题)$|^(\d)$", re.IGNORECASE)
_WORDS = {"found": "a Word document"}


def text_of_docx(data: bytes) -> str:
    """Raises ``UploadRejected`` for one that is encrypted, broken, or made to unpack without end."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            raw = _document(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        KeyError,
        ValueError,
    ) as error:
        raise refusal("document_broken", **_WORDS, detail=type(error).__name__) from error
    try:
        root = fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as error:
        raise refusal("document_bomb") from error
    except (ParseError, RecursionError, ValueError) as error:
        raise refusal("document_broken", **_WORDS, detail="its XML is not whole") from error
    body = root.find(f"{_W}body")
    return "\n".join(_lines(body if body is not None else root))


def _document(archive: zipfile.ZipFile) -> bytes:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise refusal("document_bomb")
    entry = archive.getinfo(DOCUMENT)
    if entry.flag_bits & 1:
        raise refusal("document_encrypted")
    if entry.file_size > MOST_BYTES:
        raise refusal("document_bomb")
    with archive.open(entry) as stream:
        raw = stream.read(MOST_BYTES + 1)  # what the entry says of its size may be a lie
    if len(raw) > MOST_BYTES:
        raise refusal("document_bomb")
    return raw


def _lines(body: Element) -> Iterator[str]:
    for paragraph in body.iter(f"{_W}p"):
        words = "".join(_pieces(paragraph)).strip()
        if not words:
            yield ""
            continue
        level = _level(paragraph)
        if level:
            yield f"\n{'#' * level} {words}\n"
        elif paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
            yield f"- {words}"
        else:
            yield f"\n{words}\n"


def _pieces(paragraph: Element) -> Iterator[str]:
    """Text, tabs and breaks of a paragraph; what was deleted under review is not read."""
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag == f"{_W}tab":
            yield " "
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"


def _level(paragraph: Element) -> int:
    """1 to 6 for a heading, by its style or its outline; 0 for plain text."""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = style.get(f"{_W}val", "") if style is not None else ""
    if found := _HEADING.match(name):
        return min(int(found[1] or found[3] or 1), 6) or 1
    outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    level = outline.get(f"{_W}val", "9") if outline is not None else "9"
    return int(level) + 1 if level.isdigit() and int(level) < 6 else 0
