"""A worker that kills itself with SIGKILL at one named moment: ``python -m tests.generation.jobs.dying_worker JOB MOMENT``.

A moment is ``stage:fraction`` (when that stage reports at least this progress), ``files`` (final files are in place,
no row yet), ``row`` (the video's row is written, the transaction is open), ``committed``, or ``never``.
"""

import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aigc_platform.settings")
django.setup()

from generation.jobs import completion, worker  # noqa: E402
from generation.jobs.leases import Lease  # noqa: E402
from generation.models import Video  # noqa: E402


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(moment: str) -> None:
    """Put the bomb where ``moment`` says."""
    stage, _, fraction = moment.partition(":")
    told = Lease.progress

    def progress(self, row, done, *, start, share):
        told(self, row, done, start=start, share=share)
        if row.name == stage and done >= float(fraction or 0):
            die()

    Lease.progress = progress
    if moment == "files":
        write = completion._write_cover
        completion._write_cover = lambda *args: (write(*args), die())
    if moment == "row":
        make = Video.objects.create
        Video.objects.create = lambda **values: (make(**values), die())


if __name__ == "__main__":
    arm(sys.argv[2])
    worker.job_take(int(sys.argv[1]))
    if sys.argv[2] == "committed":
        die()
