"""Leases on jobs and uploads: who works on what, heartbeat, progress that never runs backwards.

A worker claims a row by one conditional UPDATE; only the holder of the lease may write to the row afterwards, so a
worker that was taken for dead and comes back changes nothing.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from core.errors import LeaseLost, WorkCancelled
from generation.models import GenerationJob, JobStage, Upload

_WRITE_EVERY_SECONDS = 0.4
_CANCEL_SECONDS = 0.8  # the work's own chance to stop before its lease is taken


def lease_owner_new() -> str:
    """A name no other worker has: host, process, random."""
    return f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def row_claim(table: type[GenerationJob] | type[Upload], pk: int, owner: str) -> bool:
    """Lease a row that waits or whose worker is gone; ``True`` for exactly one of any number of callers."""
    now = timezone.now()
    free = Q(state=table.State.QUEUED) | Q(state=table.State.RUNNING, lease_until__lt=now)
    taken = table.objects.filter(free, pk=pk).update(
        state=table.State.RUNNING,
        lease_owner=owner,
        lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
        attempts=F("attempts") + 1,
    )
    return taken == 1


def job_claim(pk: int, owner: str) -> bool:
    """Take the job when it waits or its worker is gone; ``True`` for exactly one of any number of callers."""
    taken = row_claim(GenerationJob, pk, owner)
    if taken:
        GenerationJob.objects.filter(pk=pk, started__isnull=True).update(started=timezone.now())
    return taken


class Lease:
    """Holds a claimed job: renews it from a thread of its own and turns lost leases and cancels into errors.

    Use as a context manager around the work; call ``beat`` (cheap) from the work's progress callbacks.
    """

    def __init__(self, job: GenerationJob, owner: str) -> None:
        self.job, self.owner = job, owner
        self._stop = threading.Event()
        self._verdict: type[WorkCancelled] | type[LeaseLost] | None = None
        self._thread = threading.Thread(target=self._renew, name=f"lease-{job.pk}", daemon=True)
        self._progress = job.progress
        self._written = 0.0

    def __enter__(self) -> Lease:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _renew(self) -> None:
        """Every half second: is it cancelled, is it still ours; every third of the lease: extend."""
        extend_at = cancelled_at = 0.0
        try:
            while not self._stop.wait(0.5):
                row = (
                    GenerationJob.objects.filter(pk=self.job.pk)
                    .values("lease_owner", "cancel_requested")
                    .first()
                )
                if row is None or row["lease_owner"] != self.owner:
                    self._verdict = LeaseLost
                    return
                if row["cancel_requested"] and self._verdict is None:
                    self._verdict, cancelled_at = WorkCancelled, time.monotonic()
                if self._verdict is WorkCancelled and time.monotonic() - cancelled_at > _CANCEL_SECONDS:
                    self._end_cancelled()  # the work hangs in one long step: what it still makes is thrown away
                    return
                if time.monotonic() >= extend_at:
                    extend_at = time.monotonic() + settings.JOB_LEASE_SECONDS / 3
                    until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
                    self._own().update(lease_until=until)
        finally:
            connection.close()

    def _end_cancelled(self) -> None:
        self._own().update(
            state=GenerationJob.State.CANCELLED, ended=timezone.now(), cancel_requested=False, lease_owner=""
        )
        JobStage.objects.filter(job_id=self.job.pk, state=JobStage.State.RUNNING).update(
            state=JobStage.State.WAITING
        )

    def _own(self):  # type: ignore[no-untyped-def]
        return GenerationJob.objects.filter(
            pk=self.job.pk, lease_owner=self.owner, state=GenerationJob.State.RUNNING
        )

    def beat(self) -> None:
        """Raises ``WorkCancelled`` or ``LeaseLost`` as soon as the heartbeat has seen it."""
        if self._verdict is not None:
            raise self._verdict(f"Job {self.job.pk} stops: it was cancelled or taken over.")

    def update(self, **values: object) -> None:
        """Write to the job's row, only while the lease is ours. Raises ``LeaseLost`` otherwise."""
        if self._own().update(**values) != 1:
            raise LeaseLost(f"Job {self.job.pk} was taken over by another worker.")

    def progress(self, stage: JobStage, done: float, *, start: float, share: float) -> None:
        """Record ``done`` in [0, 1] of a stage that covers ``[start, start + share]`` of the job; never backwards."""
        self.beat()
        now = time.monotonic()
        if now - self._written < _WRITE_EVERY_SECONDS and done < 1.0:
            return
        self._written = now
        done = min(max(done, stage.progress, 0.0), 1.0)
        stage.progress = done
        self._progress = max(self._progress, min(start + share * done, 1.0))
        self.update(progress=self._progress)
        JobStage.objects.filter(pk=stage.pk).update(progress=done)
