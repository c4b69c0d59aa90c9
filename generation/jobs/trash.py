"""The bin: deleted videos wait there for 30 days, then their rows and files go for good."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core import media_files
from generation.models import Video

BIN_DAYS = 30


def bin_empty() -> int:
    """Remove for good what has been in the bin for 30 days; the number of videos removed."""
    old = Video.objects.filter(deleted__lt=timezone.now() - timedelta(days=BIN_DAYS)).select_related("job")
    for video in old:
        # the files of a published upload belong to the upload, which stays
        paths = [] if video.upload_id else [video.file, video.cover, video.captions, video.subtitles]
        with transaction.atomic():
            video.delete()
            transaction.on_commit(lambda paths=paths: media_files.remove(*paths))  # type: ignore[misc]
    return len(old)
