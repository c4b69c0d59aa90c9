"""How long a video takes on this machine, from what the last ones took."""

from __future__ import annotations

from statistics import median

from django.core.cache import cache

from generation.models import GenerationJob

# Seconds of work a second of video before this machine has made any: the goals of the pipeline's benchmark.
FIRST_GUESS = {"draft": 0.4, "full": 0.8}
LAST_JOBS = 30
KEEP_SECONDS = 60


def seconds_per_second(quality: str) -> float:
    """Median working seconds a second of finished video over the newest jobs of ``quality``.

    Where only the other quality was made here, its pace is scaled by the ratio of the two first guesses.
    """
    own = _measured(quality)
    if own is not None:
        return own
    other = "draft" if quality == "full" else "full"
    measured = _measured(other)
    return FIRST_GUESS[quality] * (measured / FIRST_GUESS[other] if measured is not None else 1.0)


def _measured(quality: str) -> float | None:
    """The median, kept for a minute; ``None`` before the first finished job."""
    key = f"seconds-per-second-{quality}"
    kept: float | None = cache.get(key)
    if kept is None:
        done = GenerationJob.objects.filter(state=GenerationJob.State.DONE, quality=quality)
        ratios = []
        for job in done.prefetch_related("stages")[:LAST_JOBS]:
            worked = [stage.seconds for stage in job.stages.all() if stage.seconds is not None]
            if worked:
                ratios.append(sum(worked) / job.seconds)
        kept = median(ratios) if ratios else None
        if kept is not None:
            cache.set(key, kept, KEEP_SECONDS)
    return kept
