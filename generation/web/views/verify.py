"""Reading the three labels of any file, in words: the file is handed in here, read by a worker, told on a page of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.bodies import takes_files
from core.errors import PlatformError
from core.throttles import rate_take
from core.web import found
from generation.selectors import reading_for
from generation.services.awaited import reading_request
from generation.web.error_texts import error_text, failure_text
from generation.web.forms import VerifyForm
from generation.web.views.reports import label_lines

POLL_NO_MORE = 286  # htmx shows the answer and asks no more: https://htmx.org/docs/#polling


@takes_files("UPLOAD_MAX_BYTES")
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.POST or None, request.FILES or None)
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            rate_take(request, "verify")
            if form.is_valid():
                owner = request.user if isinstance(request.user, User) else None
                row = reading_request(owner=owner, file=form.cleaned_data["file"])
                return redirect("verify-reading", row.key)
        except PlatformError as error:
            refusal = error
            form.add_error("file", error_text(error))
    status = 422 if form.errors else 200
    if refusal is not None and refusal.status in (429, 503, 507):
        status = refusal.status
    answer = render(request, "pages/verify.html", _page(form), status=status)
    wait = getattr(refusal, "wait_seconds", None)
    if wait is not None:
        answer["Retry-After"] = str(wait)
    return answer


@never_cache
@require_safe
def reading(request: HttpRequest, key: str) -> HttpResponse:
    """What was found in one file: 202 while it is read, 422 where it cannot be. The page asks for its part until then.

    The part of one that was swept meanwhile says so, and the page asks no more.
    """
    try:
        row = found(reading_for, request.user, key)
    except Http404:
        if not request.htmx:  # type: ignore[attr-defined]
            raise
        return render(request, "pages/_reading_gone.html", status=POLL_NO_MORE)
    context: dict[str, Any] = {
        "reading": row,
        "labels": label_lines(row.labels),
        "failure": failure_text(row.error_code, row.error, row.error_values) if row.error_code else "",
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "pages/_reading.html", context)
    status = 202 if row.is_live else 422 if row.error_code else 200
    answer = render(request, "pages/verify.html", _page(VerifyForm()) | context, status=status)
    if row.is_live:
        answer["Retry-After"] = "1"
    return answer


def _page(form: VerifyForm) -> dict[str, Any]:
    return {"form": form, "limit": settings.UPLOAD_MAX_BYTES}
