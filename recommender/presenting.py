"""A served page in the shape that clients read."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from generation.models import Video
from recommender import reasons
from recommender.feed import Page
from recommender.models import Comment, Follow, Like, Viewer


def page_answer(page: Page, *, viewer: Viewer) -> dict[str, Any]:
    """``{request_id, personalized, items}`` of DESIGN §6, with what the player needs on top."""
    social = {row["pk"]: row for row in _social([video.pk for _, video in page.slots], viewer=viewer)}
    return {
        "request_id": page.request.pk,
        "personalized": viewer.personalized,
        "items": [
            {
                **video_fields(video),
                "position": slot.position,
                "likes": social[video.pk]["like_count"],
                "comments": social[video.pk]["comment_count"],
                "liked": social[video.pk]["liked"],
                "following": social[video.pk]["following"],
                "reason": reasons.sentence(slot.reason),
                "reason_code": slot.reason["code"],
            }
            for slot, video in page.slots
        ],
    }


def video_fields(video: Video) -> dict[str, Any]:
    """What a client needs to play and name a video."""
    return {
        "video": video.pk,
        "title": video.title,
        "creator": video.owner.get_full_name() or video.owner.username,
        "creator_id": video.owner_id,
        "file_url": _media(video.file),
        "cover_url": _media(video.cover),
        "captions_url": _media(video.captions),
        "page_url": reverse("video", args=[video.pk]),
        "duration_seconds": round(video.seconds, 2),
        "aspect": video.aspect,
        "language": video.language,
        "category": video.category,
        "hashtags": list(video.hashtags),
        "ai_generated": video.job_id is not None,
    }


def _media(path: str) -> str:
    return reverse("media-file", args=[path]) if path else ""


def _social(pks: list[int], *, viewer: Viewer) -> Any:
    comments = Comment.objects.filter(video=OuterRef("pk"), deleted__isnull=True).order_by()
    likes = Like.objects.filter(video=OuterRef("pk")).order_by()
    return (
        Video.objects.filter(pk__in=pks)
        .annotate(
            like_count=_counted(likes),
            comment_count=_counted(comments),
            liked=Exists(likes.filter(viewer=viewer)),
            following=Exists(Follow.objects.filter(viewer=viewer, creator=OuterRef("owner"))),
        )
        .order_by()
        .values("pk", "like_count", "comment_count", "liked", "following")
    )


def _counted(rows: QuerySet[Any]) -> Any:
    number = rows.annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)
