"""The page where a viewer sees, downloads, resets and deletes what is stored about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from recommender.errors import RecommenderError
from recommender.privacy import decisions as services
from recommender.social.selectors import kept_of
from recommender.viewers.identity import COOKIE, viewer_known, viewer_of

BEFORE = "reset_before"  # in the session: when the viewer had last begun anew, as long as that can be undone


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    act = ACTS.get(request.POST.get("action", ""))
    if act is None:
        return _page(request, status=422)
    try:
        return act(request)
    except RecommenderError as error:
        return _page(request, status=422, error=error)


def _page(request: HttpRequest, status: int = 200, error: RecommenderError | None = None) -> HttpResponse:
    viewer = viewer_known(request)
    user = request.user if isinstance(request.user, User) else None
    context: dict[str, Any] = {
        "viewer": viewer,
        "personalized": viewer.personalized if viewer else True,
        "kept": kept_of(viewer=viewer, user=user),
        "can_undo": BEFORE in request.session,
        "error": _sentence(error) if error else "",
        "error_field": error.field if error else "",
    }
    return render(request, "privacy/privacy.html", context, status=status)


def _personalize(request: HttpRequest) -> HttpResponse:
    on = request.POST.get("personalized") == "on"
    services.personalization_set(viewer=viewer_of(request), on=on)
    said = _("The feed follows your taste again.") if on else _("The feed no longer uses what you do here.")
    messages.success(request, said)
    return redirect("privacy")


def _reset(request: HttpRequest) -> HttpResponse:
    before = services.recommendations_reset(viewer=viewer_of(request))
    request.session[BEFORE] = before.isoformat() if before else ""
    messages.success(request, _("Your recommendations begin anew."))
    return redirect("privacy")


def _undo(request: HttpRequest) -> HttpResponse:
    viewer, before = viewer_known(request), request.session.pop(BEFORE, None)
    if viewer is not None and before is not None:
        moment: datetime | None = parse_datetime(before) if before else None
        services.reset_undo(viewer=viewer, before=moment)
        messages.success(request, _("What you did before counts again."))
    return redirect("privacy")


def _delete(request: HttpRequest) -> HttpResponse:
    confirmation = request.POST.get("confirmation", "")
    if isinstance(request.user, User):
        password = request.POST.get("password", "")
        services.account_erase(user=request.user, password=password, confirmation=confirmation)
        logout(request)
        messages.success(request, _("Your account and everything in it is deleted."))
    else:
        viewer = viewer_known(request)
        if viewer is not None:
            services.viewer_erase(viewer=viewer, confirmation=confirmation)
        request.session.flush()
        messages.success(request, _("What this browser left here is deleted."))
    response = redirect("feed")
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


ACTS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "personalize": _personalize,
    "reset": _reset,
    "undo": _undo,
    "delete": _delete,
}


def _sentence(error: RecommenderError) -> str:
    """The refusal in the reader's language."""
    known = {
        "password_wrong": _("This is not your password. Type it again, or reset it."),
        "confirmation_wrong": _("Type the word exactly as it is shown."),
        "last_administrator": _(
            "You are the only administrator. Give somebody else the role before you delete your account."
        ),
        "throttled": _("Too many tries. Wait an hour and try again."),
    }
    return known.get(error.code, str(error))
