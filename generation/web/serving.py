"""Media files over HTTP: only to those who may see them, with byte ranges (RFC 9110 §14) so that players can seek."""

from __future__ import annotations

import io
import mimetypes
import re
from pathlib import Path
from urllib.parse import quote

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from core import media_files
from generation.selectors import media_readable
from generation.web.authentication import person_of
from generation.web.ranges import Unsatisfiable, asked_range

TYPES = {".vtt": "text/vtt; charset=utf-8", ".srt": "application/x-subrip; charset=utf-8"}


@require_safe
def media_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file at ``path`` under MEDIA_ROOT; 404 as well for a file that is another creator's."""
    try:
        place = media_files.absolute(path)
    except ValueError:
        raise Http404 from None
    if not media_readable(person_of(request), path) or not place.is_file():
        raise Http404
    response = _ranged(request, place)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=3600"
    response["Last-Modified"] = http_date(place.stat().st_mtime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"  # no other site's page embeds it, whoever looks
    if name := request.GET.get("download"):
        clean = re.sub(r"[^\w.-]+", "_", name)[:80] or "video"
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(clean + place.suffix)}"
    return response


def _ranged(request: HttpRequest, place: Path) -> HttpResponseBase:
    """The file or its asked part, open at its start: the server reads it as the client takes it, outside its threads."""
    size = place.stat().st_size
    kind = TYPES.get(place.suffix) or mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    try:
        asked = asked_range(request, size=size, modified=place.stat().st_mtime)
    except Unsatisfiable:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    if asked is None:
        return FileResponse(place.open("rb"), content_type=kind)
    start, stop = asked
    response = FileResponse(_Part(place, start, stop), status=206, content_type=kind)
    response["Content-Length"] = str(stop - start)
    response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return response


class _Part(io.FileIO):
    """The bytes ``start`` to ``stop`` of a file, as a file: it begins there, and nothing is read beyond."""

    def __init__(self, place: Path, start: int, stop: int) -> None:
        super().__init__(place, "rb")
        self._stop = stop
        self.seek(start)

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(self._stop - self.tell(), 0)
        return super().read(left if size is None or size < 0 else min(size, left)) or b""
