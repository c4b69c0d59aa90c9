"""The dashboards' pages, what their renderer asks for, and the frames behind their charts as files.

Dash and Plotly take half a second to load, so the process that never shows a dashboard never does.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_safe

from analytics.errors import DashboardRefused, DashboardUnknown
from analytics.selectors.catalogue import categories
from analytics.selectors.scope import PERIODS, sees_all
from core.languages import LANGUAGE_NAMES
from core.web import signed_in

if TYPE_CHECKING:
    from analytics.dashboard.state import View

TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


@login_required
@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest, **_: object) -> HttpResponse:
    """A dashboard. Its tiles are in the first answer; Dash then draws the charts and keeps both fresh."""
    from analytics.dashboard import mount
    from analytics.dashboard.codes import category_text
    from analytics.dashboard.pages import content_of
    from analytics.dashboard.tiles import told

    view = _view(request, request.path)
    content = content_of(view)
    context = {
        "view": view,
        "heading": content.heading,
        "lead": content.lead,
        "alarms": content.alarms,
        "tiles": [told(tile) for tile in content.tiles],
        "periods": PERIODS,
        "categories": [(name, category_text(name)) for name in categories()],
        "languages": LANGUAGE_NAMES.items(),
        "everything": sees_all(request.user),
        "scripts": mount.scripts(),
        "config": mount.config(),
    }
    response = render(request, "dashboards/page.html", context)
    response.csp = {"style-src-attr": "'unsafe-inline'"}  # type: ignore[attr-defined]
    return response


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """A creator's own numbers."""
    return redirect("dashboard-creator", pk=signed_in(request).pk)


@login_required
@require_safe
def data(request: HttpRequest, page: str, pk: int, key: str, form: str) -> HttpResponse:
    """The whole frame behind a chart, as CSV or Parquet; ``pk`` is 0 where the page is about the site."""
    from analytics.dashboard.pages import content_of
    from analytics.dashboard.state import path_of

    if form not in TYPES:
        raise Http404
    view = _view(request, path_of(page, pk or None))
    try:
        frame = content_of(view).chart(key).frame()
    except KeyError as error:
        raise Http404 from error
    written = io.BytesIO()
    if form == "csv":
        frame.to_csv(written, index=False)
    else:
        frame.to_parquet(written, index=False)
    response = HttpResponse(written.getvalue(), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{view.page}-{key}.{form}"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def renderer(request: HttpRequest, path: str) -> HttpResponse:
    """What Dash's renderer asks for."""
    from analytics.dashboard import mount

    return mount.answer(request, path)


def _view(request: HttpRequest, path: str) -> View:
    from analytics.dashboard.state import view_of

    try:
        return view_of(request.user, path, request.META.get("QUERY_STRING", ""))
    except DashboardUnknown as error:
        raise Http404 from error
    except DashboardRefused as error:
        raise PermissionDenied from error
