"""A worker takes a job: claim, make, and whatever happens end in a state that says what happened."""

from __future__ import annotations

import errno
import logging

from django.conf import settings
from django.utils import timezone

from core.errors import DiskFull, LeaseLost, PlatformError, WorkCancelled
from generation.errors import GenerationError
from generation.jobs.leases import Lease, job_claim, lease_owner_new
from generation.jobs.pipeline import Work, job_make
from generation.models import GenerationJob, JobStage

log = logging.getLogger(__name__)


def job_take(pk: int) -> bool:
    """Make the job's video if it is free to take; ``False`` when another worker has it or it has ended."""
    owner = lease_owner_new()
    if not job_claim(pk, owner):
        return False
    job = GenerationJob.objects.select_related("owner").get(pk=pk)
    with Lease(job, owner) as lease:
        try:
            if job.cancel_requested:
                raise WorkCancelled(f"Job {pk} was cancelled.")
            if job.attempts > settings.JOB_ATTEMPTS:
                raise GenerationError(
                    f"The worker died {job.attempts - 1} times while making this video. Try a shorter or simpler one."
                )
            job_make(Work(job, lease))
        except LeaseLost:
            log.warning("job %s was taken over; this worker stops", pk)
        except WorkCancelled:
            _end(job, owner, GenerationJob.State.CANCELLED)
        except PlatformError as error:
            log.warning("job %s failed: %s", pk, error)
            _end(job, owner, GenerationJob.State.FAILED, code=error.code, sentence=str(error))
        except OSError as error:
            log.exception("job %s failed", pk)
            full = error.errno == errno.ENOSPC
            sentence = (
                "The disk is full." if full else f"A file could not be read or written ({error.strerror})."
            )
            code = DiskFull.code if full else "file_error"
            _end(
                job,
                owner,
                GenerationJob.State.FAILED,
                code=code,
                sentence=f"{sentence} Start the job again afterwards.",
            )
        except Exception:
            log.exception("job %s failed", pk)
            sentence = (
                "Something broke that should not. It was recorded; start the job again or change the brief."
            )
            _end(job, owner, GenerationJob.State.FAILED, code="internal_error", sentence=sentence)
    return True


def _end(job: GenerationJob, owner: str, state: str, *, code: str = "", sentence: str = "") -> None:
    """Record the end, only while the lease is ours."""
    mine = GenerationJob.objects.filter(pk=job.pk, lease_owner=owner, state=GenerationJob.State.RUNNING)
    ended = mine.update(
        state=state,
        error_code=code,
        error=sentence,
        ended=timezone.now(),
        cancel_requested=False,
        lease_until=None,
    )
    if ended:
        left = JobStage.State.FAILED if code else JobStage.State.WAITING
        job.stages.filter(state=JobStage.State.RUNNING).update(state=left)
