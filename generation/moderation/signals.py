"""What moderation hears of creation: a video that its creator publishes."""

from __future__ import annotations

from typing import Any

from generation.models import Video
from generation.moderation.services import reports_weigh
from generation.services.videos import video_submitted


def connect() -> None:
    video_submitted.connect(submitted, dispatch_uid="moderation.submitted")


def submitted(video: Video, **_: Any) -> None:
    """Taking a video back and publishing it again does not wash off what viewers reported."""
    reports_weigh([video.pk])
