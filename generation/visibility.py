"""Who may see a video is written here and nowhere else; ``generation.selectors.videos_shown`` is how it is read.

It stands below the workers, which take a video back when a new rendering fails its check; whoever decides about a
finished video imports it from ``generation.services.videos``.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from generation.errors import VideoStateConflict
from generation.models import Video

OWNER = "owner"  # reasons: the creator published or took back
CHECK = "check"  # the check after a new rendering found problems


@transaction.atomic
def video_set_visibility(*, video: Video, visibility: str, reason: str) -> Video:
    """Let those see the video whom ``visibility`` names, and note why (at most 40 characters). The row as it is now.

    Its state follows: shown is published, at the time it was published before or now. Taken down it is held, and keeps
    that time in case it comes back. Raises ``VideoStateConflict`` for a video in the bin that is to be shown.
    """
    video = Video.objects.select_for_update().get(pk=video.pk)
    wanted = Video.Visibility(visibility)
    if wanted in Video.SHOWN:
        if video.deleted:
            raise VideoStateConflict("This video is in the bin. Restore it before publishing.")
        video.state = Video.State.PUBLISHED
        video.published = video.published or timezone.now()
    else:
        troubled = video.override or video.report.get("passed") is False
        held = troubled or wanted == Video.Visibility.REMOVED
        video.state = Video.State.HELD if held else Video.State.READY
        video.published = video.published if wanted == Video.Visibility.REMOVED else None
    video.visibility, video.visibility_reason = wanted, reason
    video.save(update_fields=["visibility", "visibility_reason", "state", "published"])
    return video
