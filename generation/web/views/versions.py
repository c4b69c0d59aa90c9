"""The registry, kind by kind: versions with their marks; an administrator promotes one or goes back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import PlatformError
from core.roles import ADMINISTRATOR, ANALYST
from core.web import found, role_required
from generation.models import ModelKind, ModelVersion, TrainingRun
from generation.selectors import run_latest, version_current, versions_all, versions_by_kind
from generation.services.versions import version_promote, version_rollback
from generation.web.error_texts import failure_text, tell_error

SHOWN = 30


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    kind = _kind(request.GET.get("kind"))
    current = version_current(kind)
    counts = versions_by_kind()
    context = {
        "kind": kind,
        "is_ranker": kind == ModelKind.RANKER,
        "kinds": [(one, counts.get(one, 0)) for one in ModelKind if one == kind or one in counts],
        "rows": [_row(version) for version in versions_all(kind=kind)[:SHOWN]],
        "current": current,
        "before": current and current.replaced,
        "run": _run(run_latest(kind)),
    }
    return render(request, "rankers/versions.html", context)


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def promote(request: HttpRequest, pk: int) -> HttpResponse:
    version = found(lambda number: ModelVersion.objects.get(pk=number), pk)
    try:
        version_promote(version=version)
    except PlatformError as refusal:
        tell_error(request, refusal)
    else:
        values = {"kind": _label(version.kind), "number": pk}
        messages.success(request, _("%(kind)s %(number)s serves now.") % values)
    return redirect(_page(version.kind))


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def rollback(request: HttpRequest) -> HttpResponse:
    kind = _kind(request.POST.get("kind"))
    try:
        version = version_rollback(kind=kind)
    except PlatformError as refusal:
        tell_error(request, refusal)
    else:
        values = {"kind": _label(kind), "number": version.pk}
        messages.success(request, _("Back to %(kind)s %(number)s.") % values)
    return redirect(_page(kind))


def _kind(asked: str | None) -> ModelKind:
    """The kind that is asked for; the rankers when none, or an unknown one, is."""
    return ModelKind(asked) if asked in ModelKind.values else ModelKind.RANKER


def _label(kind: str) -> str:
    return str(ModelKind(kind).label)


def _page(kind: str) -> str:
    return reverse("rankers") + ("" if kind == ModelKind.RANKER else f"?kind={kind}")


def _run(run: TrainingRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {"run": run, "why": failure_text(run.error_code, run.error) if run.error_code else ""}


def _row(version: ModelVersion) -> dict[str, Any]:
    """A version with its marks: a ranker's beside those of its rivals on the same held-out viewers, else by name."""
    metrics = version.metrics
    rivals = [
        {"name": name, "marks": metrics[key]}
        for key, name in (
            ("new", _("This version")),
            ("production", _("Production then")),
            ("popularity", _("Popularity")),
        )
        if version.kind == ModelKind.RANKER and key in metrics
    ]
    best = max((rival["marks"]["ndcg_at_10"] for rival in rivals), default=0) or 1
    for rival in rivals:
        rival["share"] = rival["marks"]["ndcg_at_10"] / best
    return {
        "version": version,
        "rivals": rivals,
        "marks": [] if rivals else [(k, v) for k, v in metrics.items() if isinstance(v, int | float)],
        "viewers": metrics.get("viewers"),
        "meetings": metrics.get("meetings"),
        "passed": metrics.get("verdict", {}).get("passed"),
    }
