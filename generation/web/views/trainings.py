"""Trainings: an administrator starts and cancels them; analysts watch their numbers while they go on."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import PlatformError
from core.roles import ADMINISTRATOR, ANALYST, has_role
from core.web import found, role_required
from generation.jobs.training import SAMPLES
from generation.models import TrainingRun
from generation.selectors import training_curve, training_files
from generation.services.trainings import training_cancel, training_request
from generation.web.charts import curve_charts
from generation.web.error_texts import failure_text, tell_error
from generation.web.forms import TrainingForm


@role_required(ADMINISTRATOR)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    form = TrainingForm(request.POST)
    kind = request.POST.get("kind", "")
    if not form.is_valid():
        messages.error(
            request,
            " ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()),
        )
        return redirect(page_of(kind))
    asked = form.cleaned_data
    try:
        training_request(
            kind=asked["kind"], data=asked["source"], minutes=asked["minutes"], seed=asked["seed"]
        )
    except PlatformError as refusal:
        tell_error(request, refusal)
    else:
        messages.success(request, _("The training waits for its worker and starts within seconds."))
    return redirect(page_of(asked["kind"]))


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def training(request: HttpRequest, pk: int) -> HttpResponse:
    """The live panel of one training, asked for again by itself until it has ended."""
    run = found(lambda number: TrainingRun.objects.get(pk=number), pk)
    return render(request, "versions/_training.html", training_context(request, run))


def training_context(request: HttpRequest, run: TrainingRun) -> dict[str, object]:
    """What the panel shows."""
    told = training_curve(run.pk)
    return {
        "run": run,
        "run_live": run.state in (TrainingRun.State.QUEUED, TrainingRun.State.RUNNING),
        "run_why": failure_text(run.error_code, run.error) if run.error_code else "",
        "run_charts": curve_charts(told),
        "run_samples": _samples(run) is not None,
        "run_told": len(told),
        "may_train": has_role(request.user, ADMINISTRATOR),
    }


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def samples(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest sheet of samples of a training that goes on."""
    run = found(lambda number: TrainingRun.objects.get(pk=number), pk)
    return picture_answer(_samples(run))


def picture_answer(place: Path | None) -> HttpResponse:
    """A png that the site made itself; 404 when there is none."""
    if place is None:
        raise Http404
    response = HttpResponse(place.read_bytes(), content_type="image/png")
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@role_required(ADMINISTRATOR)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    run = found(lambda number: TrainingRun.objects.get(pk=number), pk)
    try:
        training_cancel(pk=run.pk)
    except PlatformError as refusal:
        tell_error(request, refusal)
    else:
        messages.success(request, _("The training is being cancelled."))
    return redirect(page_of(run.kind))


def _samples(run: TrainingRun) -> Path | None:
    place = training_files(run.pk) / SAMPLES
    return place if place.is_file() else None


def page_of(kind: str) -> str:
    """The address of a kind's page."""
    return f"{reverse('versions')}?kind={kind}"
