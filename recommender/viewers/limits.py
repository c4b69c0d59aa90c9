"""How much one viewer or one address may do in a minute or an hour: counts in fixed windows, kept in the cache ``limits``."""

from __future__ import annotations

import time

from django.core.cache import caches

from recommender.errors import TooMany


def take(key: str, *, amount: int, most: int, seconds: int, what: str) -> None:
    """Count ``amount`` for ``key`` in the present window of ``seconds``.

    Raises ``TooMany``, and counts nothing, when that would be more than ``most``; ``what`` names the counted thing.
    """
    now = time.time()
    window, passed = divmod(int(now), seconds)
    place = f"{key}:{seconds}:{window}"
    cache = caches["limits"]
    cache.add(place, 0, timeout=seconds + 1)
    try:
        total = cache.incr(place, amount)
    except ValueError:  # dropped between the two calls, to make room
        cache.set(place, amount, timeout=seconds + 1)
        total = amount
    if total > most:
        cache.decr(place, amount)
        wait = seconds - passed
        raise TooMany(
            f"At most {most} {what} in {seconds} seconds are taken. Try again in {wait} s; nothing sent before is lost.",
            wait_seconds=wait,
        )
