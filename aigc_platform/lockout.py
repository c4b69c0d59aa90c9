"""Failed sign-ins, counted by the accounts that the typed name may open, however it is spelled, and by address.

Two bounds: an account waits at one address after AIGC_LOGIN_TRIES; after AIGC_ACCOUNT_TRIES from all addresses together it
waits, for a shorter while, at every address it was not signed in from lately. So strangers with many addresses can
neither guess on nor lock an owner out at home.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Sum
from django.http import HttpRequest

from core.addresses import address_of

Credentials = dict[str, Any]
LONGEST_NAME = 254  # letters, of an e-mail address; a longer name is nobody's
KNOWN_DAYS = 90  # an address stays known so long after a sign-in
_NAMED_BY = ("username", "email")  # the keys of credentials; allauth sends an address under both


def client_address(request: HttpRequest) -> str | None:
    return address_of(request) or None


def accounts_named(typed: str) -> set[str]:
    """User names of every account that ``typed`` may open, as a name or as an e-mail address.

    The spelling in its common form (NFKC, case folded) where there is none: it is counted like an account, so that
    nobody learns which names exist.
    """
    common = unicodedata.normalize("NFKC", typed).strip()
    if not common or len(typed) > LONGEST_NAME:
        return {common.casefold()[:LONGEST_NAME]}
    by_name, by_address = Q(), Q()
    for spelling in {typed.strip(), common, common.casefold()}:
        by_name |= Q(username__iexact=spelling) | Q(email__iexact=spelling)
        by_address |= Q(email__iexact=spelling)
    users = User.objects.filter(by_name).values_list("username", flat=True)
    addressed = EmailAddress.objects.filter(by_address).values_list("user__username", flat=True)
    return {*users, *addressed} or {common.casefold()[:LONGEST_NAME]}


class AccountHandler(AxesDatabaseHandler):
    """axes' own counting, each time for the accounts that are meant instead of for the name as it was typed."""

    def is_allowed(self, request: HttpRequest, credentials: Credentials | None = None) -> bool:
        if any(len(typed) > LONGEST_NAME for typed in _typed(credentials)):
            raise PermissionDenied  # unjudged: no query or hash is spent on it
        return bool(super().is_allowed(request, credentials))

    def is_locked(self, request: HttpRequest, credentials: Credentials | None = None) -> bool:
        for name in _meant(credentials):
            if super().is_locked(request, {"username": name}) or _besieged(request, name):
                return True
        return False

    def user_login_failed(
        self, sender: Any, credentials: Credentials, request: Any = None, **more: Any
    ) -> None:
        if request is None:  # authenticate() without one was refused by axes' backend
            return
        before = locked = request.axes_locked_out
        for name in _meant(credentials):
            request.axes_locked_out = (
                before  # one account's lock must not keep another's failure from being counted
            )
            super().user_login_failed(sender, {"username": name}, request, **more)
            locked = locked or request.axes_locked_out
        request.axes_locked_out = locked


def _typed(credentials: Credentials | None) -> list[str]:
    return [str(credentials[key]) for key in _NAMED_BY if credentials.get(key)] if credentials else []


def _meant(credentials: Credentials | None) -> list[str]:
    return sorted(set().union(*map(accounts_named, _typed(credentials) or [""])))


def _besieged(request: Any, name: str) -> bool:
    """Whether so many tries at this account failed lately, from anywhere, that only addresses known to it go on."""
    now = request.axes_attempt_time
    lately = AccessAttempt.objects.filter(
        username=name, attempt_time__gt=now - timedelta(minutes=settings.ACCOUNT_PAUSE_MINUTES)
    )
    if (lately.aggregate(all=Sum("failures_since_start"))["all"] or 0) < settings.ACCOUNT_TRIES:
        return False
    known = AccessLog.objects.filter(
        username=name,
        ip_address=request.axes_ip_address,
        attempt_time__gt=now - timedelta(days=KNOWN_DAYS),
    )
    return not known.exists()
