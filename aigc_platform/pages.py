"""The pages of things that go wrong: each says what happened and where to go next; a program gets code and sentence."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from aigc_platform import failing
from core.errors import PlatformError
from generation.web.error_texts import error_text


def _page(request: HttpRequest, status: int, code: str, heading: str, detail: str) -> HttpResponse:
    if failing.for_programs(request):
        return JsonResponse({"code": code, "detail": f"{heading}. {detail}"}, status=status)
    context = {"status": status, "heading": heading, "detail": detail}
    return render(request, "errors/error.html", context, status=status)


def wrong(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that nothing of ours understands; the host name in it may be what is wrong, so nothing is asked of it."""
    heading, detail = (
        _("This request is not understood"),
        _("Go back, reload the page and send it once more."),
    )
    if failing.for_programs(request):
        return JsonResponse({"code": "bad_request", "detail": f"{heading}. {detail}"}, status=400)
    return failing.broken_page(400, heading, detail)


def refused(request: HttpRequest, error: PlatformError) -> HttpResponse:
    """A refusal that no view put beside its form; a whole page where it is not the site itself that cannot go on."""
    if error.status >= 500 or failing.for_programs(request) or request.headers.get("HX-Request"):
        return failing.refused(request, error)
    answer = _page(request, error.status, error.code, _("This did not work"), error_text(error))
    return failing.with_wait(answer, error)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        "not_found",
        _("This page does not exist"),
        _("It may have been deleted, or it belongs to somebody else."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        "permission_denied",
        _("This page is not for you"),
        _("It needs a role your account does not have."),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: most often a page that stood open across a sign-in."""
    return _page(
        request,
        403,
        "csrf_failed",
        _("This form is too old"),
        _("Go back, reload the page and send it once more."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Whatever was raised, in a view or around it: a refusal of disk or database in its own words, else a fault of ours."""
    if refusal := failing.outer_cause(sys.exception()):
        return failing.refused(request, refusal)
    heading, detail = _("Something broke"), _("The error was recorded. Try again in a moment.")
    if failing.for_programs(request):
        return JsonResponse({"code": "internal_error", "detail": f"{heading}. {detail}"}, status=500)
    return failing.broken_page(500, heading, detail)
