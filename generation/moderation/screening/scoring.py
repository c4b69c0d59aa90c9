"""Asks every scorer that the settings name, each within its time, and keeps what it said as JSON.

A scorer that raises, takes too long or cannot be built has failed; whether that matters is its ``required``. What hangs
is left behind in its thread: the worker goes on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from generation.moderation.scorers.contract import Scorer, ScreeningItem, Signal

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
DETAIL_LENGTH = 300


class ScorerTimeout(Exception):
    """A scorer did not answer in its time."""


@cache
def _built(backend: str, options: tuple[tuple[str, Any], ...]) -> Scorer:
    return cast(Scorer, import_string(backend)(**dict(options)))


def scorer_of(entry: dict[str, Any]) -> Scorer:
    """The scorer that ``{"BACKEND": …, "OPTIONS": {…}}`` names, built once a process."""
    return _built(entry["BACKEND"], tuple(sorted(entry.get("OPTIONS", {}).items())))


def is_required(entry: dict[str, Any]) -> bool:
    """Whether nothing is published without its word; one that cannot even be loaded counts as required."""
    try:
        return bool(getattr(import_string(entry["BACKEND"]), "required", True))
    except ImportError:
        return True


def signals_asked(
    entry: dict[str, Any], item: ScreeningItem, *, beat: Callable[[], None] = lambda: None
) -> list[dict[str, Any]]:
    """What one scorer says of ``item``, as JSON, with ``required`` and the milliseconds it took; never raises of itself.

    ``beat`` is called while it works and may raise, as a lost lease does.
    """
    began = time.monotonic()
    required = is_required(entry)
    try:
        scorer = scorer_of(entry)
        signals = _within(lambda: scorer.signals(item), settings.SCREENING_TIMEOUT_SECONDS, beat)
        said = [asdict(signal) for signal in signals] or [_nothing(scorer)]
    except ScorerTimeout as error:
        said = [_failed(entry, f"timeout: {error}")]
    except _Raised as error:
        log.warning("scorer %s failed", entry["BACKEND"], exc_info=error.__cause__)
        said = [_failed(entry, f"{type(error.__cause__).__name__}: {error.__cause__}")]
    except (ImportError, TypeError) as error:
        log.warning("scorer %s cannot be built", entry["BACKEND"], exc_info=error)
        said = [_failed(entry, f"{type(error).__name__}: {error}")]
    took = round((time.monotonic() - began) * 1000)
    return [signal | {"required": required, "milliseconds": took} for signal in said]


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


def _failed(entry: dict[str, Any], detail: str) -> dict[str, Any]:
    name = getattr(_class_of(entry), "name", entry["BACKEND"].rpartition(".")[2])
    version = getattr(_class_of(entry), "version", "")
    words = detail[:DETAIL_LENGTH]
    return asdict(Signal(str(name), str(version), "other", 0.0, state="failed", detail=words))


def _class_of(entry: dict[str, Any]) -> Any:
    try:
        return import_string(entry["BACKEND"])
    except ImportError:
        return None
