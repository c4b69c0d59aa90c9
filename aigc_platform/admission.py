"""Large bodies are judged by the head of their request, before anybody reads or keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from aigc_platform.failing import refused
from core.addresses import address_of
from core.bodies import check_length, check_sender, form_bytes, most_bytes
from core.errors import PlatformError

JUDGED = "aigc.refusal"  # in the environ of a request whose server has judged it: the refusal, or None
_sessions = SessionMiddleware(lambda request: HttpResponse())


def judge(environ: dict[str, Any], length: int) -> tuple[int, str]:
    """Most bytes of the body (of ``length`` bytes, as far as it is known) that a request may send, and its address.

    ``environ`` is of WSGI, without the body. Raises what ``core.bodies`` says of a body that is too large or of a sender
    who may not send it.
    """
    request = WSGIRequest(environ)
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        view = None
    check_length(view, length)
    _sessions.process_request(request)
    request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
    check_sender(view, request)
    return most_bytes(view), address_of(request)


class AdmissionMiddleware:
    """Says the server's refusal in words; where another server runs the site, it judges here, before the body is parsed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if refusal := request.META.get(JUDGED):
            return refused(request, refusal)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if JUDGED in request.META or length <= form_bytes():
            return None
        try:
            check_length(view, length)
            check_sender(view, request)
        except PlatformError as error:
            return refused(request, error)
        return None
