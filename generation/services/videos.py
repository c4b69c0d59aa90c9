"""What becomes of a finished video: published, taken back, binned, restored, described anew."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from generation.errors import BriefInvalid, VideoStateConflict
from generation.models import Video


@transaction.atomic
def video_publish(*, video: Video, override: bool = False) -> Video:
    """Put the video before viewers. A held one needs the creator's ``override``. Raises ``VideoStateConflict``."""
    video = Video.objects.select_for_update().get(pk=video.pk)
    if video.deleted:
        raise VideoStateConflict("This video is in the bin. Restore it before publishing.")
    if video.state == Video.State.HELD and not override:
        raise VideoStateConflict(
            "The check after rendering found problems in this video. Read its report, then publish it anyway or edit it."
        )
    if video.state != Video.State.PUBLISHED:
        video.override = video.override or video.state == Video.State.HELD
        video.state = Video.State.PUBLISHED
        video.published = timezone.now()
        video.save(update_fields=["state", "published", "override"])
    return video


@transaction.atomic
def video_unpublish(*, video: Video) -> Video:
    """Take the video back from viewers; it stays in the library."""
    video = Video.objects.select_for_update().get(pk=video.pk)
    if video.state == Video.State.PUBLISHED:
        video.state = Video.State.HELD if video.override else Video.State.READY
        video.published = None
        video.save(update_fields=["state", "published"])
    return video


@transaction.atomic
def video_delete(*, video: Video) -> Video:
    """Move the video to the bin, from which it can be restored for 30 days."""
    video = video_unpublish(video=video)
    video.deleted = timezone.now()
    video.save(update_fields=["deleted"])
    return video


@transaction.atomic
def video_restore(*, video: Video) -> Video:
    """Take the video out of the bin, unpublished. Raises ``VideoStateConflict`` when it is not there."""
    video = Video.objects.select_for_update().get(pk=video.pk)
    if video.deleted is None:
        raise VideoStateConflict("This video is not in the bin.")
    video.deleted = None
    video.save(update_fields=["deleted"])
    return video


@transaction.atomic
def video_update(*, video: Video, title: str, description: str, hashtags: Sequence[str]) -> Video:
    """Change what stands beside the video. Raises ``BriefInvalid`` for an empty or overlong field."""
    if not title.strip():
        raise BriefInvalid("A video needs a title.", field="title")
    if len(title) > 120:
        raise BriefInvalid(f"A title has at most 120 characters, this has {len(title)}.", field="title")
    if len(description) > 2000:
        raise BriefInvalid(
            f"A description has at most 2000 characters, this has {len(description)}.", field="description"
        )
    tags = list(dict.fromkeys(tag.strip().lstrip("#") for tag in hashtags if tag.strip().lstrip("#")))
    if len(tags) > 10 or any(len(tag) > 40 for tag in tags):
        raise BriefInvalid("At most 10 hashtags of at most 40 characters each are kept.", field="hashtags")
    video.title, video.description, video.hashtags = title.strip(), description.strip(), tags
    video.save(update_fields=["title", "description", "hashtags"])
    return video
