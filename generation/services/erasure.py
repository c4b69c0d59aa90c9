"""Taking a person's creations away for good: running work first, then rows, then files."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from generation.errors import JobStateConflict
from generation.jobs.awaited import kept_files_remove
from generation.models import GenerationJob, LabelReading, NarrationPreview, Upload, Video
from generation.services.jobs import job_cancel

FOLDERS = ("videos", "uploads", "incoming")  # under MEDIA_ROOT, each with a folder an owner
WAIT_SECONDS = 3.0  # a worker notices a cancel within two


def work_stop(*, owner: User, wait_seconds: float = WAIT_SECONDS) -> None:
    """Cancel the owner's unfinished jobs and give their workers a moment to let go."""
    unfinished = GenerationJob.objects.filter(owner=owner).exclude(state__in=GenerationJob.ENDED)
    for job in unfinished.all():
        with suppress(JobStateConflict):  # it ended meanwhile
            job_cancel(job=job)
    until = time.monotonic() + wait_seconds
    while time.monotonic() < until and unfinished.exists():
        time.sleep(0.1)


@transaction.atomic
def creations_erase(*, owner: User) -> list[int]:
    """Delete every row of what the owner made or sent; the ids of the jobs, whose files ``files_erase`` takes.

    What a page of theirs waits for goes at once with its files: the next sweep takes one that a worker just writes.
    """
    readings = LabelReading.objects.filter(owner=owner)
    previews = NarrationPreview.objects.filter(job__owner=owner)
    awaited = [*readings.values_list("file", flat=True), *previews.values_list("sound", flat=True)]
    transaction.on_commit(lambda: kept_files_remove(*awaited))
    readings.delete()
    jobs = list(GenerationJob.objects.filter(owner=owner).values_list("pk", flat=True))
    Video.objects.filter(Q(owner=owner) | Q(job__owner=owner) | Q(upload__owner=owner)).delete()
    GenerationJob.objects.filter(owner=owner).delete()
    Upload.objects.filter(owner=owner).delete()
    return jobs


def files_erase(*, owner_id: int, jobs: list[int]) -> None:
    """Delete the owner's media folders and the jobs' intermediate files; doing it twice is the same as once."""
    places = [Path(settings.MEDIA_ROOT) / folder / str(owner_id) for folder in FOLDERS]
    places += [Path(settings.VAR_DIR) / "jobs" / str(pk) for pk in jobs]
    for place in places:
        shutil.rmtree(place, ignore_errors=True)
