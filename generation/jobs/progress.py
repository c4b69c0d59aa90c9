"""What is special about the lease of a job: progress by stages, and how a job ends. The lease itself is ``core.leases``."""

from __future__ import annotations

from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.errors import PlatformError
from core.leases import Lease, passing_over_busy, row_claim
from generation.models import GenerationJob, JobStage


def job_claim(pk: int, owner: str) -> bool:
    """Take the job when it waits or its worker is gone; ``True`` for exactly one of any number of callers."""
    now = Value(timezone.now(), output_field=DateTimeField())
    return row_claim(GenerationJob, pk, owner, started=Coalesce("started", now))


class JobLease(Lease[GenerationJob]):
    """The lease of a job."""

    again = "Start the job again afterwards."
    after_fault = "start the job again or change the brief."

    def stage_progress(self, stage: JobStage, done: float, *, start: float, share: float) -> None:
        """Record ``done`` in [0, 1] of a stage that covers ``[start, start + share]`` of the job; never backwards."""
        self.beat()
        if not self.progress_is_due(done):
            return
        stage.progress = min(max(done, stage.progress, 0.0), 1.0)
        self.progress_write(start + share * stage.progress)
        with passing_over_busy(self.name):
            JobStage.objects.filter(pk=stage.pk).update(progress=stage.progress)

    def end_failed(self, error: PlatformError) -> None:
        self._end(
            GenerationJob.State.FAILED, left=JobStage.State.FAILED, code=error.code, sentence=str(error)
        )

    def end_cancelled(self) -> None:
        self._end(GenerationJob.State.CANCELLED, left=JobStage.State.WAITING)

    def _end(self, state: str, *, left: str, code: str = "", sentence: str = "") -> None:
        ended = self.own().update(
            state=state,
            error_code=code,
            error=sentence,
            ended=timezone.now(),
            cancel_requested=False,
            lease_until=None,
        )
        if ended:
            JobStage.objects.filter(job_id=self.row.pk, state=JobStage.State.RUNNING).update(state=left)
