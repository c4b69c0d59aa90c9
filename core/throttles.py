"""How often a person, or else an address, may ask the API: REST framework's rates, counted so that they hold."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle

from core.addresses import address_of
from core.counts import counts


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
