"""The versions of the ranker with their marks; an administrator promotes one or goes back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.roles import ADMINISTRATOR, ANALYST
from core.web import found, role_required
from recommender.errors import RecommenderError
from recommender.models import RankerVersion
from recommender.selectors import ranker_current, rankers_all
from recommender.training import promotion

SHOWN = 30


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    current = ranker_current()
    context = {
        "rows": [_row(version) for version in rankers_all()[:SHOWN]],
        "current": current,
        "before": current and current.config.get("before"),
    }
    return render(request, "rankers/versions.html", context)


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def promote(request: HttpRequest, pk: int) -> HttpResponse:
    version = found(lambda number: RankerVersion.objects.get(pk=number), pk)
    try:
        promotion.ranker_promote(version=version)
    except RecommenderError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Ranker %(number)s serves now.") % {"number": pk})
    return redirect("rankers")


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def rollback(request: HttpRequest) -> HttpResponse:
    try:
        version = promotion.ranker_rollback()
    except RecommenderError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Back to ranker %(number)s.") % {"number": version.pk})
    return redirect("rankers")


def _row(version: RankerVersion) -> dict[str, Any]:
    """A version with its marks beside those of its rivals on the same held-out viewers."""
    metrics = version.metrics
    rivals = [
        {"name": name, "marks": metrics[key]}
        for key, name in (
            ("new", _("This version")),
            ("production", _("Production then")),
            ("popularity", _("Popularity")),
        )
        if key in metrics
    ]
    best = max((rival["marks"]["ndcg_at_10"] for rival in rivals), default=0) or 1
    for rival in rivals:
        rival["share"] = rival["marks"]["ndcg_at_10"] / best
    return {
        "version": version,
        "rivals": rivals,
        "viewers": metrics.get("viewers"),
        "meetings": metrics.get("meetings"),
        "passed": metrics.get("verdict", {}).get("passed"),
    }
