"""What the recommender hears of creation: a published or renamed video is placed at once, not at the next beat."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save

from generation.models import Video
from recommender import tasks


def connect() -> None:
    post_save.connect(video_saved, sender=Video, dispatch_uid="recommender.video_saved")


def video_saved(instance: Video, raw: bool = False, **_: Any) -> None:
    if not raw and instance.state == Video.State.PUBLISHED and instance.deleted is None:
        tasks.vectors_make.delay_on_commit(instance.pk)
