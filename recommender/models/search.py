"""What a video is found by and placed with."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from generation.models import Video


class VideoVector(models.Model):
    """Where a video lies among all others by its content, before anybody has watched it."""

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="vector")
    version = models.CharField(max_length=40)  # of the extractors; another version is computed anew
    text = (
        models.BinaryField()
    )  # float16 unit row of multilingual-e5-small over title, hashtags and transcript
    media = models.BinaryField()  # float16 row of picture and sound features, standardized
    phash = models.CharField(max_length=16, blank=True)  # of the cover, 64 bits as hex
    updated = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"vector of {self.video_id}"


class SearchDocument(models.Model):
    """What a published video is found by, as terms of ``recommender.search.terms``; the database's index follows it."""

    video = models.OneToOneField(Video, primary_key=True, on_delete=models.CASCADE, related_name="search")
    title = models.TextField(blank=True)
    tags = models.TextField(blank=True)
    creator = models.TextField(blank=True)
    words = models.TextField(blank=True)  # description and what stands on the screen
    spoken = models.TextField(blank=True)
    digest = models.CharField(max_length=64)  # of the texts and the version of the terms
    updated = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"terms of {self.video_id}"
