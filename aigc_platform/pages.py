"""The answers to things that go wrong: a page that says what happened and where to go next, ``{code, detail}`` for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import PlatformError
from generation.web.error_texts import error_text


def is_program(request: HttpRequest) -> bool:
    """Whether the answer goes to a program: no failure of the API is a page."""
    return request.path.startswith("/api/")


def _page(request: HttpRequest, status: int, heading: str, detail: str, *, code: str) -> HttpResponse:
    if is_program(request):
        return JsonResponse({"code": code, "detail": detail}, status=status)
    context = {"status": status, "heading": heading, "detail": detail}
    return render(request, "errors/error.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        _("This page does not exist"),
        _("It may have been deleted, or it belongs to somebody else."),
        code="not_found",
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What no view was asked to judge: too large, too many parts, a body that is not what its header says."""
    return _page(
        request,
        400,
        _("This request cannot be read"),
        _("It is too large or malformed. Go back and send less."),
        code="bad_request",
    )


def refused(request: HttpRequest, error: PlatformError) -> HttpResponse:
    """A failure in words that no view of a page put beside its form."""
    detail = error_text(error)
    answer = _page(request, error.status, _("This did not work"), detail, code=error.code)
    if getattr(request, "htmx", False):
        answer = HttpResponse(detail, status=error.status, content_type="text/plain; charset=utf-8")
    wait = getattr(error, "wait_seconds", None)
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        _("This page is not for you"),
        _("It needs a role your account does not have."),
        code="permission_denied",
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: most often a page that stood open across a sign-in."""
    return _page(
        request,
        403,
        _("This form is too old"),
        _("Go back, reload the page and send it once more."),
        code="csrf_failed",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: either may be what broke."""
    if is_program(request):
        detail = _("The error was recorded. Try again in a moment.")
        return JsonResponse({"code": "internal_error", "detail": detail}, status=500)
    context = {
        "language": "zh-Hans" if (get_language() or "").startswith("zh") else "en",
        "heading": _("Something broke"),
        "detail": _("The error was recorded. Try again in a moment."),
    }
    return HttpResponse(render_to_string("errors/broken.html", context), status=500)
