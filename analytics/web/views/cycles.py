"""Pages of the loop: the story of each cycle, and whether a creator's videos are learned from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics.models import OptimizationCycle
from analytics.selectors.cycles import cycle_of, cycle_videos, cycles_all
from analytics.services.cycle_texts import GATE_NAMES, step_text, step_title, verdict_text
from analytics.services.cycles import cycle_cancel, cycle_decide, cycle_judge, cycle_request, training_opt_out
from core.errors import PlatformError
from core.roles import ADMINISTRATOR, ANALYST, CREATOR
from core.web import found, role_required, signed_in
from generation.web.error_texts import failure_text, tell_error
from generation.web.policy_texts import field_text, option_text

SHOWN = 30
LIKINGS = 12


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def cycles(request: HttpRequest) -> HttpResponse:
    rows = list(cycles_all()[:SHOWN])
    context = {
        "cycles": [_row(cycle) for cycle in rows],
        "busy": any(row.state in row.UNDER_WAY for row in rows),
    }
    return render(request, "cycles/cycles.html", context)


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def cycle(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(cycle_of, pk)
    steps = {step.name: step for step in row.steps.all()}
    likings = steps["train"].result.get("likings", [])[:LIKINGS]
    most = max((abs(one["effect"]) for one in likings), default=0) or 1
    before, after = cycle_videos(row)
    context = {
        **_row(row),
        "steps": [(step, step_title(step.name), step_text(step)) for step in row.steps.all()],
        "gate": [{**line, "title": GATE_NAMES[line["name"]]} for line in steps["gate"].result.get("table", [])],
        "likings": [
            {**one, "field": field_text(one["field"]), "option": option_text(one["field"], one["option"]),
             "share": abs(one["effect"]) / most}
            for one in likings
        ],
        "many_segments": len(steps["dataset"].result.get("segments", [])) > 1,
        "before": before,
        "after": after,
    }  # fmt: skip
    return render(request, "cycles/cycle.html", context)


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    try:
        row = cycle_request(requested_by=signed_in(request))
    except PlatformError as refusal:
        tell_error(request, refusal)
        return redirect("cycles")
    return redirect("cycle", row.pk)


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    return _changed(request, pk, lambda row: cycle_judge(cycle=row))


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _changed(request, pk, lambda row: cycle_cancel(cycle=row))


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _changed(request, pk, lambda row: cycle_decide(cycle=row, approve=True, by=signed_in(request)))


@role_required(ANALYST, ADMINISTRATOR)
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _changed(request, pk, lambda row: cycle_decide(cycle=row, approve=False, by=signed_in(request)))


def _changed(request: HttpRequest, pk: int, change: Any) -> HttpResponse:
    row = found(cycle_of, pk)
    try:
        change(row)
    except PlatformError as refusal:
        tell_error(request, refusal)
    return redirect("cycle", pk)


@role_required(CREATOR)
@require_POST
def learning(request: HttpRequest) -> HttpResponse:
    """Let the loop learn from one's videos, or not."""
    out = request.POST.get("learn") != "yes"
    training_opt_out(creator=signed_in(request), out=out)
    said = (
        _("Your videos are left out from the next cycle on.")
        if out
        else _("Your videos are learned from again.")
    )
    messages.success(request, said)
    return redirect("account")


def _row(row: OptimizationCycle) -> dict[str, Any]:
    return {
        "cycle": row,
        "verdict": verdict_text(row.verdict) if row.verdict else "",
        "failure": failure_text(row.error_code, row.error) if row.error_code else "",
        "good": row.state == row.State.PROMOTED,
        "live": row.state in row.UNDER_WAY,
    }
