"""Reads of what stands beside videos: threads of comments, creators and their pages, share links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.roles import MODERATOR, has_role
from generation.models import Video
from generation.moderation.selectors import comments_not_shown, reports_by
from generation.selectors import AnyUser, is_shown, videos_shown
from recommender.models import Comment, Follow, Like, ShareLink, Viewer, Viewing
from recommender.social.counts import likes_counted


def video_shown(pk: int) -> Video:
    """Raises ``Video.DoesNotExist`` for one that is not before viewers."""
    return videos_shown().get(pk=pk)


def comment_seen_by(reader: AnyUser) -> Q:
    """What was screened and let pass, and the reader's own; the others do not see what still waits or was rejected."""
    waiting = Exists(comments_not_shown().filter(comment=OuterRef("pk")))
    return ~Q(waiting) | Q(author_id=reader.pk or 0)


def threads_of(video: Video, *, reader: AnyUser) -> QuerySet[Comment]:
    """The comments of a video, newest first, each with its live answers in order; a deleted one only if answered."""
    answers = Comment.objects.filter(comment_seen_by(reader), deleted__isnull=True)
    answers = answers.select_related("author").order_by("created", "pk")
    answered = Exists(answers.filter(parent=OuterRef("pk")))
    return (
        Comment.objects.filter(
            comment_seen_by(reader), Q(deleted__isnull=True) | answered, video=video, parent__isnull=True
        )
        .select_related("author")
        .prefetch_related(Prefetch("replies", queryset=answers, to_attr="live_replies"))
        .order_by("-created", "-pk")
    )


def comment_reachable(user: AnyUser, pk: int) -> Comment:
    """A comment the user may see: under a published video, or their own, or under a video of theirs.

    Raises ``Comment.DoesNotExist``.
    """
    comments = Comment.objects.filter(deleted__isnull=True).select_related("video", "author")
    if not has_role(user, MODERATOR):
        comments = comments.filter(
            comment_seen_by(user),
            is_shown("video__") | Q(author_id=user.pk or 0) | Q(video__owner_id=user.pk or 0),
        )
    return comments.get(pk=pk)


def creators() -> QuerySet[User]:
    """People with at least one published video; nobody else has a public page."""
    return User.objects.filter(Exists(videos_shown().order_by().filter(owner=OuterRef("pk"))), is_active=True)


def creator_public(pk: int) -> User:
    """Raises ``User.DoesNotExist`` for somebody who has published nothing."""
    return creators().get(pk=pk)


@dataclass(frozen=True)
class Standing:
    """How a video stands with everybody, and with one viewer."""

    likes: int
    comments: int
    liked: bool
    following: bool


def standing_of(video: Video, *, viewer: Viewer | None) -> Standing:
    """One query, whoever looks."""
    likes, comments = (
        likes_counted().filter(video=video),
        Comment.objects.filter(comment_seen_by(AnonymousUser()), video=video, deleted__isnull=True),
    )
    mine = viewer.pk if viewer else 0
    row = (
        Video.objects.filter(pk=video.pk)
        .order_by()
        .annotate(
            likes_all=_number(likes),
            comments_all=_number(comments),
            liked=Exists(Like.objects.filter(video=video, viewer_id=mine)),
            following=Exists(Follow.objects.filter(viewer_id=mine, creator_id=video.owner_id)),
        )
        .values_list("likes_all", "comments_all", "liked", "following")
        .get()
    )
    return Standing(*row)


@dataclass(frozen=True)
class Kept:
    """What is stored about a viewer, in numbers and in its newest rows."""

    events: int
    impressions: int
    likes: int
    follows: int
    comments: int
    shares: int
    avoided: int
    reports: int
    videos: int
    history: list[Video]
    liked: list[Video]
    followed: list[User]
    said: list[Comment]


def kept_of(*, viewer: Viewer | None, user: User | None, most: int = 12) -> Kept:
    """Videos that were taken back meanwhile are counted and not shown."""
    mine = viewer.pk if viewer else 0
    shown = videos_shown().order_by()
    seen = Viewing.objects.filter(viewer_id=mine).values("video").annotate(last=Max("started"))
    places = {row["video"]: place for place, row in enumerate(seen.order_by("-last")[: 4 * most])}
    history = sorted(shown.filter(pk__in=places), key=lambda video: places[video.pk])
    liked = shown.filter(likes__viewer_id=mine).order_by("-likes__created")
    said = Comment.objects.filter(author=user, deleted__isnull=True) if user else Comment.objects.none()
    rows = {name: getattr(viewer, name).count() if viewer else 0 for name in _COUNTED}
    return Kept(
        events=rows["events"],
        impressions=rows["impressions"],
        likes=rows["likes"],
        follows=rows["follows"],
        comments=said.count(),
        shares=rows["share_links"],
        avoided=rows["not_interested"],
        reports=reports_by(mine).count(),
        videos=Video.objects.filter(owner=user).count() if user else 0,
        history=history[:most],
        liked=list(liked[:most]),
        followed=list(creators().filter(followers__viewer_id=mine).order_by("-followers__created")[:most]),
        said=list(said.select_related("video").order_by("-created")[:most]),
    )


_COUNTED = ("events", "impressions", "likes", "follows", "share_links", "not_interested")


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("video").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def creator_followed(viewer: Viewer | None, pk: int) -> User | None:
    """The creator, if the viewer follows them."""
    if viewer is None:
        return None
    follow = Follow.objects.select_related("creator").filter(viewer=viewer, creator_id=pk).first()
    return follow.creator if follow else None


def share_link(token: str) -> ShareLink:
    """Raises ``ShareLink.DoesNotExist`` when there is none, or when its video is no longer before viewers."""
    return ShareLink.objects.select_related("video").filter(is_shown("video__")).get(token=token)
