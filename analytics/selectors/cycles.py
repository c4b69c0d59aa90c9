"""Reads of analytics, each with its joins."""

from __future__ import annotations

from django.db.models import QuerySet

from analytics.models import OptimizationCycle
from generation.models import Video
from generation.selectors import videos_shown

PLAYED = 4


def cycles_all() -> QuerySet[OptimizationCycle]:
    """All cycles, newest first, with their steps."""
    return OptimizationCycle.objects.select_related("version", "parent", "requested_by").prefetch_related(
        "steps"
    )


def cycle_of(pk: int) -> OptimizationCycle:
    """Raises ``OptimizationCycle.DoesNotExist``."""
    return cycles_all().get(pk=pk)


def cycle_videos(cycle: OptimizationCycle) -> tuple[list[Video], list[Video]]:
    """A few published videos made before the cycle's policy chose, and a few of its own: (before, after), newest first."""
    if cycle.version is None:
        return [], []
    shown = videos_shown().filter(job__isnull=False)
    after = list(shown.filter(job__policy__version=cycle.version.pk)[:PLAYED])
    before = list(shown.filter(job__created__lt=cycle.created)[:PLAYED])
    return before, after
