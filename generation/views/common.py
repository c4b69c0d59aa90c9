"""What several pages share: reaching objects through the selectors, role checks, errors as messages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from generation.errors import GenerationError
from generation.media.storyboard import Language
from generation.refusal_words import SENTENCES, refusal_text
from generation.roles import has_role

T = TypeVar("T")
View = Callable[..., HttpResponse]


def found(selector: Callable[..., T], *args: Any) -> T:
    """``selector(*args)``; a missing row, or one the user may not reach, is a 404."""
    try:
        return selector(*args)
    except ObjectDoesNotExist as error:
        raise Http404 from error


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


def error_text(error: GenerationError) -> str:
    """The failure in the viewer's language: a sentence for its code, else the error's own words."""
    return failure_text(error.code, str(error))


def failure_text(code: str, detail: str) -> str:
    """A stored failure in the viewer's language. English readers get the full detail, which names values."""
    if text_language() == "en":
        return detail
    if code in SENTENCES:
        return refusal_text(code, detail)
    sentences = {
        "limit_reached": _(
            "You have as many videos in the making as allowed. Wait for one to finish or cancel one."
        ),
        "job_state_conflict": _("The state of this job has changed meanwhile. Look at it again."),
        "video_state_conflict": _("The state of this video does not allow that."),
        "storyboard_invalid": _("The change was refused because the script would no longer be complete."),
        "disk_full": _("The disk is full. Free some space and try again."),
        "media_folder_unwritable": _("The media folder cannot be written. Tell an administrator."),
        "asset_missing": _(
            "A model or picture is missing on this machine. Start ./run again, which fetches it."
        ),
        "narration_impossible": _("The chosen voice cannot speak this text."),
        "media_unreadable": _("The media file cannot be read."),
        "points_needed": _("The topic is too far from our topic bank. Add points of your own."),
    }
    known = sentences.get(code)
    return f"{known}（{detail}）" if known and detail else known or detail


def tell_error(request: HttpRequest, error: GenerationError) -> None:
    messages.error(request, error_text(error))
