"""A served page in the shape that clients read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from generation.models import Video
from recommender.feed import Page
from recommender.models import Viewer
from recommender.web import reason_texts


def page_answer(page: Page, *, viewer: Viewer) -> dict[str, Any]:
    """``{request_id, personalized, items}``, with what the player needs on top."""
    return {
        "request_id": page.request.pk,
        "personalized": viewer.personalized,
        "items": [
            {
                **video_fields(slot.video),
                "position": slot.position,
                "likes": slot.likes,
                "comments": slot.comments,
                "liked": slot.liked,
                "following": slot.following,
                "reason": reason_texts.sentence(slot.reason),
                "reason_code": slot.reason["code"],
            }
            for slot in page.slots
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
        "page_url": _pages().replace("0", str(video.pk)),
        "duration_seconds": round(video.seconds, 2),
        "aspect": video.aspect,
        "language": video.language,
        "category": video.category,
        "hashtags": list(video.hashtags),
        "ai_generated": video.job_id is not None,
    }


def _media(path: str) -> str:
    return _files() + quote(path) if path else ""


# Addresses of one pattern differ in one part; looking the pattern up for each of thirty would cost more than the ranking.
@lru_cache(maxsize=1)
def _files() -> str:
    return reverse("media-file", args=["-"]).removesuffix("-")


@lru_cache(maxsize=1)
def _pages() -> str:
    return reverse("video", args=[0])
