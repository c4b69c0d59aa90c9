"""Who asks: Django's user, carried through Dash's own request by ``mount``."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from flask import request

KEY = "django.user"


def visitor() -> User | AnonymousUser:
    """The user of the request that a callback answers; raises ``KeyError`` outside of ``mount``."""
    found: User | AnonymousUser = request.environ[KEY]
    return found
