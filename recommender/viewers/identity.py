"""Who is watching: the signed-in person, or the browser that holds our signed cookie."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse

from core.addresses import address_of
from recommender.models import Viewer
from recommender.viewers import limits

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
        viewer = viewer_of_cookie(request)
    if viewer is not None:
        request._viewer = viewer  # type: ignore[attr-defined]
    return viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer behind the request; a first-time one is recorded, and the middleware hands out its cookie.

    Raises ``TooMany`` when its address has brought more new browsers in an hour than ``AIGC_NEW_VIEWERS``.
    """
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
        limits.take(
            f"new-viewer:{address_of(request)}",
            amount=1,
            most=settings.NEW_VIEWERS_PER_HOUR,
            seconds=3600,
            what="new browsers from one address",
        )
        viewer = Viewer.objects.create()
        request._viewer_new = viewer  # type: ignore[attr-defined]
    request._viewer = viewer  # type: ignore[attr-defined]
    return viewer


def viewer_of_cookie(request: HttpRequest) -> Viewer | None:
    """The anonymous viewer of the browser's cookie; ``None`` without one, with a forged one, or once it signed in."""
    key = _cookie_key(request)
    if key is None:
        return None
    # asked at every request of every browser: the ORM would take four times as long to say the same
    table, native = Viewer._meta.db_table, connection.features.has_native_uuid_field
    sql = f"SELECT * FROM {table} WHERE key = %s AND user_id IS NULL"  # noqa: S608
    return next(iter(Viewer.objects.raw(sql, [key if native else key.hex])), None)


def cookie_value(viewer: Viewer) -> str:
    return signing.Signer(salt=SALT).sign(str(viewer.key))


def _cookie_key(request: HttpRequest) -> uuid.UUID | None:
    """The key in the cookie; ``None`` when there is none or its signature is not ours."""
    try:
        return uuid.UUID(signing.Signer(salt=SALT).unsign(request.COOKIES.get(COOKIE, "")))
    except (signing.BadSignature, ValueError):
        return None


class ViewerCookieMiddleware:
    """Gives a browser that was seen for the first time its signed cookie, and takes it back when somebody signs in."""

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
        elif getattr(request, "_viewer_merged", False):
            response.delete_cookie(COOKIE, samesite="Lax")
        return response
