"""Around every request: a Content-Security-Policy with a nonce a response, and failures in words that a page let through."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from aigc_platform import pages
from aigc_platform.failing import outer_cause

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)


class ContentSecurityPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        policy = POLICY.format(nonce=nonce)
        for directive, sources in getattr(response, "csp", {}).items():  # what one page needs beyond the rule
            policy += f"; {directive} {sources}"
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), payment=()")
        return response


class RefusalMiddleware:
    """A ``PlatformError`` of a page, and what disk or database refused, is told with its status; the rest is a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = outer_cause(error)
        return None if refusal is None else pages.refused(request, refusal)
