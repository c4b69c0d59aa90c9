"""Measuring what has not been measured yet, for as long as there is time. Safe to run twice and to be killed: each video is
written as soon as it is measured, and whoever comes next goes on with those that are left."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils import timezone

from analytics.features.extraction import measured, version_of
from analytics.features.table import videos_learned_from
from analytics.models import VideoFeatures
from analytics.models.features import FAILED
from generation.models import Video
from recommender.catalogue.vectors import vectors_make

logger = logging.getLogger(__name__)

Tell = Callable[[int, int], None]  # how many are done, of how many
BLOCK = 50  # videos looked at together


@dataclass(frozen=True)
class FeaturesMade:
    """How many videos were measured now, how many still wait, and of how many the measuring failed."""

    made: int
    left: int
    failed: int = 0


def features_make(*, seconds: float = float("inf"), tell: Tell | None = None) -> FeaturesMade:
    """Measure what is new or has changed, the newest first, until ``seconds`` are over; at least one video is.

    A video that cannot be measured stops none of the others: the log says why, and it comes last from then on.
    """
    until = time.monotonic() + seconds
    wanted = features_missing()
    failed = 0
    for done, pk in enumerate(wanted):
        if done and time.monotonic() >= until:
            return FeaturesMade(done - failed, len(wanted) - done, failed)
        try:
            _make(pk)
        except DatabaseError:  # of the site, not of the video
            raise
        except Exception:
            logger.exception("Video %s cannot be measured; it has no row in the table of features.", pk)
            _fail(pk)
            failed += 1
        if tell is not None:
            tell(done + 1, len(wanted))
    return FeaturesMade(len(wanted) - failed, 0, failed)


def features_missing() -> list[int]:
    """Numbers of the videos whose measures are missing or of another file, other words or another extractor.

    Those that failed as they are now come last.
    """
    found, failed = [], []
    rows = videos_learned_from().select_related("upload", "measured").order_by("-published", "-pk")
    for video in rows.iterator(chunk_size=BLOCK):
        present, wanted = video.measured.version if hasattr(video, "measured") else "", version_of(video)
        if present == FAILED + wanted:
            failed.append(video.pk)
        elif present != wanted:
            found.append(video.pk)
    return found + failed


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


def _fail(pk: int) -> None:
    """Keep that the video as it is now could not be measured."""
    video = Video.objects.select_related("upload").filter(pk=pk).first()
    if video is None:
        return
    defaults = {
        "version": FAILED + version_of(video),
        "values": {},
        "picture": b"",
        "updated": timezone.now(),
    }
    VideoFeatures.objects.update_or_create(video=video, defaults=defaults)
