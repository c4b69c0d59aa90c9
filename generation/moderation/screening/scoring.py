"""Asks a scorer within its time, and keeps what it said as JSON.

A scorer that raises, takes too long or cannot be built has failed; whether that matters is its ``required``. What hangs
is left behind in its thread: the worker goes on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings

from generation.moderation.scorers.contract import Scorer, ScreeningItem, Signal
from generation.moderation.screening.suite import AskedScorer, suite_forget

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
DETAIL_LENGTH = 300


class ScorerTimeout(Exception):
    """A scorer did not answer in its time."""


def signals_asked(
    asked: AskedScorer, item: ScreeningItem, *, beat: Callable[[], None] = lambda: None
) -> list[dict[str, Any]]:
    """What one scorer says of ``item``, as JSON, with ``required`` and the milliseconds it took; never raises of itself.

    ``beat`` is called while it works and may raise, as a lost lease does.
    """
    began = time.monotonic()
    scorer = None
    try:
        scorer = asked.build()
    except Exception as error:
        log.warning("scorer %s cannot be built", asked.name, exc_info=error)
        said = [_failed(asked, f"{type(error).__name__}: {error}")]
    if scorer is not None:
        said = _said(asked, scorer, item, beat)
    took = round((time.monotonic() - began) * 1000)
    about = {"required": asked.required, "entry": asked.name, "milliseconds": took}
    return [signal | about for signal in said]


def _said(
    asked: AskedScorer, scorer: Scorer, item: ScreeningItem, beat: Callable[[], None]
) -> list[dict[str, Any]]:
    """Its signals as JSON, or that it failed; what ``beat`` raises is the worker's own and goes through."""
    try:
        signals = _within(lambda: scorer.signals(item), settings.SCREENING_TIMEOUT_SECONDS, beat)
    except ScorerTimeout as error:
        suite_forget()  # what it holds in the thread that hangs is made anew for the next one
        return [_failed(asked, f"timeout: {error}")]
    except _Raised as error:
        log.warning("scorer %s failed", asked.name, exc_info=error.__cause__)
        return [_failed(asked, f"{type(error.__cause__).__name__}: {error.__cause__}")]
    return [asdict(signal) for signal in signals] or [_nothing(scorer)]


class _Raised(Exception):
    """Carries what the scorer raised."""


def _within(ask: Callable[[], list[Signal]], seconds: float, beat: Callable[[], None]) -> list[Signal]:
    """``ask()`` in a thread of its own. Raises ``ScorerTimeout``, ``_Raised``, and what ``beat`` raises."""
    found: list[list[Signal]] = []
    broken: list[BaseException] = []

    def work() -> None:
        try:
            found.append(list(ask()))
        except BaseException as error:
            broken.append(error)

    thread = threading.Thread(target=work, name="scorer", daemon=True)
    thread.start()
    until = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < until:
        thread.join(LOOK_SECONDS)
        beat()
    if broken:
        raise _Raised from broken[0]
    if not found:
        raise ScorerTimeout(f"no answer within {seconds:g} s")
    return found[0]


def _nothing(scorer: Scorer) -> dict[str, Any]:
    """A scorer that looked and found nothing to say about any policy: a word too."""
    return asdict(Signal(scorer.name, scorer.version, "other", 0.0))


def _failed(asked: AskedScorer, detail: str) -> dict[str, Any]:
    words = detail[:DETAIL_LENGTH]
    return asdict(Signal(asked.name, "", "other", 0.0, state="failed", detail=words))
