"""Reports: kept once a viewer, moved and forgotten with their viewers, and weighed by the rule of three.

A video that ``REPORTS_DEMOTE`` viewers reported is demoted: found and watched as before, but recommended to nobody. When
fewer are left, because a reporter turned out to be a bot or deleted their data, it is public again. What anybody else
decided about the video stays as it is: the rule takes back only what it did itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from generation.models import Video
from generation.moderation.errors import ReportInvalid
from generation.moderation.models import Report
from generation.moderation.selectors import reporters_counted, reports_by
from generation.services.videos import video_set_visibility

REPORTS_DEMOTE = 3  # viewers whose reports take a video out of the feed until somebody looked at it
REPORTS = "reports"  # the reason it then has
LENGTH = 500


@transaction.atomic
def report_file(
    *,
    reporter: int,
    counted: bool,
    video: Video,
    reason: str,
    text: str = "",
    comment: int | None = None,
    created: datetime | None = None,
) -> tuple[Report, bool]:
    """Keep a viewer's complaint about the video or one of its comments; the row, and whether it is new.

    The first one of a viewer stands; a second one about the same changes nothing. Raises ``ReportInvalid``.
    """
    if len(text) > LENGTH:
        raise ReportInvalid(
            f"A report has at most {LENGTH} characters, this has {len(text)}. Shorten it.", field="text"
        )
    report, fresh = Report.objects.get_or_create(
        reporter=reporter,
        video=video,
        comment=comment,
        defaults={
            "counted": counted,
            "reason": Report.Reason(reason),
            "text": text,
            "created": created or timezone.now(),
        },
    )
    if fresh:
        reports_weigh([video.pk])
    return report, fresh


@transaction.atomic
def reports_move(*, reporter: int, to: int, counted: bool) -> None:
    """One viewer becomes another: their reports go along, and what both reported stays once, as the other said it."""
    had = set(reports_by(to).values_list("video_id", "comment"))
    videos = set(reports_by(reporter).values_list("video_id", flat=True))
    for pk, video, comment in reports_by(reporter).values_list("pk", "video_id", "comment"):
        if (video, comment) in had:
            Report.objects.filter(pk=pk).delete()
        else:
            Report.objects.filter(pk=pk).update(reporter=to, counted=counted)
    reports_weigh(videos)


@transaction.atomic
def reports_discount(*, reporter: int) -> None:
    """Keep a viewer's reports, but let them count for nothing."""
    mine = reports_by(reporter)
    videos = set(mine.values_list("video_id", flat=True))
    mine.update(counted=False)
    reports_weigh(videos)


@transaction.atomic
def reports_forget(*, reporter: int) -> None:
    """Delete everything a viewer reported."""
    mine = reports_by(reporter)
    videos = set(mine.values_list("video_id", flat=True))
    mine.delete()
    reports_weigh(videos)


def comment_forget(*, comment: int) -> None:
    """Delete the reports about a comment that is gone."""
    Report.objects.filter(comment=comment).delete()


@transaction.atomic
def reports_weigh(videos: Iterable[int]) -> None:
    """Let the rule of three decide about the videos of these ids as they stand now; weighing twice is the same as once."""
    for pk in sorted(videos):
        # locked before it is counted, so that of two reports at once the later sees both
        video = Video.objects.select_for_update().filter(pk=pk).first()
        if video is None:
            continue
        many = reporters_counted(video) >= REPORTS_DEMOTE
        if many and video.visibility == Video.Visibility.PUBLIC:
            video_set_visibility(video=video, visibility=Video.Visibility.DEMOTED, reason=REPORTS)
        elif not many and video.visibility == Video.Visibility.DEMOTED and video.visibility_reason == REPORTS:
            video_set_visibility(video=video, visibility=Video.Visibility.PUBLIC, reason=REPORTS)
