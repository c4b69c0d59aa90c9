"""Short work that somebody waits for on a page: taken by threads of one worker, first come first served.

A thread that is woken takes what waits, one after the other, as long as its kind has a turn free (``take_waiting``); so a
kind never has more under way in one process than its turns, whatever number of messages came. A row whose worker died is
taken up once more and then ends failed, in words: who waits is told, and a file that ends its reader does not come back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db.models import QuerySet

from core.errors import PlatformError
from core.leases import Lease, lease_owner_new, row_claim
from generation.errors import WorkerDied
from generation.models import Awaited

DEATHS_MAX = 2
READINGS, PREVIEWS = "readings", "previews"  # folders of their files, under VAR_DIR
Row = TypeVar("Row", bound=Awaited)


class AwaitedLease(Lease[Row]):
    """The lease of what a page waits for."""

    again = "Try it again afterwards."
    after_fault = "try it again."

    def end_failed(self, error: PlatformError) -> None:
        self.failed(error)

    def failed(self, error: PlatformError, **columns: str) -> bool:
        """Record why, with what the sentence was filled with, and ``columns``; whether the row was still this lease's."""
        ended = self.own().update(
            state=Awaited.State.FAILED,
            error_code=error.code,
            error=str(error),
            error_values=error.values,
            lease_until=None,
            **columns,
        )
        return bool(ended)


def take_waiting(
    waiting: Callable[[], QuerySet[Row]], turn: threading.Semaphore, take: Callable[[int], bool]
) -> int:
    """``take`` the first of ``waiting()`` until none waits or all turns are taken; how many this thread took.

    Looked at again after the turn was given back, so that nothing that came in between waits for the next message.
    """
    taken = 0
    while (first := waiting().values_list("pk", flat=True).first()) is not None:
        if not turn.acquire(blocking=False):
            break
        try:
            taken += take(first)
        finally:
            turn.release()
    return taken


def claimed(table: type[Row], pk: int) -> tuple[Row, str] | None:
    """The row with the name of its lease's owner; ``None`` where another worker was faster or it is gone."""
    owner = lease_owner_new()
    if not row_claim(table, pk, owner):
        return None
    row = table._default_manager.filter(pk=pk).first()
    return None if row is None else (row, owner)


def check_deaths(row: Awaited) -> None:
    """Raises ``WorkerDied`` for a row that took its workers down."""
    if row.attempts > DEATHS_MAX:
        raise WorkerDied(f"The process that did this died {row.attempts - 1} times. It is not tried again.")


def kept_file(path: str) -> Path:
    """The file at ``path`` (relative to VAR_DIR) of a reading or a preview."""
    return Path(settings.VAR_DIR) / path


def kept_files_remove(*paths: str) -> None:
    """Delete files that exist; empty names are passed over."""
    for path in paths:
        if path:
            kept_file(path).unlink(missing_ok=True)
