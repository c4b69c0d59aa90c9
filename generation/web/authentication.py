"""Who a request is from, where a program sends its token."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework import authentication, exceptions

from generation.services.tokens import token_user


class TokenAuthentication(authentication.TokenAuthentication):
    """``Authorization: Token …``, as REST framework reads it; what is looked up is our own table of hashes."""

    def authenticate_credentials(self, key: str) -> tuple[Any, None]:
        user = token_user(key)
        if user is None:
            raise exceptions.AuthenticationFailed(
                "This token opens nothing: it is unknown, has ended, was revoked, or the password was changed since. "
                "Make a new one on the account page."
            )
        return user, None


def person_of(request: HttpRequest) -> Any:
    """The signed-in person of a page's session, else of a program's token; nobody for a token that opens nothing."""
    if request.user.is_authenticated:
        return request.user
    try:
        told = TokenAuthentication().authenticate(request)  # type: ignore[arg-type]  # it reads headers only
    except exceptions.AuthenticationFailed:
        return AnonymousUser()
    return told[0] if told else request.user
