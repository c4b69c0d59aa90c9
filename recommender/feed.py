"""One page of the feed: candidates → rank → filter → diversify → logged impressions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from generation.models import Video
from generation.selectors import videos_published
from recommender.models import FeedRequest, Impression, Viewer

LIMIT_MAX = 30


@dataclass(frozen=True)
class Page:
    """What was served: the request and its slots with their videos, best first."""

    request: FeedRequest
    slots: list[tuple[Impression, Video]]


def feed_page(*, viewer: Viewer, limit: int, session: str = "") -> Page:
    """The next ``limit`` videos for the viewer (1–30), recorded as impressions."""
    shown = Impression.objects.filter(viewer=viewer).values("video")
    videos = list(videos_published().exclude(pk__in=shown)[: max(1, min(limit, LIMIT_MAX))])
    request = FeedRequest(viewer=viewer, session=session, policy="newest")
    slots = [
        (
            Impression(
                request=request,
                viewer=viewer,
                video=video,
                position=position,
                source="newest",
                reason={"code": "newest"},
            ),
            video,
        )
        for position, video in enumerate(videos)
    ]
    with transaction.atomic():
        request.save(force_insert=True)
        Impression.objects.bulk_create([slot for slot, _ in slots])
    return Page(request, slots)
