"""How often a person, or else an address, may ask: REST framework's rates, counted so that they hold, at pages as at the API."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle

from core.addresses import address_of
from core.counts import counts
from core.errors import TooOften


class _TakingThrottle(SimpleRateThrottle):
    """Takes one of the rate in one transaction, where REST framework reads, judges and writes one after the other."""

    room_in = 0.0  # seconds

    def allow_request(self, request: Any, view: Any) -> bool:
        most, seconds = self.parse_rate(self.rate)
        key = self.get_cache_key(request, view)
        if most is None or seconds is None or key is None:
            return True
        self.room_in = counts().take(key, most=most, seconds=seconds)
        return not self.room_in

    def wait(self) -> float | None:
        return self.room_in or None

    def get_ident(self, request: Any) -> str:
        return address_of(request)


class ScopeThrottle(ScopedRateThrottle, _TakingThrottle):
    """The rate of the view's ``throttle_scope`` in DEFAULT_THROTTLE_RATES: so many in any stretch of that length."""


def rate_take(request: HttpRequest, scope: str) -> None:
    """Take one of the rate that the API's views have for ``scope``: what a page lets do is counted together with it.

    Raises ``TooOften``.
    """
    throttle = ScopeThrottle()
    if not throttle.allow_request(request, SimpleNamespace(throttle_scope=scope)):
        wait = math.ceil(throttle.wait() or 1)
        raise TooOften(
            f"At most {throttle.rate} of these are taken. Try again in {wait} s.", wait_seconds=wait
        )
