"""The pages of experiments: all of them, one with its interval table, a new title or cover test in two clicks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.experiments.evidence import MOST_ARMS
from analytics.experiments.table import table_of
from analytics.models import Experiment
from analytics.selectors.experiments import experiment_for, experiments_for
from analytics.services.experiments import (
    experiment_create,
    experiment_decide,
    experiment_start,
    experiment_stop,
)
from core.errors import PlatformError
from core.roles import ADMINISTRATOR, ANALYST, CREATOR
from core.web import found, role_required, signed_in
from generation.models import Video
from generation.selectors import storyboard_current, videos_for
from generation.services.titles import title_scores

SHOWN = 50
PROPOSED = 3


@role_required(CREATOR, ANALYST, ADMINISTRATOR)
@require_safe
def experiments(request: HttpRequest) -> HttpResponse:
    return render(request, "experiments/experiments.html", {"rows": experiments_for(request.user)[:SHOWN]})


@role_required(CREATOR, ANALYST, ADMINISTRATOR)
@require_safe
def experiment(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(experiment_for, request.user, pk)
    table = row.outcome or table_of(row).as_dict()
    context = {
        "experiment": row,
        "rows": [_shown(line) for line in table["rows"]],
        "balanced": table["balanced"],
        "enough": table["enough"],
        "reason": _reasons().get(row.stop_reason, row.stop_reason),
    }
    return render(request, "experiments/experiment.html", context)


@role_required(CREATOR, ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Titles to try beside the present one; on POST the test runs."""
    video = get_object_or_404(videos_for(request.user), pk=pk)
    titles = [title.strip() for title in request.POST.getlist("title")] if request.method == "POST" else []
    problem = ""
    if request.method == "POST":
        try:
            row = experiment_create(
                by=signed_in(request),
                kind=Experiment.Kind.TITLE,
                video=video,
                arms=[{"title": title} for title in titles if title],
                scores=title_scores,
            )
            experiment_start(experiment=row)
            return redirect("experiment", row.pk)
        except PlatformError as refusal:
            problem = str(refusal)
    titles = titles or proposals(video)
    titles += [""] * (MOST_ARMS - 1 - len(titles))
    context = {"video": video, "titles": titles[: MOST_ARMS - 1], "problem": problem}
    return render(request, "experiments/new.html", context, status=422 if problem else 200)


@role_required(CREATOR, ANALYST, ADMINISTRATOR)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(experiment_for, request.user, pk)
    try:
        experiment_stop(experiment=row)
    except PlatformError as refusal:
        messages.error(request, str(refusal))
    return redirect("experiment", pk)


@role_required(CREATOR, ANALYST, ADMINISTRATOR)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(experiment_for, request.user, pk)
    try:
        experiment_decide(experiment=row, winner=request.POST.get("winner", ""))
        messages.success(request, _("Kept. Viewers see it from now on."))
    except PlatformError as refusal:
        messages.error(request, str(refusal))
    return redirect("experiment", pk)


def proposals(video: Video) -> list[str]:
    """Other titles that the video's script was written with."""
    board = storyboard_current(video.job) if video.job is not None else None
    titles = (board.document.get("titles") or []) if board is not None else []
    return [str(title) for title in titles if title and title != video.title][:PROPOSED]


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    """A row in per cent, as the page has it."""
    names = ("mean", "difference", "low", "high", "best", "loss", "adjusted_low", "adjusted_high")
    told = {name: None if line[name] is None else round(100 * line[name], 1) for name in names}
    return {**line, **told, "harm": bool(line["harms"])}


def _reasons() -> dict[str, str]:
    return {
        "person": _("Ended by a person."),
        "significant": _("One arm is surely better."),
        "time": _("Its time was over and no arm is surely better."),
        "moderation": _("The video is no longer shown."),
        "sample_ratio": _(
            "Viewers did not reach the arms in the planned shares, so no result can be believed."
        ),
        "guardrail_refusal_rate": _("Viewers reported or refused one arm more often."),
        "guardrail_skip_rate": _("Viewers skipped one arm more often."),
    }
