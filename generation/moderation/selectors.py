"""Reads of moderation."""

from __future__ import annotations

from django.db.models import QuerySet

from generation.models import Video
from generation.moderation.models import Report


def reports_by(reporter: int) -> QuerySet[Report]:
    """What one viewer reported, newest first."""
    return Report.objects.filter(reporter=reporter)


def comment_reported(comment: int) -> bool:
    """Whether anybody reported the comment."""
    return Report.objects.filter(comment=comment).exists()


def reporters_counted(video: Video) -> int:
    """How many viewers that count reported the video itself; what its comments say is not its doing."""
    return Report.objects.filter(video=video, comment__isnull=True, counted=True).count()
