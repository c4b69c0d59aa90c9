"""A worker reads the AI labels of a file that somebody handed in, in the sandbox; the file goes, whatever came of it."""

from __future__ import annotations

import threading

from core.errors import PlatformError
from generation.jobs.awaited import (
    AwaitedLease,
    check_deaths,
    claimed,
    kept_file,
    kept_files_remove,
    take_waiting,
)
from generation.media.ingest.refusals import refusal
from generation.media.ingest.sandbox import run_sandboxed
from generation.models import LabelReading
from generation.selectors import readings_claimable

READ_SECONDS = 40.0  # a foreign file has this long
AT_ONCE = 2
_turns = threading.BoundedSemaphore(AT_ONCE)


class ReadingLease(AwaitedLease[LabelReading]):
    def end_failed(self, error: PlatformError) -> None:
        """Record why, and remove what was sent."""
        if self.failed(error, file=""):
            kept_files_remove(self.row.file)


def readings_take() -> int:
    """Read what waits, two files at once at most; how many this thread took."""
    return take_waiting(readings_claimable, _turns, reading_take)


def reading_take(pk: int) -> bool:
    """Read the file if it is free to take; ``False`` when another worker has it or it is gone."""
    taken = claimed(LabelReading, pk)
    if taken is None:
        return False
    row, owner = taken
    lease = ReadingLease(row, owner)
    lease.work(lambda: _read(row, lease))
    return True


def _read(row: LabelReading, lease: ReadingLease) -> None:
    check_deaths(row)
    place = kept_file(row.file)
    if not row.file or not place.is_file():
        raise refusal("upload_lost")
    labels = run_sandboxed(
        "generation.media.provenance.verify",
        str(place),
        reads=[place],
        wall_seconds=READ_SECONDS,
        check=lease.beat,
    )
    lease.update(state=LabelReading.State.DONE, labels=labels, file="", lease_until=None)
    kept_files_remove(row.file)
