"""Work that a page waits for is done for a few at a time, so that it never takes all threads of the web server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Busy


class Turns:
    """``at_once`` callers of this process have their turn together, ``waiting`` more wait up to ``seconds`` for theirs."""

    def __init__(self, at_once: int, *, waiting: int, seconds: float) -> None:
        self.seconds = seconds
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._turns = threading.BoundedSemaphore(at_once)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Raises ``Busy`` for who finds no place, or had no turn in time."""
        if not self._places.acquire(blocking=False):
            raise Busy("Others are being served here right now. Try again in a few seconds.")
        try:
            if not self._turns.acquire(timeout=self.seconds):
                raise Busy("Others are being served here right now. Try again in a few seconds.")
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()
