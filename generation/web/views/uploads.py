"""Sending files: the page, each file's progress, and what becomes of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.bodies import takes_files
from core.errors import PlatformError
from core.roles import CREATOR
from core.throttles import rate_take
from core.web import found, role_required, signed_in
from generation.models import Upload
from generation.selectors import upload_for, uploads_for
from generation.services.uploads import upload_delete, upload_receive, upload_to_video
from generation.web.error_texts import error_text, tell_error
from generation.web.forms import UploadForm

SHOWN = 12


@takes_files("UPLOAD_MAX_BYTES", CREATOR)
@role_required(CREATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                rate_take(request, "uploads")
                row = upload_receive(
                    owner=signed_in(request),
                    file=form.cleaned_data["file"],
                    kind=form.cleaned_data["kind"],
                )
                if request.htmx:  # type: ignore[attr-defined]
                    return render(request, "uploads/_row.html", {"upload": row}, status=201)
                return redirect("upload")
            except PlatformError as error:
                form.add_error("file", error_text(error))
        if request.htmx:  # type: ignore[attr-defined]
            text = " ".join(str(message) for found_errors in form.errors.values() for message in found_errors)
            return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    context = {
        "form": form,
        "uploads": uploads_for(request.user)[:SHOWN],
        "limits": {
            "bytes": settings.UPLOAD_MAX_BYTES,
            "least": settings.UPLOAD_MIN_SECONDS,
            "most": settings.UPLOAD_MAX_SECONDS,
        },
    }
    return render(request, "uploads/upload.html", context, status=status)


@login_required
@require_safe
def upload_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One file's line; a browser asks for it again while the file is being checked."""
    return render(request, "uploads/_row.html", {"upload": found(upload_for, request.user, pk)})


@login_required
@require_POST
def to_video(request: HttpRequest, pk: int) -> HttpResponse:
    row: Upload = found(upload_for, request.user, pk)
    try:
        video = upload_to_video(
            upload=row, title=request.POST.get("title", "") or row.original_name.rsplit(".", 1)[0]
        )
    except PlatformError as error:
        tell_error(request, error)
        return redirect("upload")
    messages.success(request, _("Your clip is a video now. Give it a title and publish it."))
    return redirect("video", video.pk)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        upload_delete(upload=found(upload_for, request.user, pk))
        messages.success(request, _("The file is gone."))
    except PlatformError as error:
        tell_error(request, error)
    return redirect("upload")
