"""The pages of things that go wrong: each says what happened and where to go next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, heading: str, detail: str) -> HttpResponse:
    context = {"status": status, "heading": heading, "detail": detail}
    return render(request, "errors/error.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        _("This page does not exist"),
        _("It may have been deleted, or it belongs to somebody else."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 403, _("This page is not for you"), _("It needs a role your account does not have.")
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: most often a page that stood open across a sign-in."""
    return _page(
        request, 403, _("This form is too old"), _("Go back, reload the page and send it once more.")
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: either may be what broke."""
    context = {
        "language": "zh-Hans" if (get_language() or "").startswith("zh") else "en",
        "heading": _("Something broke"),
        "detail": _("The error was recorded. Try again in a moment."),
    }
    return HttpResponse(render_to_string("errors/broken.html", context), status=500)
