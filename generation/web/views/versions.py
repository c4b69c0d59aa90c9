"""The registry, kind by kind: versions with their marks and cards; who may promotes one or goes back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import PlatformError
from core.roles import ADMINISTRATOR, ANALYST, has_role
from core.web import found, role_required
from generation.jobs.training import CURVE, SAMPLES
from generation.models import ModelKind, ModelVersion
from generation.selectors import (
    curve_read,
    run_latest,
    version_current,
    version_folder,
    versions_all,
    versions_by_kind,
)
from generation.services.versions import version_promote, version_rollback
from generation.web.charts import curve_charts
from generation.web.error_texts import tell_error
from generation.web.forms import TrainingForm
from generation.web.mark_texts import mark_text
from generation.web.views.trainings import page_of, picture_answer, training_context

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
        "kinds": [
            (one, counts.get(one, 0))
            for one in ModelKind
            if one == kind or one in counts or one in settings.TRAINERS
        ],
        "rows": [_row(version) for version in versions_all(kind=kind)[:SHOWN]],
        "current": current,
        "before": current and current.replaced,
        "trainable": kind in settings.TRAINERS,
        **(_run(request, kind)),
    }
    return render(request, "versions/versions.html", context)


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """One version's model card: what it is, what it learned from, how well it does, what it makes."""
    version = found(lambda number: versions_all().get(pk=number), pk)
    folder = version_folder(version)
    context = {
        **_row(version),
        "kind": ModelKind(version.kind),
        "charts": curve_charts(curve_read(folder / CURVE)),
        "has_samples": (folder / SAMPLES).is_file(),
        "config": sorted(
            (mark_text(name), value) for name, value in version.config.items() if name != "starter"
        ),
        "gate": version.metrics.get("verdict", {}),
        "bytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if folder.is_dir()
        else 0,
    }
    return render(request, "versions/card.html", context)


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def samples(request: HttpRequest, pk: int) -> HttpResponse:
    version = found(lambda number: ModelVersion.objects.get(pk=number), pk)
    place = version_folder(version) / SAMPLES
    return picture_answer(place if place.is_file() else None)


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
    return redirect(page_of(version.kind))


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
    return redirect(page_of(kind))


def _kind(asked: str | None) -> ModelKind:
    """The kind that is asked for; the rankers when none, or an unknown one, is."""
    return ModelKind(asked) if asked in ModelKind.values else ModelKind.RANKER


def _label(kind: str) -> str:
    return str(ModelKind(kind).label)


def _run(request: HttpRequest, kind: str) -> dict[str, Any]:
    """The newest training of the kind, and the form for the next."""
    run = run_latest(kind)
    panel = (
        training_context(request, run)
        if run is not None
        else {"may_train": has_role(request.user, ADMINISTRATOR)}
    )
    return {**panel, "form": TrainingForm(initial={"kind": kind})}


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
        "marks": []
        if rivals
        else [
            (mark_text(k), v)
            for k, v in metrics.items()
            if isinstance(v, int | float) and not isinstance(v, bool)
        ],
        "viewers": metrics.get("viewers"),
        "meetings": metrics.get("meetings"),
        "passed": metrics.get("verdict", {}).get("passed"),
    }
