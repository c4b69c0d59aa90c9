"""Who may see a video is written here and nowhere else; ``generation.selectors.videos_shown`` is how it is read.

It stands below the workers, which take a video back when a new rendering fails its check; whoever decides about a
finished video imports it from ``generation.services.videos``.
"""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from generation.errors import VideoStateConflict
from generation.models import Video

OWNER = "owner"  # reasons: the creator published or took back
CHECK = "check"  # the check after a new rendering found problems
SCREENING = "screening"  # published by its creator, and not screened yet
REVIEW = "review"  # screened, and a person looks before it is shown
PENDING = (SCREENING, REVIEW)  # reasons of a video that its creator published and nobody sees yet

# Sent with ``video`` inside the transaction in which a video that others see, or are about to, was changed: its words or
# its file. A receiver may take it from viewers until somebody has looked; one that raises keeps the change from being made.
video_edited = Signal()
# Sent with ``video`` inside the transaction in which its creator took it back, from viewers or from a screening.
video_withdrawn = Signal()


@transaction.atomic
def video_set_visibility(*, video: Video, visibility: str, reason: str, keep_time: bool = False) -> Video:
    """Let those see the video whom ``visibility`` names, and note why (at most 40 characters). The row as it is now.

    Its state follows: shown is published, at the time it was published before or now. Taken down it is held, and keeps
    that time in case it comes back, as does a private one with ``keep_time``. Raises ``VideoStateConflict`` for a video
    in the bin that is to be shown.
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
        video.published = video.published if wanted == Video.Visibility.REMOVED or keep_time else None
    video.visibility, video.visibility_reason = wanted, reason
    video.save(update_fields=["visibility", "visibility_reason", "state", "published"])
    return video


def video_restrict(*, video: Video, age_limit: int, warning: str) -> Video:
    """Show the video to those of at least ``age_limit`` years, behind a warning of that policy; 0 and "" lift both."""
    Video.objects.filter(pk=video.pk).update(age_limit=age_limit, warning=warning)
    video.age_limit, video.warning = age_limit, warning
    return video


def is_pending(video: Video) -> bool:
    """Whether its creator published it and nobody sees it yet, because it is screened or looked at."""
    return video.visibility == Video.Visibility.PRIVATE and video.visibility_reason in PENDING


STANDINGS = ("ready", "held", "screening", "in_review", "published", "removed")


def standing(video: Video) -> str:
    """What its creator is told: one of ``STANDINGS``."""
    if video.visibility == Video.Visibility.REMOVED:
        return "removed"
    if is_pending(video):
        return "screening" if video.visibility_reason == SCREENING else "in_review"
    return str(video.state)
