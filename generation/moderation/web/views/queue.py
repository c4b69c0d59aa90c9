"""The queue as a page: what waits, most urgent first, and how much of it there is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.roles import ADMINISTRATOR, MODERATOR
from core.web import role_required, signed_in
from generation.moderation.models import Case
from generation.moderation.selectors import cases as reads
from generation.moderation.selectors.people import (
    exposure_budget,
    exposure_seconds,
    is_senior,
    policies_seen_by,
)
from generation.moderation.services.people import moderator_of
from generation.moderation.web.reading import titles

PAGE = 30
KINDS = (
    Case.Kind.SCREENING,
    Case.Kind.REPORT,
    Case.Kind.SPOTTED,
    Case.Kind.APPEAL,
    Case.Kind.ADJUDICATION,
)
moderators = role_required(MODERATOR, ADMINISTRATOR)


@moderators
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The list; with ``HX-Request`` only its rows and pages."""
    user = signed_in(request)
    asked = filters_of(request.GET)
    cases = reads.cases_queue(user, **asked)
    pages = Paginator(cases, PAGE)
    pages.count = _count(user, asked, cases)
    page = pages.get_page(request.GET.get("page"))
    names, now = titles(), timezone.now()
    rows = [row_of(case, names, now) for case in page.object_list]
    context = {
        "rows": rows,
        "page": page,
        "asked": asked,
        "policies": [(row.code, names.get(row.code, row.code)) for row in policies_seen_by(user)],
        "kinds": [(kind.value, kind.label) for kind in KINDS],
        "me": moderator_of(user),
        "is_senior": is_senior(user),
        **counts_of(request),
    }
    return render(request, "moderation/queue.html", context)


def filters_of(query: QueryDict) -> dict[str, Any]:
    """What the address asks for; a word that is none counts as none."""
    known = {
        "state": reads.STATES,
        "kind": [kind.value for kind in KINDS],
        "language": ("zh", "en"),
        "order": reads.ORDERS,
    }
    asked: dict[str, Any] = {
        name: query.get(name, "") if query.get(name) in words else "" for name, words in known.items()
    }
    asked["state"] = asked["state"] or "open"
    asked["policy"] = query.get("policy", "")[:24]
    asked["mine"] = query.get("mine") == "1"
    return asked


def _count(user: User, asked: dict[str, Any], cases: QuerySet[Case]) -> int:
    """The number that is kept for the plain list; a filtered one is counted."""
    plain = asked == {
        "state": "open",
        "policy": "",
        "kind": "",
        "language": "",
        "order": asked["order"],
        "mine": False,
    }
    if plain:
        return int(reads.cases_counted(user)["open"])
    return cases.order_by().count()


def row_of(case: Case, names: dict[str, str], now: Any) -> dict[str, Any]:
    """A line of the list; the holder only while the claim holds."""
    held = reads.is_claimed(case, now)
    return {
        "case": case,
        "kind": Case.Kind(reads.kind_shown(case)).label,
        "policy": names.get(case.policy.code, case.policy.code),
        "sla": reads.sla_state(case, now),
        "holder": reads.pseudonym(case.claimed_by) if held else "",
        "held_by": case.claimed_by_id if held else None,
        "claim_left": int((case.claim_until - now).total_seconds()) if held and case.claim_until else 0,
        "found": next((p["text"] for p in case.evidence if p.get("text") and p.get("where") != "report"), ""),
    }


def counts_of(request: HttpRequest) -> dict[str, Any]:
    user = signed_in(request)
    spent, budget = exposure_seconds(user), exposure_budget(user)
    return {
        "counts": reads.cases_counted(user),
        "spent": spent,
        "budget": budget,
        "share": min(spent / budget, 1.0) if budget else 1.0,
        "break_due": spent >= budget,
    }


@moderators
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """The numbers alone, asked again every few seconds."""
    return render(request, "moderation/_counts.html", counts_of(request))
