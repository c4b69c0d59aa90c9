"""Reading the three labels of any file, in words."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.bodies import takes_files
from core.errors import PlatformError
from core.throttles import rate_take
from core.turns import Turns
from generation.media.ingest.refusals import refusal as refusal_of
from generation.media.ingest.sandbox import run_sandboxed
from generation.web.error_texts import error_text
from generation.web.forms import VerifyForm
from generation.web.views.reports import label_lines

READ_SECONDS = 40.0  # a page waits no longer for a foreign file
_turns = Turns(2, waiting=2, seconds=10.0)


@takes_files("UPLOAD_MAX_BYTES")
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.POST or None, request.FILES or None)
    context = {"form": form, "limit": settings.UPLOAD_MAX_BYTES}
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            rate_take(request, "verify")
            if form.is_valid():
                context |= _found(form.cleaned_data["file"])
        except PlatformError as error:
            refusal = error
            form.add_error("file", error_text(error))
    status = 422 if form.errors else 200
    if refusal is not None and refusal.status in (429, 503):
        status = refusal.status
    answer = render(request, "pages/verify.html", context, status=status)
    wait = getattr(refusal, "wait_seconds", None)
    if wait is not None:
        answer["Retry-After"] = str(wait)
    return answer


def _found(file: UploadedFile[Any]) -> dict[str, Any]:
    """Name and labels of the file, for the page. Raises ``UploadRejected``, ``Busy`` or what the reading raises."""
    most, size = settings.UPLOAD_MAX_BYTES, file.size or 0
    if size > most:
        raise refusal_of("upload_too_many_bytes", megabytes=f"{size / 1e6:.0f}", limit=most // 1_000_000)
    with _turns.one():
        return {"name": file.name, "labels": label_lines(_read(file))}


def _read(file: UploadedFile[Any]) -> dict[str, Any]:
    """The file's labels, read in the sandbox; the file is kept only while it is read."""
    suffix = Path(file.name or "").suffix.lower()[:8]
    handle, name = tempfile.mkstemp(suffix=suffix, dir=settings.FILE_UPLOAD_TEMP_DIR)
    try:
        with os.fdopen(handle, "wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        labels: dict[str, Any] = run_sandboxed(
            "generation.media.provenance.verify", name, reads=[Path(name)], wall_seconds=READ_SECONDS
        )
        return labels
    finally:
        Path(name).unlink(missing_ok=True)
