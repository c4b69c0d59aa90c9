"""What viewers say with a tap: likes, follows, not interested, shares, reports. Each is kept once and noted once."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation.language.cleaning import text_cleaned
from generation.models import Video
from generation.moderation import services as reports
from generation.moderation.errors import ReportInvalid
from generation.moderation.models import Report
from recommender.errors import FollowInvalid
from recommender.events import recording
from recommender.models import (
    Comment,
    EngagementEvent,
    Follow,
    Like,
    NotInterested,
    ShareLink,
    Viewer,
)
from recommender.social.counts import follows_counted, likes_counted

Type = EngagementEvent.Type


@dataclass(frozen=True)
class Moment:
    """Where and when it happened: the client's own event id, its sitting, the served page and slot."""

    event_id: uuid.UUID | None = None
    session: str = ""
    request_id: uuid.UUID | None = None
    position: int | None = None
    at: datetime | None = None  # now, except for a simulated viewer

    @property
    def when(self) -> datetime:
        return self.at or timezone.now()


NOWHERE = Moment()


def note(viewer: Viewer, kind: str, video_id: int, moment: Moment) -> None:
    """Store the event behind a change of state."""
    recording.event_from_server(
        viewer=viewer,
        type=kind,
        video_id=video_id,
        session=moment.session,
        request_id=moment.request_id,
        position=moment.position,
        event_id=moment.event_id,
        now=moment.at,
    )


def note_first(viewer: Viewer, kind: str, video_id: int, moment: Moment) -> None:
    """Like ``note``, but a viewer who takes a like back and gives it again, over and over, counts once."""
    if not EngagementEvent.objects.filter(viewer=viewer, type=kind, video_id=video_id).exists():
        note(viewer, kind, video_id, moment)


@transaction.atomic
def video_like(*, viewer: Viewer, video: Video, moment: Moment = NOWHERE) -> int:
    """Like the video; liking it twice is the same as once. The video's likes."""
    _, fresh = Like.objects.get_or_create(viewer=viewer, video=video, defaults={"created": moment.when})
    if fresh:
        note_first(viewer, Type.LIKE, video.pk, moment)
    return likes_of(video)


@transaction.atomic
def video_unlike(*, viewer: Viewer | None, video: Video) -> int:
    """Take a like back, if there is one. The video's likes."""
    Like.objects.filter(viewer=viewer, video=video).delete()
    return likes_of(video)


def likes_of(video: Video) -> int:
    return likes_counted().filter(video=video).count()


@transaction.atomic
def creator_follow(
    *, viewer: Viewer, creator: User, video: Video | None = None, moment: Moment = NOWHERE
) -> int:
    """Follow the creator; the event is noted on the ``video`` it happened at, and on none without one.

    The creator's followers. Raises ``FollowInvalid`` for oneself.
    """
    if viewer.user_id == creator.pk:
        raise FollowInvalid("Nobody follows themselves. Choose another creator.")
    _, fresh = Follow.objects.get_or_create(viewer=viewer, creator=creator, defaults={"created": moment.when})
    if fresh and video is not None:
        note_first(viewer, Type.FOLLOW, video.pk, moment)
    return followers_of(creator)


@transaction.atomic
def creator_unfollow(*, viewer: Viewer | None, creator: User) -> int:
    """Stop following, if one did. The creator's followers."""
    Follow.objects.filter(viewer=viewer, creator=creator).delete()
    return followers_of(creator)


def followers_of(creator: User) -> int:
    return follows_counted().filter(creator=creator).count()


@transaction.atomic
def not_interested_set(*, viewer: Viewer, video: Video, scope: str, moment: Moment = NOWHERE) -> None:
    """Never show this video again, or nothing of its creator (``scope``); the latest scope holds."""
    _, fresh = NotInterested.objects.update_or_create(
        viewer=viewer, video=video, defaults={"scope": NotInterested.Scope(scope), "created": moment.when}
    )
    if fresh:
        note_first(viewer, Type.NOT_INTERESTED, video.pk, moment)


@transaction.atomic
def not_interested_undo(*, viewer: Viewer | None, video: Video) -> None:
    NotInterested.objects.filter(viewer=viewer, video=video).delete()


@transaction.atomic
def video_share(*, viewer: Viewer, video: Video, moment: Moment = NOWHERE) -> ShareLink:
    """The viewer's own address of this video; one a viewer and video, its making noted once."""
    link, fresh = ShareLink.objects.get_or_create(
        viewer=viewer, video=video, defaults={"token": secrets.token_urlsafe(16)}
    )
    if fresh:
        note(viewer, Type.SHARE, video.pk, moment)
    return link


@transaction.atomic
def report_file(
    *,
    viewer: Viewer,
    video: Video,
    reason: str,
    text: str = "",
    comment: Comment | None = None,
    seconds: float | None = None,
    moment: Moment = NOWHERE,
) -> tuple[Report, bool]:
    """Keep a complaint about the video or one of its comments for moderation; the row, and whether it is new.

    ``seconds`` is where in the video. The first one of a viewer stands; a second one about the same changes nothing. Raises ``ReportInvalid``.
    """
    if comment is not None and comment.video_id != video.pk:
        raise ReportInvalid(f"Comment {comment.pk} does not stand under video {video.pk}.", field="comment")
    report, fresh = reports.report_file(
        reporter=viewer.pk,
        counted=not viewer.flagged,
        video=video,
        reason=reason,
        text=text_cleaned(text),
        comment=comment.pk if comment else None,
        author=comment.author if comment else None,
        comment_text=comment.text if comment else "",
        seconds=seconds,
    )
    if fresh and comment is None:  # what a comment says is not the video's doing
        note(viewer, Type.REPORT, video.pk, moment)
    return report, fresh


def share_visit(*, link: ShareLink) -> None:
    """Count somebody who came through the link."""
    ShareLink.objects.filter(pk=link.pk).update(visits=F("visits") + 1)
