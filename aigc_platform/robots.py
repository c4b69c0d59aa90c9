"""What crawlers are asked to leave alone: the feed, which is made anew for each of them, and what is nobody's to find."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

CLOSED = (
    "/$",
    "/api/",
    "/accounts/",
    "/admin/",
    "/create/",
    "/upload/",
    "/verify/",
    "/jobs/",
    "/library/",
    "/search",
)


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
