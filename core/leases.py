"""Leases: whose work a row is. Jobs, uploads and training runs are rows that one worker at a time holds.

A worker claims a row by one conditional UPDATE and renews its lease from a thread of its own; only the holder may write
to the row afterwards, so a worker that was taken for dead and comes back changes nothing. Whatever goes wrong in the work
passes one ladder of errors (``Lease.work``) and ends as a state with a code and a sentence.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Generic, Self, TypeVar

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, models
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from core.errors import DatabaseBusy, DiskFull, LeaseLost, PlatformError, WorkCancelled
from core.files import NO_SPACE, database_refusal

log = logging.getLogger(__name__)

QUEUED, RUNNING = "queued", "running"  # the two states of a leased row that this page knows
WRITE_EVERY_SECONDS = 0.4  # progress is told often and written seldom
CANCEL_SECONDS = 0.8  # the work's own chance to stop before its row is ended without it


class Leased(models.Model):
    """A row that is worked on by one worker at a time; its ``state`` is ``queued`` while it waits, ``running`` while held.

    A table with ``progress`` (0–1) has it written by its lease, one with ``cancel_requested`` is watched for it.
    """

    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)  # how often a worker has taken it up

    class Meta:
        abstract = True

    @classmethod
    def claimable(cls) -> QuerySet[Self]:
        """Rows that wait, and rows whose worker is gone: what any worker may take."""
        lost = Q(state=RUNNING, lease_until__lt=timezone.now())
        return cls._default_manager.filter(Q(state=QUEUED) | lost)


Row = TypeVar("Row", bound=Leased)


def lease_owner_new() -> str:
    """A name no other worker has: host, process, random."""
    return f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def row_claim(table: type[Leased], pk: int, owner: str, **values: Any) -> bool:
    """Lease a claimable row, setting ``values`` too; ``True`` for exactly one of any number of callers."""
    held: dict[str, Any] = {"state": RUNNING, "lease_owner": owner, "lease_until": _lease_end()}
    taken = table.claimable().filter(pk=pk).update(**held, attempts=F("attempts") + 1, **values)
    return taken == 1


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def is_busy(error: OperationalError) -> bool:
    """Whether the database was only held by another process for longer than one waits."""
    return isinstance(database_refusal(str(error)), DatabaseBusy)


@contextmanager
def passing_over_busy(name: str) -> Iterator[None]:
    """For a write that the next one makes up for."""
    try:
        yield
    except OperationalError as error:
        if not is_busy(error):
            raise
        log.warning("progress of %s is not written: %s", name, error)


class Lease(Generic[Row]):
    """Holds a claimed row: renews it, and turns lost leases and cancels into errors in the working thread.

    ``work`` does it all; call ``beat`` (cheap) or ``progress`` from within the work. A table's own lease says in
    ``end_failed`` and ``end_cancelled`` how its row ends, and in ``again`` and ``after_fault`` what to do next.
    """

    again = "Start it again afterwards."  # after a disk's refusal
    after_fault = "start it again."  # after a fault of ours
    look_every_seconds = 0.5  # how soon a cancel or a lost lease is seen

    def __init__(self, row: Row, owner: str) -> None:
        self.row, self.owner = row, owner
        self.name = f"{row._meta.verbose_name} {row.pk}"
        self._watched = ["lease_owner"]
        if any(field.name == "cancel_requested" for field in row._meta.concrete_fields):
            self._watched.append("cancel_requested")
        self._stop = threading.Event()
        self._verdict: type[WorkCancelled] | type[LeaseLost] | None = None
        self._thread = threading.Thread(target=self._renew, name=f"lease of {self.name}", daemon=True)
        self._progress: float = getattr(row, "progress", 0.0)
        self._written = 0.0

    # --- how a row ends ------------------------------------------------------------------------------------------
    def end_failed(self, error: PlatformError) -> None:
        """Record that the work failed and why, only while the lease is ours."""
        raise NotImplementedError

    def end_cancelled(self) -> None:
        """Record that the work was cancelled, only while the lease is ours; by default as a failure of that name."""
        self.end_failed(WorkCancelled(f"The {self.name} was cancelled."))

    # --- the work ------------------------------------------------------------------------------------------------
    def work(self, make: Callable[[], object]) -> Exception | None:
        """Do ``make`` under the lease; the row ends in a state that says what happened. What went wrong, if anything."""
        with self:
            try:
                make()
            except LeaseLost as error:
                log.warning("%s was deleted or taken over; this worker stops", self.name)
                return error
            except WorkCancelled as error:
                self.end_cancelled()
                return error
            except PlatformError as error:
                log.warning("%s failed: %s", self.name, error)
                self.end_failed(error)
                return error
            except OperationalError as error:
                if not is_busy(error):
                    log.exception("%s failed", self.name)
                    self.end_failed(self._fault())
                else:  # no fault of the work: what is done of it is kept, and the next to take the row goes on
                    log.warning("%s waits: the database is held by another process", self.name)
                return error
            except OSError as error:
                log.exception("%s failed", self.name)
                self.end_failed(self._disk_refusal(error))
                return error
            except Exception as error:
                log.exception("%s failed", self.name)
                self.end_failed(self._fault())
                return error
            except (
                BaseException
            ):  # the process is told to go: the next worker need not wait for the lease's end
                with suppress(DatabaseError):
                    self.own().update(lease_until=timezone.now())
                raise
        return None

    def _fault(self) -> PlatformError:
        return PlatformError(
            f"Something broke that should not. It was recorded; {self.after_fault}", code="internal_error"
        )

    def _disk_refusal(self, error: OSError) -> PlatformError:
        if error.errno in NO_SPACE:
            return DiskFull(f"The disk is full. {self.again}")
        return PlatformError(
            f"A file could not be read or written ({error.strerror}). {self.again}", code="file_error"
        )

    def own(self) -> QuerySet[Row]:
        """The row as long as it is ours."""
        table: type[Row] = type(self.row)
        return table._default_manager.filter(pk=self.row.pk, lease_owner=self.owner, state=RUNNING)

    def beat(self) -> None:
        """Raises ``WorkCancelled`` or ``LeaseLost`` as soon as the heartbeat has seen it."""
        if self._verdict is not None:
            raise self._verdict(f"The {self.name} stops: it was cancelled, deleted or taken over.")

    def update(self, **values: Any) -> None:
        """Write to the row, only while the lease is ours. Raises ``LeaseLost`` otherwise."""
        if self.own().update(**values) != 1:
            raise LeaseLost(f"The {self.name} was deleted or taken over by another worker.")

    def progress(self, done: float) -> None:
        """Record progress in [0, 1]; never backwards, and not more often than is worth a write. Raises as ``beat``."""
        self.beat()
        if self.progress_is_due(done):
            self.progress_write(done)

    def progress_is_due(self, done: float) -> bool:
        """Whether enough time has passed for a write, or the work is done."""
        now = time.monotonic()
        if now - self._written < WRITE_EVERY_SECONDS and done < 1.0:
            return False
        self._written = now
        return True

    def progress_write(self, done: float) -> None:
        """Write it, unless the database is held by another process: the next one tells more."""
        self._progress = max(self._progress, min(done, 1.0))
        with passing_over_busy(self.name):
            self.update(progress=self._progress)

    # --- the heartbeat -------------------------------------------------------------------------------------------
    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _renew(self) -> None:
        """Now and then: is it cancelled, is it still ours; every third of the lease: extend."""
        extend_at = cancelled_at = 0.0
        try:
            while not self._stop.wait(self.look_every_seconds):
                try:
                    row = (
                        type(self.row)._default_manager.filter(pk=self.row.pk).values(*self._watched).first()
                    )
                    if row is None or row["lease_owner"] != self.owner:
                        self._verdict = LeaseLost
                        return
                    if row.get("cancel_requested") and self._verdict is None:
                        self._verdict, cancelled_at = WorkCancelled, time.monotonic()
                    if self._verdict is WorkCancelled and time.monotonic() - cancelled_at > CANCEL_SECONDS:
                        self.end_cancelled()  # one long step hangs: what it still makes is thrown away
                        return
                    if time.monotonic() >= extend_at:
                        self.own().update(lease_until=_lease_end())
                        extend_at = time.monotonic() + settings.JOB_LEASE_SECONDS / 3
                except (
                    OperationalError
                ):  # a database busy for too long: the next look may come through in time
                    log.warning("the lease of %s could not be renewed", self.name, exc_info=True)
        finally:
            connection.close()
