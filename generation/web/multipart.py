"""File names in the letters of older programs: a head of a part that is no UTF-8 is read as GB 18030 and so not lost.

Django passes over a head that it cannot decode, and with it the file.
"""

from __future__ import annotations

import re
from typing import Any

from rest_framework import parsers

MOST_HEAD_BYTES = 16_384  # of one part; Django refuses longer ones
END = b"\r\n\r\n"
_BOUNDARY = re.compile(r'boundary="?([^";,]{1,200})', re.IGNORECASE)


class AnyNameMultiPartParser(parsers.MultiPartParser):
    """Forms with files whose names may be in GBK."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        boundary = _BOUNDARY.search(media_type or "")
        mended: Any = _DecodedHeads(stream, boundary[1].strip().encode()) if boundary else stream
        return super().parse(mended, media_type=media_type, parser_context=parser_context)


class _DecodedHeads:
    """A stream of parts, read as it comes, whose heads are UTF-8; what stands between them is passed on untouched."""

    def __init__(self, stream: Any, boundary: bytes) -> None:
        self._stream, self._mark, self._held = stream, b"--" + boundary, b""

    def read(self, size: int = -1) -> bytes:
        while chunk := self._stream.read(size):
            whole = self._held + chunk
            cut = max(len(whole) - len(self._mark) + 1, 0)  # what follows may be the beginning of a mark
            at = whole.rfind(self._mark)
            if at >= 0 and len(whole) - at < MOST_HEAD_BYTES and END not in whole[at:cut]:
                cut = at  # a head stays in one piece
            ready, self._held = whole[:cut], whole[cut:]
            if ready:
                return self._mended(ready)
        rest, self._held = self._held, b""
        return self._mended(rest)

    def _mended(self, content: bytes) -> bytes:
        before, *parts = content.split(self._mark)
        return self._mark.join([before, *(_with_decoded_head(part) for part in parts)])


def _with_decoded_head(part: bytes) -> bytes:
    head, end, body = part.partition(END)
    try:
        head.decode()
    except UnicodeDecodeError:
        if not end:
            return part
        head = head.decode("gb18030", "replace").encode()
    return head + end + body
