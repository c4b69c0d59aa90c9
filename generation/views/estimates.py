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
    """Median working seconds a second of finished video over the newest jobs of ``quality``."""
    key = f"seconds-per-second-{quality}"
    kept: float | None = cache.get(key)
    if kept is None:
        done = GenerationJob.objects.filter(state=GenerationJob.State.DONE, quality=quality).prefetch_related(
            "stages"
        )
        ratios = []
        for job in done[:LAST_JOBS]:
            worked = [stage.seconds for stage in job.stages.all() if stage.seconds is not None]
            if worked:
                ratios.append(sum(worked) / job.seconds)
        kept = median(ratios) if ratios else FIRST_GUESS[quality]
        cache.set(key, kept, KEEP_SECONDS)
    return kept
