"""Which bytes of a file a request asks for: RFC 9110 §14, for the one range that players send.

A range that is not understood, or that holds no longer because the file has changed since (``If-Range``), is passed over:
the whole file is the right answer to it. Ranges hold for GET alone.
"""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.http import parse_http_date_safe

_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_MOST_DIGITS = 18  # of a byte's place: more say nothing but "beyond any file"
BEYOND = 10**_MOST_DIGITS


class Unsatisfiable(Exception):
    """The range asked for begins behind the end of the file, or ends before it begins."""


def asked_range(request: HttpRequest, *, size: int, modified: float) -> tuple[int, int] | None:
    """(first, behind the last) byte of a file of ``size`` bytes changed at ``modified`` (s); ``None`` for the whole.

    Raises ``Unsatisfiable``.
    """
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if (
        request.method != "GET"
        or found is None
        or found.groups() == ("", "")
        or not _still_holds(request, modified)
    ):
        return None
    first, last = (_number(part) for part in found.groups())
    if first is None:
        start, stop = max(size - (last or 0), 0), size
    else:
        start, stop = first, size if last is None else min(last + 1, size)
        if last is not None and last < first:
            return None  # no range at all
    if start >= stop:
        raise Unsatisfiable
    return start, stop


def _number(digits: str) -> int | None:
    """Digits as a number; thousands of them are not counted, they lie beyond any file."""
    plain = digits.lstrip("0") or digits[:1]
    return None if not digits else BEYOND if len(plain) > _MOST_DIGITS else int(plain)


def _still_holds(request: HttpRequest, modified: float) -> bool:
    """Whether the part a client has is of this file: files have no entity tag here, so only their very date says so."""
    validator = request.headers.get("If-Range")
    return validator is None or parse_http_date_safe(validator) == int(modified)
