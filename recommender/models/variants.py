"""How one video is shown to different viewers; written by who runs experiments above, read by the feed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from generation.models import Video


class VideoVariant(models.Model):
    """A title and cover of a video for the viewers whose bucket under ``salt`` lies in [low, high).

    Rows of the hold-out keep the title and cover from before the first test of the video; their ``arm`` is ``holdout``.
    """

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="variants")
    experiment = models.BigIntegerField()  # of analytics, which this app does not know
    arm = models.CharField(max_length=12)
    salt = models.CharField(max_length=32)
    low = models.FloatField()
    high = models.FloatField()
    title = models.CharField(max_length=120, blank=True)  # empty: the video's own
    cover = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("video", "experiment", "arm"), name="video_variant_once"),
            models.CheckConstraint(
                condition=Q(low__gte=0, high__lte=1, low__lte=F("high")), name="video_variant_share_0_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.experiment}:{self.arm} of {self.video_id}"
