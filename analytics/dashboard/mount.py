"""How Dash hangs in Django: the only file that knows.

Django serves the page, from the site's own templates, with its sign-in, roles, language and Content-Security-Policy;
Dash's scripts come from here too. Whatever the renderer asks for goes through one Django view, hence through Django's
session and CSRF checks (the renderer sends the cookie's token as X-CSRFToken), into a Flask app that listens nowhere.
Only the addresses in ``ASKED`` are passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any

from dash import Dash
from django.http import Http404, HttpRequest, HttpResponse
from werkzeug.test import run_wsgi_app

from analytics.dashboard import callbacks, layout
from analytics.dashboard.visitor import KEY

PREFIX = "/dashboards/_dash/"
ASKED = re.compile(r"_dash-(layout|dependencies|update-component)|_dash-component-suites/[\w./@~-]+")
FONTS_AND_STYLES = re.compile(r'<script src="([^"]+)"></script>')


@cache
def app() -> Dash:
    """One app a process; it keeps nothing between requests."""
    made = Dash(
        "analytics.dashboard",
        requests_pathname_prefix=PREFIX,
        routes_pathname_prefix=PREFIX,
        include_assets_files=False,
        serve_locally=True,
        suppress_callback_exceptions=True,  # the page's own parts come and go
        csrf_token_name="csrftoken",  # noqa: S106 the name of Django's cookie
        update_title="",
        add_log_handler=False,
        enable_mcp=False,
        use_async=False,  # the ORM answers in this thread
    )
    made.layout = layout.frame
    callbacks.register(made)
    made._setup_server()  # what Flask does before its first request: here no request may come before it
    return made


def scripts() -> list[str]:
    """Addresses of the scripts that a page loads, in order."""
    return FONTS_AND_STYLES.findall(app()._generate_scripts_html())


def config() -> dict[str, Any]:
    """What the renderer reads before it asks for anything."""
    told: dict[str, Any] = app()._config()
    told.pop("python_version", None)
    return told


def answer(request: HttpRequest, path: str) -> HttpResponse:
    """Pass a request on, with Django's user in its environment."""
    if not ASKED.fullmatch(path) or ".." in path:
        raise Http404
    environ = {
        **request.META,
        "PATH_INFO": PREFIX + path,
        "SCRIPT_NAME": "",
        "wsgi.input": BytesIO(request.body),
        KEY: request.user,
    }
    body, status, headers = run_wsgi_app(app().server, environ, buffered=True)
    return _response(body, status, headers.items())


def _response(body: Iterable[bytes], status: str, headers: Iterable[tuple[str, str]]) -> HttpResponse:
    found = HttpResponse(b"".join(body), status=int(status.split()[0]))
    for name, value in headers:
        if name.lower() in ("content-type", "cache-control", "etag", "content-encoding"):
            found[name] = value
    return found
