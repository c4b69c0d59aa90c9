"""What becomes of a finished video: published, taken back, binned, restored, described anew."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from generation.errors import BriefInvalid, VideoStateConflict
from generation.language.cleaning import line_cleaned, text_cleaned
from generation.models import Video
from generation.visibility import (
    OWNER,
    is_pending,
    video_edited,
    video_restrict,
    video_set_visibility,
    video_withdrawn,
)

__all__ = [
    "video_delete",
    "video_edited",
    "video_publish",
    "video_restore",
    "video_restrict",
    "video_set_visibility",
    "video_submitted",
    "video_unpublish",
    "video_update",
    "video_withdrawn",
]

# Sent with ``video`` inside the transaction in which its creator publishes it, after it was made public. A receiver may
# set another visibility before anybody sees it; one that raises keeps it unpublished.
video_submitted = Signal()


@transaction.atomic
def video_publish(*, video: Video, override: bool = False) -> Video:
    """Put the video before viewers, unless who hears of it decides otherwise. A held one needs the creator's ``override``.

    Raises ``VideoStateConflict``.
    """
    video = Video.objects.select_for_update().get(pk=video.pk)
    if video.deleted:
        raise VideoStateConflict("This video is in the bin. Restore it before publishing.")
    if video.visibility == Video.Visibility.REMOVED:
        raise VideoStateConflict(
            "A moderator took this video down. It can be published again once a moderator lets it."
        )
    if video.state == Video.State.HELD and not override:
        raise VideoStateConflict(
            "The check after rendering found problems in this video. Read its report, then publish it anyway or edit it."
        )
    if video.is_shown or is_pending(video):
        return video
    if video.state == Video.State.HELD:
        video.override = True
        video.save(update_fields=["override"])
    video = video_set_visibility(video=video, visibility=Video.Visibility.PUBLIC, reason=OWNER)
    video_submitted.send(sender=Video, video=video)
    return Video.objects.get(pk=video.pk)


@transaction.atomic
def video_unpublish(*, video: Video) -> Video:
    """Take the video back from viewers, or from those who look at it before; it stays in the library."""
    video = Video.objects.select_for_update().get(pk=video.pk)
    if video.is_shown or is_pending(video):
        video = video_set_visibility(video=video, visibility=Video.Visibility.PRIVATE, reason=OWNER)
        video_withdrawn.send(sender=Video, video=video)
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
    """Change what stands beside the video; who hears of it may look again. Raises ``BriefInvalid``.

    What nobody can see, such as signs that turn the direction of writing, is taken out first.
    """
    title, description = line_cleaned(title), text_cleaned(description)
    if not title:
        raise BriefInvalid("A video needs a title.", field="title")
    if len(title) > 120:
        raise BriefInvalid(f"A title has at most 120 characters, this has {len(title)}.", field="title")
    if len(description) > 2000:
        raise BriefInvalid(
            f"A description has at most 2000 characters, this has {len(description)}.", field="description"
        )
    named = (line_cleaned(tag).lstrip("#") for tag in hashtags)
    tags = list(dict.fromkeys(tag for tag in named if tag))
    if len(tags) > 10 or any(len(tag) > 40 for tag in tags):
        raise BriefInvalid("At most 10 hashtags of at most 40 characters each are kept.", field="hashtags")
    before = (video.title, video.description, video.hashtags)
    video.title, video.description, video.hashtags = title, description, tags
    video.save(update_fields=["title", "description", "hashtags"])
    if before == (video.title, video.description, video.hashtags):
        return video
    if video.is_shown or is_pending(video):
        video_edited.send(sender=Video, video=video)
    return Video.objects.get(pk=video.pk)
