"""What every page and every answer of the site shares: reaching objects, role checks, languages, the shape of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from rest_framework import serializers

from core.languages import Language
from core.roles import has_role

T = TypeVar("T")
View = Callable[..., HttpResponse]
UNDO_PREFIX = "undo-video-"  # marks the message whose toast offers to bring a video back


def found(selector: Callable[..., T], *args: Any) -> T:
    """``selector(*args)``; a missing row, or one the user may not reach, is a 404."""
    try:
        return selector(*args)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def is_from_this_site(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent the request: ``Origin`` names our host."""
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
    except ValueError:  # no address at all, such as http://[
        return False


def signed_in(request: HttpRequest) -> User:
    """The user behind a view that demands sign-in."""
    assert isinstance(request.user, User)
    return request.user


def role_required(*roles: str) -> Callable[[View], View]:
    """Sign-in first, then 403 for a user without one of ``roles``."""

    def wrap(view: View) -> View:
        @login_required
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not has_role(request.user, *roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return wrap


def text_language() -> Language:
    """``zh`` or ``en``: the language the pages are shown in."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def known_language(code: object) -> Language:
    """``code`` when it is a language videos are made in, else the page's."""
    return "zh" if code == "zh" else "en" if code == "en" else text_language()


class ErrorAnswer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable; the sentence may change.")
    detail = serializers.CharField(help_text="Rule, value, next step.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
