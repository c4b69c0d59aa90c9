"""Who is watching: the signed-in person, or the browser that holds our signed cookie."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from recommender.models import Viewer

COOKIE = "viewer"
SALT = "recommender.viewer"
COOKIE_SECONDS = 365 * 86_400


def viewer_known(request: HttpRequest) -> Viewer | None:
    """The viewer behind the request, without making one."""
    kept: Viewer | None = getattr(request, "_viewer", None)
    if kept is not None:
        return kept
    if request.user.is_authenticated:
        viewer = Viewer.objects.filter(user_id=request.user.pk).first()
    else:
        key = _cookie_key(request)
        viewer = Viewer.objects.filter(key=key, user__isnull=True).first() if key else None
    if viewer is not None:
        request._viewer = viewer  # type: ignore[attr-defined]
    return viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer behind the request; a first-time one is recorded, and the middleware hands out its cookie."""
    viewer = viewer_known(request)
    if viewer is not None:
        return viewer
    if request.user.is_authenticated:
        try:
            with transaction.atomic():
                viewer = Viewer.objects.create(user_id=request.user.pk)
        except IntegrityError:  # another request of the same person was faster
            viewer = Viewer.objects.get(user_id=request.user.pk)
    else:
        viewer = Viewer.objects.create()
        request._viewer_new = viewer  # type: ignore[attr-defined]
    request._viewer = viewer  # type: ignore[attr-defined]
    return viewer


def cookie_value(viewer: Viewer) -> str:
    return signing.Signer(salt=SALT).sign(str(viewer.key))


def _cookie_key(request: HttpRequest) -> uuid.UUID | None:
    """The key in the cookie; ``None`` when there is none or its signature is not ours."""
    try:
        return uuid.UUID(signing.Signer(salt=SALT).unsign(request.COOKIES.get(COOKIE, "")))
    except (signing.BadSignature, ValueError):
        return None


class ViewerCookieMiddleware:
    """Gives a browser that was seen for the first time its signed cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        viewer: Viewer | None = getattr(request, "_viewer_new", None)
        if viewer is not None:
            response.set_cookie(
                COOKIE,
                cookie_value(viewer),
                max_age=COOKIE_SECONDS,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
