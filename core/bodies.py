"""How large a request's body may be and who may send it: said by the view, asked before the body is read.

A view that takes files says so (``takes_files``); every other takes what a form needs. The web server asks with nothing
but the head of the request (``aigc_platform.server``), so that what is too large, or comes from somebody who may not send
it, is never written to the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.settings import api_settings

from core.errors import BodyTooLarge, PlatformError, RoleMissing, SignInNeeded
from core.roles import has_role

BETWEEN_FIELDS_BYTES = 500_000
V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class FileLimit:
    """A view's own limit: the setting that holds it (bytes), and the roles of which a sender needs one; () for anybody."""

    setting: str
    roles: tuple[str, ...]


def takes_files(setting: str, *roles: str) -> Callable[[V], V]:
    """The view takes files of up to ``settings.<setting>`` bytes from whoever has one of ``roles``; outermost decorator."""

    def marked(view: V) -> V:
        view.file_limit = FileLimit(setting, roles)  # type: ignore[attr-defined]
        return view

    return marked


def most_bytes(view: Any) -> int:
    """The largest body the view takes. A file comes with its form's other fields, so both limits add up."""
    own = _limit(view)
    return form_bytes() + (int(getattr(settings, own.setting)) if own else 0)


def form_bytes() -> int:
    """The largest body of a request without files: its fields, which Django judges, and what stands between them."""
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) + BETWEEN_FIELDS_BYTES


def check_length(view: Any, length: int) -> None:
    """Raises ``BodyTooLarge`` for more bytes than the view takes."""
    most = most_bytes(view)
    if length > most:
        raise BodyTooLarge(
            f"A request here may have {most / 1e6:.1f} MB, this one has {length / 1e6:.1f} MB. Send less.",
            values={"most": f"{most / 1e6:.1f}", "length": f"{length / 1e6:.1f}"},
        )


def check_sender(view: Any, request: HttpRequest) -> None:
    """Raises ``SignInNeeded`` or ``RoleMissing`` for who may not send files to the view. ``request.user`` is set."""
    own = _limit(view)
    if own is None or not own.roles:
        return
    user = _sender(request)
    if user is None:
        raise SignInNeeded("Sign in before you send a file.")
    if not has_role(user, *own.roles):
        raise RoleMissing("Only creators make videos and send files. Ask an administrator for the role.")


def _limit(view: Any) -> FileLimit | None:
    """What the view says of itself; a class says it for the functions made of it."""
    found: FileLimit | None = getattr(view, "file_limit", None) or getattr(
        getattr(view, "cls", None), "file_limit", None
    )
    return found


def _sender(request: HttpRequest) -> User | None:
    """The session's user, or the one whose token a program shows."""
    if isinstance(request.user, User) and request.user.is_active:
        return request.user
    for scheme in api_settings.DEFAULT_AUTHENTICATION_CLASSES:
        try:
            found = scheme().authenticate(Request(request))  # type: ignore[operator]
        except (APIException, PlatformError):
            return None
        if found and isinstance(found[0], User):
            return found[0]
    return None
