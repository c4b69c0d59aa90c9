"""Oversight as pages: policies and their steps, how well decisions are made, the log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.roles import ADMINISTRATOR, MODERATOR
from core.web import role_required, signed_in, text_language
from generation.moderation.audit import audit_verify, public_key
from generation.moderation.errors import PolicyInvalid, PolicyStateConflict
from generation.moderation.learning.changes import DoubtedDecision, doubted_decisions, learned_latest
from generation.moderation.learning.runs import KINDS
from generation.moderation.models import AuditEntry, Policy, PolicyVersion
from generation.moderation.selectors import quality as numbers
from generation.moderation.selectors.people import is_senior
from generation.moderation.selectors.policies import policies_acting, policies_in_shadow, policy_history
from generation.moderation.services import policies as steps
from generation.moderation.web.forms import PolicyForm
from generation.moderation.web.reading import titles

SPAN = timedelta(days=30)
LINES = 100
DOUBTS = 20  # of each classifier
State = PolicyVersion.State


@role_required(MODERATOR, ADMINISTRATOR)
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """The rules as they act now, for those who decide by them."""
    language, shadows = text_language(), policies_in_shadow()
    rows = [
        {
            "code": code,
            "version": row,
            "title": row.title(language),
            "wording": row.wording(language),
            "shadow": shadows.get(code),
        }
        for code, row in policies_acting().items()
    ]
    return render(request, "moderation/policies.html", {"rows": rows})


@role_required(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """One policy: its versions, and a form for the next."""
    row = get_object_or_404(Policy, code=code)
    acting = policies_acting()[code]
    form = PolicyForm(request.POST or None, instance=acting)
    if request.method == "POST" and form.is_valid():
        try:
            changes = {name: form.cleaned_data[name] for name in form.changed_data if name != "note"}
            steps.policy_draft(
                policy=row, author=signed_in(request), changes=changes, note=form.cleaned_data["note"]
            )
            messages.success(request, _("The draft is kept. Replay it to see what it would change."))
            return redirect("policy", code)
        except PolicyInvalid:
            form.add_error(
                None,
                _("Both numbers lie between 0 and 1, and approving ends where holding begins or before."),
            )
    acting = policies_acting()[code]  # the form has put its values on the other
    context = {
        "policy": row,
        "title": acting.title(text_language()),
        "acting": acting,
        "form": form,
        "versions": [version_told(version) for version in policy_history(code)],
    }
    return render(request, "moderation/policy.html", context, status=422 if form.errors else 200)


def version_told(version: PolicyVersion) -> dict[str, Any]:
    """A version with what its replay and its shadow said, and the steps it may take now."""
    in_shadow = version.state == State.SHADOW
    open_to = []
    if version.state in (State.DRAFT, State.SHADOW):
        open_to = ["replay"]
        if version.state == State.DRAFT and version.replay:
            open_to += ["shadow"]
        if version.replay and (in_shadow or steps.is_wording_only(version)):
            open_to += ["activate"]
        open_to += ["discard"]
    return {
        "version": version,
        "shadow": steps.shadow_report(version) if in_shadow else None,
        "steps": open_to,
    }


@role_required(ADMINISTRATOR)
@require_POST
def policy_step(request: HttpRequest, code: str, number: int, step: str) -> HttpResponse:
    """One step of a version: replay, shadow, activate or discard."""
    version = get_object_or_404(PolicyVersion, policy__code=code, number=number)
    by = signed_in(request)
    try:
        if step == "activate":
            steps.policy_activate(version=version, by=by, early=request.POST.get("early") == "yes")
            messages.success(request, _("It acts from now on; the one before is kept."))
        elif step == "shadow":
            steps.policy_shadow(version=version, by=by)
            messages.success(
                request, _("It runs in shadow: it judges beside the acting one and changes nothing.")
            )
        elif step == "discard":
            steps.policy_discard(version=version, by=by)
            messages.success(request, _("Discarded; it stays in the history."))
        else:
            moved = steps.policy_replay(version=version, by=by).replay["moved"]
            messages.success(
                request, _("Replayed: %(number)d past screenings would end otherwise.") % {"number": moved}
            )
    except PolicyStateConflict:
        messages.error(
            request,
            _(
                "This version is not ready for that: it is replayed first, then judges %(least)d screenings in shadow."
            )
            % {"least": steps.SHADOW_LEAST},
        )
    return redirect("policy", code)


@role_required(MODERATOR, ADMINISTRATOR)
@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Accuracy, agreement, time and overturned decisions: a moderator, a policy, a model, the machine alone."""
    if not is_senior(request.user):
        raise PermissionDenied
    until = timezone.now()
    since = until - SPAN
    context = {
        "since": since,
        "until": until,
        "moderators": numbers.quality_of_moderators(since=since, until=until),
        "policies": numbers.quality_of_policies(since=since, until=until),
        "models": numbers.quality_of_models(),
        "machine": numbers.quality_of_the_machine(),
        "alpha": numbers.agreement_of_all(),
        "simulated": numbers.simulated_between(since, until),
        "names": titles(),
        "doubts": [row for kind in KINDS for row in doubts_of(kind, signed_in(request))],
    }
    return render(request, "moderation/quality.html", context)


def doubts_of(kind: str, user: User) -> list[DoubtedDecision]:
    """What the newest training of the kind doubts, as far as the user may see it."""
    latest = learned_latest(kind)
    return doubted_decisions(latest[1], user)[:DOUBTS] if latest else []


@role_required(ADMINISTRATOR)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The newest entries of the log, or those about one subject; ``verify=1`` recomputes the whole chain."""
    rows = AuditEntry.objects.order_by("-number")
    subject = request.GET.get("subject", "").strip()[:60]
    if subject:
        rows = rows.filter(subject=subject)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(number__lt=int(before))
    shown = list(rows[: LINES + 1])
    context = {
        "rows": shown[:LINES],
        "earlier": shown[LINES - 1].number if len(shown) > LINES else None,
        "subject": subject,
        "verdict": audit_verify() if request.GET.get("verify") == "1" else None,
        "key": public_key(),
    }
    return render(request, "moderation/audit.html", context)
