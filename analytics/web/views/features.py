"""The table of features: what its columns mean, what the nightly file holds of each, and the file itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.features.table import FILE, features_place, features_summary
from analytics.stats.feature_columns import COLUMNS, GROUPS, FeatureColumn
from core.roles import ADMINISTRATOR, ANALYST
from core.web import role_required


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    told = features_summary(features_place())
    observed = told["columns"] if told else {}
    context = {
        "rows": told["rows"] if told else 0,
        "written": datetime.fromisoformat(told["written"]) if told else None,
        "groups": [
            (_(title), [_row(one, observed.get(one.name, {})) for one in COLUMNS if one.group == group])
            for group, title in GROUPS.items()
        ],
    }
    return render(request, "versions/features.html", context)


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    place = features_place()
    if not place.is_file():
        raise Http404
    answer = FileResponse(place.open("rb"), as_attachment=True, filename=FILE)
    return cast(HttpResponse, answer)  # the types know of no class that both are


def _row(column: FeatureColumn, observed: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": column.name,
        "says": _(column.says),
        "unit": str(column.length) if column.length else column.unit and _(column.unit),
        "span": column.span,
        **observed,
    }
