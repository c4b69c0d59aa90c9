"""Tokens of programs: made with a name and an end, shown once, kept as a hash, ended by hand, by time or by a new password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from generation.errors import TokenLimit, TokenUnknown
from generation.models import AccessToken

TOKENS_MOST = 20  # of one account
SIGN_IN_NAME = "POST /api/v1/token/"  # of tokens that a program got for name and password
USED_WITHIN = timedelta(hours=1)  # one write an hour says well enough whether a token is in use
_BYTES = 32


@transaction.atomic
def token_create(*, user: User, name: str, days: int) -> str:
    """A new token that ends in ``days``; the only time anybody sees it. Raises ``TokenLimit``.

    Where there are as many as an account may have, a new one of a program's sign-in takes the place of the sign-in's
    that was used longest ago.
    """
    _drop_ended(user)
    tokens = AccessToken.objects.filter(user=user)
    if tokens.count() >= TOKENS_MOST:
        signed_in = tokens.filter(name=SIGN_IN_NAME) if name == SIGN_IN_NAME else tokens.none()
        oldest = min(signed_in, key=lambda token: token.used or token.created, default=None)
        if oldest is None:
            raise TokenLimit(
                f"An account has at most {TOKENS_MOST} tokens. Revoke one on the account page first.",
                values={"most": str(TOKENS_MOST)},
            )
        oldest.delete()
    key = secrets.token_urlsafe(_BYTES)
    AccessToken.objects.create(
        user=user,
        name=name,
        digest=digest_of(key),
        start=key[:6],
        password_mark=password_mark(user),
        expires=timezone.now() + timedelta(days=days),
    )
    return key


def token_sign_in(*, user: User) -> str:
    """The token a program gets for name and password."""
    return token_create(user=user, name=SIGN_IN_NAME, days=settings.TOKEN_DAYS)


def token_revoke(*, user: User, pk: int) -> None:
    """End one of the user's tokens at once. Raises ``TokenUnknown``."""
    if not AccessToken.objects.filter(user=user, pk=pk).delete()[0]:
        raise TokenUnknown("This token is not one of yours, or it has ended already. Reload the page.")


def token_user(key: str) -> User | None:
    """Whose token ``key`` is; nobody's once it ended, was made under another password, or its account was switched off."""
    token = AccessToken.objects.select_related("user").filter(digest=digest_of(key)).first()
    if token is None or not _holds(token) or not token.user.is_active:
        return None
    now = timezone.now()
    if token.used is None or now - token.used > USED_WITHIN:
        AccessToken.objects.filter(pk=token.pk).update(used=now)
    return token.user


def tokens_of(user: User) -> list[AccessToken]:
    """The user's tokens that open something, newest first."""
    return [token for token in AccessToken.objects.filter(user=user).select_related("user") if _holds(token)]


def digest_of(key: str) -> str:
    """What is kept of a token: it has 256 random bits, so one round of SHA-256 is not guessed back."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def password_mark(user: User) -> str:
    """Changes whenever the password does, and tells nothing about it."""
    return salted_hmac("generation.tokens", user.password, algorithm="sha256").hexdigest()


def _holds(token: AccessToken) -> bool:
    return token.expires > timezone.now() and constant_time_compare(
        token.password_mark, password_mark(token.user)
    )


def _drop_ended(user: User) -> None:
    ended = [token.pk for token in AccessToken.objects.filter(user=user) if not _holds(token)]
    AccessToken.objects.filter(pk__in=ended).delete()
