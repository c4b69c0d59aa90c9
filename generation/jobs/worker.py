"""A worker takes a job: claim, make, and whatever happens end in a state that says what happened."""

from __future__ import annotations

from django.conf import settings

from core.errors import WorkCancelled
from core.leases import lease_owner_new
from generation.errors import GenerationError
from generation.jobs.pipeline import Work, job_make
from generation.jobs.progress import JobLease, job_claim
from generation.models import GenerationJob
from generation.selectors import jobs_in_turn


def job_take_next() -> bool:
    """Make the video whose turn it is (``selectors.jobs_in_turn``); ``False`` when none is left to take."""
    return any(job_take(pk) for pk in jobs_in_turn())


def job_take(pk: int) -> bool:
    """Make the job's video if it is free to take; ``False`` when another worker has it or it has ended."""
    owner = lease_owner_new()
    if not job_claim(pk, owner):
        return False
    job = GenerationJob.objects.select_related("owner").get(pk=pk)
    lease = JobLease(job, owner)
    lease.work(lambda: _make(job, lease))
    return True


def _make(job: GenerationJob, lease: JobLease) -> None:
    if job.cancel_requested:
        raise WorkCancelled(f"Job {job.pk} was cancelled.")
    if job.attempts > settings.JOB_ATTEMPTS:
        raise GenerationError(
            f"The worker died {job.attempts - 1} times while making this video. Try a shorter or simpler one."
        )
    job_make(Work(job, lease))
