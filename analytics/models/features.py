"""What was measured of a video, kept so that no file is measured twice."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from generation.models import Video

FAILED = "failed:"  # before the version of what could not be measured; such a row has no values


class VideoFeatures(models.Model):
    """The measured columns of ``analytics.stats.feature_columns`` of one video."""

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="measured")
    version = models.CharField(max_length=64)  # of the measures, the file and the words; ``FAILED`` before it
    values = models.JSONField(
        default=dict
    )  # by column; null where a file could not be read or there is nothing
    picture = models.BinaryField(
        default=bytes
    )  # float16 row of EfficientNet-lite0 (1280), empty where unknown
    updated = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"features of {self.video_id}"
