"""Bytes of a text become letters: by their mark, as UTF-8, else by the encoding that makes most sense of them."""

from __future__ import annotations

import codecs
import unicodedata

from charset_normalizer import from_bytes

from generation.media.ingest.refusals import refusal

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TRIED = ["gb18030", "big5", "cp1252", "shift_jis", "euc_kr", "cp1251"]
_READ = 200_000  # bytes that the guess is made from
_MOST_UNSEEN = 0.003  # of the letters: control and unassigned ones that no text has


def decoded(data: bytes) -> str:
    """The text of a file. Raises ``UploadRejected`` where no encoding reads it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _plausible(_read(data, encoding))
    if wide := _without_mark(data):
        return _plausible(_read(data, wide))
    try:
        return _plausible(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    best = from_bytes(data[:_READ], cp_isolation=_TRIED).best()
    if best is None:
        raise refusal("document_undecodable")
    return _plausible(_read(data, best.encoding))


def _read(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise refusal("document_undecodable") from None


def _without_mark(data: bytes) -> str | None:
    """UTF-16 that does not say so: every second byte of its Latin letters is zero."""
    even, odd = data[0:4000:2].count(0), data[1:4000:2].count(0)
    half = max(len(data[:4000]) // 2, 1)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 * half and odd < 0.05 * half else None


def _plausible(text: str) -> str:
    part = text[:_READ]
    unseen = sum(unicodedata.category(c) in ("Cc", "Cn", "Co") and c not in "\n\r\t\f\v" for c in part)
    if unseen + part.count("\ufffd") > _MOST_UNSEEN * max(len(part), 1):
        raise refusal("document_undecodable")
    return text
