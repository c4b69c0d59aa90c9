"""Keeps one snapshot of the catalogue in the process and brings it up to date behind the requests' backs.

A thread reads what changed every ``FEED_REFRESH_SECONDS``, or less often where that takes long, and puts a new snapshot
in the old one's place with a single assignment, so a request never waits for it and never sees half of it. What was
unpublished meanwhile is caught by the page's own last look at the database. A setting of 0 reads everything at each request, which is what tests want.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from recommender.catalogue.reader import Reader
from recommender.catalogue.snapshot import Snapshot

logger = logging.getLogger(__name__)

REST = 20.0  # times as long as it worked the thread rests at least: requests share the processor with it
STALE_SECONDS = 5.0  # a request that finds the snapshot older than this refreshes it itself


class CatalogueRefresher:
    """The process's one snapshot and the thread behind it."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._held = False
        self.also: list[Callable[[], object]] = []  # what else to look for each time

    @property
    def alive(self) -> bool:
        """Whether the thread refreshes in the background."""
        return self._thread is not None and self._thread.is_alive()

    def current(self) -> Snapshot:
        """The snapshot, a few seconds old at most; while the thread lives, no request waits for it."""
        interval = settings.FEED_REFRESH_SECONDS
        kept = self._snapshot
        if kept is not None and (self._held or (interval and (self.alive or _age(kept) < STALE_SECONDS))):
            return kept
        with self._lock:
            kept = self._snapshot
            if kept is None or (not interval and not self._held):
                kept = self._reader.everything()
            elif _age(kept) >= STALE_SECONDS:
                kept = self._reader.step(kept)
            self._snapshot = kept
        if interval:
            self.start()
        return kept

    def start(self) -> None:
        """Begin to refresh in the background; a process that forks calls this afterwards."""
        with self._lock:
            if not self.alive:
                self._thread = threading.Thread(target=self._run, name="catalogue", daemon=True)
                self._thread.start()

    @contextmanager
    def held(self) -> Iterator[Snapshot]:
        """Keep the present snapshot as it is, whatever happens, for as long as the context lasts."""
        snapshot = self.current()
        self._held = True
        try:
            yield snapshot
        finally:
            self._held = False

    def _run(self) -> None:
        while True:
            began = time.monotonic()
            try:
                with self._lock:
                    old = self._snapshot
                    self._snapshot = self._reader.everything() if old is None else self._reader.step(old)
                for look in self.also:
                    look()
            except Exception:  # the site goes on with what it has, and the log says why that grows old
                logger.exception("The catalogue could not be refreshed; the next try comes in a moment.")
                connection.close()
            spent = time.monotonic() - began
            time.sleep(max(settings.FEED_REFRESH_SECONDS - spent, REST * spent, 0.1))


def _age(snapshot: Snapshot) -> float:
    return time.monotonic() - snapshot.taken
