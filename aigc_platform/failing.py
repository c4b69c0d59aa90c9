"""What went wrong outside a view's own hands, as an answer: for programs ``{code, detail}``, for people a page in words.

A disk without room, a folder that cannot be written and a database held by somebody else are no faults of ours: they
answer 507 and 503, and with the cause gone the next request is served again.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import DiskFull, MediaFolderUnwritable, PlatformError
from core.files import NO_SPACE, database_refusal
from generation.web.error_texts import error_text

API = "/api/"


def outer_cause(error: BaseException | None) -> PlatformError | None:
    """``error`` where it is in words, else the refusal of disk or database behind it; None for a fault of our own."""
    if isinstance(error, PlatformError):
        return error
    for cause in _causes(error):
        if isinstance(cause, sqlite3.OperationalError | OperationalError):
            if found := database_refusal(str(cause)):
                return found
        elif isinstance(cause, OSError) and cause.errno in NO_SPACE:
            return DiskFull("The disk is full. Free some space and send it again.")
        elif isinstance(cause, OSError) and cause.errno == errno.EROFS:
            return MediaFolderUnwritable("The disk can only be read. Make it writable and send it again.")
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what it was raised from or while handling, without end only in appearance."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def for_programs(request: HttpRequest) -> bool:
    """Whether the answer is read by a program: an address of the API, or a client that asked for JSON alone."""
    return request.path_info.startswith(API) or request.headers.get("Accept", "") == "application/json"


def refused(request: HttpRequest, error: PlatformError) -> HttpResponse:
    """The refusal as the client reads it. Needs neither database nor session: either may be what broke."""
    if for_programs(request):
        answer: HttpResponse = JsonResponse(
            {"code": error.code, "detail": str(error), **error.answer}, status=error.status
        )
    elif request.headers.get("HX-Request"):
        answer = HttpResponse(
            error_text(error), status=error.status, content_type="text/plain; charset=utf-8"
        )
    else:
        answer = broken_page(error.status, _("This cannot be done now"), error_text(error))
    return with_wait(answer, error)


def with_wait(answer: HttpResponse, error: PlatformError) -> HttpResponse:
    """The answer, with the seconds after which a refusal may be over where that is known."""
    wait = getattr(error, "wait_seconds", None)
    if wait is not None:
        answer["Retry-After"] = str(wait)
    return answer


def broken_page(status: int, heading: str, detail: str) -> HttpResponse:
    """A page that needs neither database nor session nor user."""
    context = {
        "language": "zh-Hans" if (get_language() or "").startswith("zh") else "en",
        "status": status,
        "heading": heading,
        "detail": detail,
    }
    return HttpResponse(render_to_string("errors/broken.html", context), status=status)
