"""What the machine learned from decisions as a page: in numbers, in cases, and the button that lets it learn again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import PlatformError
from core.roles import ADMINISTRATOR, MODERATOR
from core.web import found, role_required, signed_in
from generation.models import ModelKind
from generation.moderation.learning.changes import learned_latest, moved_cases
from generation.moderation.learning.runs import KINDS, learning_latest, learning_request, lessons_counted
from generation.moderation.models import Decision
from generation.moderation.selectors.people import case_for, is_senior
from generation.moderation.services.opinions import opinion_ask_for
from generation.moderation.web.reading import titles
from generation.web.error_texts import error_text, failure_text, tell_error


@role_required(MODERATOR, ADMINISTRATOR)
@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """A section for each classifier."""
    names, counts = titles(), lessons_counted()
    sections = [section_of(request, kind, names) | {"counts": counts[kind]} for kind in KINDS]
    return render(request, "moderation/learning.html", {"sections": sections, "names": names})


def section_of(request: HttpRequest, kind: str, names: dict[str, str]) -> dict[str, Any]:
    """What there is to learn from, how the last training went, and what it changed."""
    run, latest = learning_latest(kind), learned_latest(kind)
    version, told = latest if latest else (None, {})
    return {
        "kind": ModelKind(kind),
        "run": run,
        "live": run is not None and run.state in (run.State.QUEUED, run.State.RUNNING),
        "problem": failure_text(run.error_code, run.error) if run is not None and run.error else "",
        "version": version,
        "told": told,
        "why_not": [why_told(code) for code in told.get("why_not", [])],
        "policies": [
            {
                "title": names.get(policy, policy),
                "told": of_policy,
                "moved": moved_cases(told, policy, signed_in(request)),
            }
            for policy, of_policy in told.get("policies", {}).items()
        ],
    }


def why_told(code: str) -> str:
    """Why a version does not serve by itself, in the page's language."""
    words = {
        "too_few_held_out": _("Too few decisions were held out to judge it by."),
        "not_better": _("On decisions it had not learned from it is not surely better."),
        "more_false_positives": _("It would queue more that is harmless."),
        "worse_on_the_fixed_set": _("It is worse on the texts and pictures that no version may be worse on."),
        "policy_lost": _("It would fall silent about a policy that the present one speaks about."),
    }
    return words.get(code, code)


@role_required(ADMINISTRATOR)
@require_POST
def learning_start(request: HttpRequest) -> HttpResponse:
    """Ask for a training now instead of at night."""
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise Http404
    try:
        learning_request(kind=kind, by=signed_in(request))
    except PlatformError as refusal:
        tell_error(request, refusal)
    else:
        messages.success(request, _("It learns as soon as the worker that trains is free."))
    return redirect("moderation-learning")


@role_required(MODERATOR, ADMINISTRATOR)
@require_POST
def doubt_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a doubted decision to somebody else."""
    if not is_senior(request.user):
        raise PermissionDenied
    decision = get_object_or_404(Decision, pk=pk)
    found(case_for, request.user, decision.case_id)
    try:
        opinion_ask_for(decision=decision, by=signed_in(request))
    except PlatformError as refusal:
        messages.error(request, error_text(refusal))
    else:
        messages.success(
            request, _("Somebody else is asked, without knowing why. The decision stands until then.")
        )
    return redirect("quality")
