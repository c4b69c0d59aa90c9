"""The text of a PDF, page by page, without running heads, page numbers and hyphens at the ends of lines."""

from __future__ import annotations

import io
import re
from collections import Counter

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, LimitReachedError, PyPdfError

from generation.documents.checks import MAX_TEXT_LETTERS
from generation.media.ingest.refusals import refusal

MOST_PAGES = 300
_LEAST_LETTERS = 40  # of a text; a scan has none, or a page number
_MOST_GARBLED = 0.15  # of the letters, from which a font hides what it shows
_ENOUGH = 2 * MAX_TEXT_LETTERS  # more is too long anyway
_PAGE_NUMBER = re.compile(
    r"^(?:-\s?|—\s?|page |第\s?)?\d{1,4}(?:\s?[-—/]\s?\d*|\s?页|\s?頁)?$", re.IGNORECASE
)
_HYPHEN = re.compile(r"(?<=[a-z])[-\u00ad\u2010]\n(?=[a-z])")
# What a reader in pure Python stumbles with over objects that are not what they should be
_SLIPS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
_WORDS = {"found": "a PDF document"}


def text_of_pdf(data: bytes) -> str:
    """Raises ``UploadRejected`` for one that is encrypted, scanned, broken or too long."""
    try:
        pages = _pages(data)
    except FileNotDecryptedError as error:
        raise refusal("document_encrypted") from error
    except LimitReachedError as error:
        raise refusal("document_bomb") from error
    except (PyPdfError, *_SLIPS) as error:
        raise refusal("document_broken", **_WORDS, detail=type(error).__name__) from error
    text = "\n".join(_without_running_heads(pages))
    letters = sum(c.isalpha() for c in text)
    garbled = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" for c in text) + 5 * text.count("(cid:")
    if garbled > _MOST_GARBLED * max(letters + garbled, 1) and garbled > _LEAST_LETTERS:
        raise refusal("document_garbled")
    if letters < _LEAST_LETTERS:
        raise refusal("document_scanned")
    return _HYPHEN.sub("", text)


def _pages(data: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise refusal("document_encrypted")
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise refusal("document_too_many_pages", count=count, limit=MOST_PAGES)
    if not count:
        raise refusal("document_broken", **_WORDS, detail="no page")
    pages: list[str] = []
    for page in reader.pages:
        pages.append(page.extract_text())
        if sum(map(len, pages)) > _ENOUGH:
            break
    return pages


def _without_running_heads(pages: list[str]) -> list[str]:
    """Pages without the first and last line that stand on most of them, and without their numbers."""
    split = [
        [line for line in map(str.strip, page.split("\n")) if not _PAGE_NUMBER.match(line)] for page in pages
    ]
    edges: Counter[str] = Counter()
    for lines in split:
        filled = [line for line in lines if line]
        edges.update({_shape(line) for line in [*filled[:1], *filled[-1:]]})
    running = {shape for shape, count in edges.items() if count >= 3 and count > 0.5 * len(pages)}
    return ["\n".join(line for line in lines if _shape(line) not in running) for lines in split]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line)
