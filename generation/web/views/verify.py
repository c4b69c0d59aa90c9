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
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import PlatformError
from generation.media.ingest.sandbox import run_sandboxed
from generation.web.error_texts import error_text
from generation.web.forms import VerifyForm
from generation.web.views.reports import label_lines

READ_SECONDS = 40.0  # a page waits no longer for a foreign file


@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.POST or None, request.FILES or None)
    context = {"form": form, "limit": settings.UPLOAD_MAX_BYTES}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            form.add_error(
                "file",
                _("The file is larger than the limit of %(size)d MB.")
                % {"size": settings.UPLOAD_MAX_BYTES // 1_000_000},
            )
        else:
            try:
                context |= {"name": file.name, "labels": label_lines(_read(file))}
            except PlatformError as error:
                form.add_error("file", error_text(error))
    status = 422 if form.errors else 200
    return render(request, "pages/verify.html", context, status=status)


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
