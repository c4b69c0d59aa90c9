"""One case at a time: the desk where cases come one after another, a case by its number, its stills."""

from __future__ import annotations

from typing import Any

from av.error import FFmpegError
from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.web import found, signed_in
from generation.moderation.models import Case
from generation.moderation.selectors.cases import is_claimed
from generation.moderation.selectors.moments import moments_of
from generation.moderation.selectors.people import (
    break_due,
    case_for,
    exposure_budget,
    exposure_seconds,
    is_senior,
)
from generation.moderation.services.cases import case_next, case_peek
from generation.moderation.services.people import moderator_of
from generation.moderation.services.stills import still_take
from generation.moderation.web.reading import case_context
from generation.moderation.web.showing import LABELS, showing_of
from generation.moderation.web.views.queue import counts_of, filters_of, moderators


@moderators
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """The desk, empty: its script takes the most urgent case."""
    return render(request, "moderation/desk.html", desk_context(request, None))


@moderators
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk with one case on it; its script claims it where it is free."""
    row = found(case_for, request.user, pk)
    return render(request, "moderation/desk.html", desk_context(request, row))


@moderators
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """What the desk shows of a case, to be laid on it; claims nothing, so it can be fetched ahead."""
    row = found(case_for, request.user, pk)
    return HttpResponse(sheet_of(request, row))


def desk_context(request: HttpRequest, row: Case | None) -> dict[str, Any]:
    user = signed_in(request)
    asked = filters_of(request.GET)
    me = moderator_of(user)
    shown = case_context(row, user) | {"showing": showing_of(row, user)} if row else {}
    return {
        "asked": asked,
        "claim_seconds": settings.CLAIM_SECONDS,
        "ways": LABELS,
        "own_ways": me.wellness,
        "me": me,
        "is_senior": is_senior(user),
        **counts_of(request),
        **shown,
    }


def sheet_of(request: HttpRequest, row: Case) -> str:
    user = signed_in(request)
    context = case_context(row, user) | {
        "showing": showing_of(row, user),
        "is_senior": is_senior(user),
        "me": moderator_of(user),
    }
    return render_to_string("moderation/_case.html", context, request)


@moderators
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Claim the next case and answer with its sheet; ``have`` is the number of the one that the page holds already."""
    user = signed_in(request)
    asked = filters_of(request.POST)
    wanted = {name: asked[name] for name in ("policy", "language", "order")}
    row = case_next(moderator=user, severe=request.POST.get("severe") != "no", **wanted)
    if row is None:
        return JsonResponse({"case": None, "following": None, **_exposure(user)})
    ahead = case_peek(moderator=user, after=row, order=asked["order"])
    row = case_for(user, row.pk)
    html = "" if request.POST.get("have") == str(row.pk) else sheet_of(request, row)
    left = (row.claim_until - timezone.now()).total_seconds() if row.claim_until and is_claimed(row) else 0
    answer = {"case": row.pk, "following": ahead.pk if ahead else None, "html": html, "claim_left": left}
    return JsonResponse(answer | _exposure(user))


def _exposure(user: User) -> dict[str, Any]:
    spent = round(exposure_seconds(user))
    return {"break_due": break_due(user), "exposure": spent, "budget": exposure_budget(user)}


@moderators
@require_safe
def still(request: HttpRequest, pk: int, moment: int) -> HttpResponse:
    """The picture at one of the case's moments (milliseconds); only those are taken. ``detail=reduced`` shows little."""
    row = found(case_for, request.user, pk)
    if row.video is None or moment not in {one.milliseconds for one in moments_of(row)}:
        raise Http404
    reduced = request.GET.get("detail") == "reduced"
    try:
        place = still_take(video=row.video, milliseconds=moment, reduced=reduced)
    except (FileNotFoundError, ValueError, FFmpegError) as error:
        raise Http404 from error
    response = HttpResponse(place.read_bytes(), content_type="image/jpeg")  # some 20 kB
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
