"""Measuring what has not been measured yet, for as long as there is time. Safe to run twice and to be killed: each video is
written as soon as it is measured, and whoever comes next goes on with those that are left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from analytics.features.extraction import MEASURES, measured, version_of
from analytics.features.table import videos_learned_from
from analytics.models import VideoFeatures
from generation.models import Video
from recommender.catalogue.vectors import vectors_make

Tell = Callable[[int, int], None]  # how many are done, of how many
BLOCK = 50  # videos looked at together


@dataclass(frozen=True)
class FeaturesMade:
    """How many videos were measured now, and how many still wait."""

    made: int
    left: int


def features_make(*, seconds: float = float("inf"), tell: Tell | None = None) -> FeaturesMade:
    """Measure what is new or has changed, the newest first, until ``seconds`` are over; at least one video is."""
    until = time.monotonic() + seconds
    wanted = features_missing()
    for done, pk in enumerate(wanted):
        if done and time.monotonic() >= until:
            return FeaturesMade(done, len(wanted) - done)
        _make(pk)
        if tell is not None:
            tell(done + 1, len(wanted))
    return FeaturesMade(len(wanted), 0)


def features_missing() -> list[int]:
    """Numbers of the videos whose measures are missing or of another file, other words or another extractor."""
    found = []
    rows = videos_learned_from().select_related("upload", "measured").order_by("-published", "-pk")
    for video in rows.iterator(chunk_size=BLOCK):
        present = video.measured.version if hasattr(video, "measured") else ""
        if not present.startswith(MEASURES) or present != version_of(video):
            found.append(video.pk)
    return found


def _make(pk: int) -> None:
    video = Video.objects.select_related("upload").filter(pk=pk).first()
    if video is None:  # deleted since
        return
    found = measured(video)
    vectors_make([pk])  # the table has the meaning of its words too
    VideoFeatures.objects.update_or_create(
        video=video,
        defaults={
            "version": version_of(video),
            "values": found.values,
            "picture": found.picture.tobytes(),
            "updated": timezone.now(),
        },
    )
