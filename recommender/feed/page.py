"""One page of the feed: candidates → rank → re-rank → a last look at the database → logged impressions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generation.models import Video
from generation.selectors import videos_published
from recommender.catalogue import keeper
from recommender.feed.asking import Asking
from recommender.feed.choosing import Reason, reasons_of
from recommender.feed.history import past_of
from recommender.feed.ranking import features_of, logged, page_of
from recommender.feed.sources import gathered
from recommender.ml.slate import Slate
from recommender.models import FeedRequest, Impression, Viewer
from recommender.production import holder

LIMIT_MAX = 30
SPARE = 3  # slots ranked beyond the page, for videos that left since the catalogue was read
NOT_PLAYED = ("report", "manifest", "labels", "recipe", "description")  # columns a page has no use for


@dataclass(frozen=True)
class Page:
    """What was served: the request and its slots with their videos, best first."""

    request: FeedRequest
    slots: list[tuple[Impression, Video]]


def feed_page(
    *,
    viewer: Viewer,
    limit: int,
    session: str = "",
    language: str = "",
    now: datetime | None = None,
    rng: np.random.Generator | None = None,
) -> Page:
    """The next ``limit`` videos for the viewer (1–30), recorded as impressions; none when everything was seen."""
    now = now or timezone.now()
    limit = max(1, min(limit, LIMIT_MAX))
    snapshot, production = keeper.current(), holder.current()
    past = past_of(viewer, snapshot=snapshot, correction=production.correction, now=now)
    asking = Asking(
        viewer=viewer,
        past=past,
        snapshot=snapshot,
        production=production,
        now=now,
        rng=rng or np.random.default_rng(),
        totals_of_all=viewer.simulated or settings.FEED_SIMULATED,
        language=language,
    )
    candidates = gathered(asking, limit=limit + SPARE)
    features = features_of(asking, candidates)
    slate = page_of(asking, candidates, features, limit=limit + SPARE)
    reasons = reasons_of(asking, candidates, features, slate)
    request = FeedRequest(
        viewer=viewer, session=session, policy=_policy(asking), ranker_id=production.version, created=now
    )
    videos, titles = _last_look(slate, reasons)
    slots: list[tuple[Impression, Video]] = []
    for slot, (source, reason) in zip(slate.slots, reasons, strict=True):
        video = videos.get(slot.item)
        if video is None or len(slots) == limit:
            continue
        impression = Impression(
            request=request,
            viewer=viewer,
            video=video,
            position=len(slots),
            source=source,
            reason=_with_facts(reason, video, titles),
            score=slot.score,
            propensity=slot.propensity,
            features=logged(features, slot.index),
            created=now,
        )
        slots.append((impression, video))
    with transaction.atomic():
        request.save(force_insert=True)
        Impression.objects.bulk_create([slot for slot, _ in slots])
    return Page(request, slots)


def _policy(asking: Asking) -> str:
    if not asking.viewer.personalized:
        return f"{asking.production.policy}-impersonal"
    return asking.production.policy if asking.past.reactions else f"{asking.production.policy}-cold"


def _last_look(slate: Slate, reasons: list[tuple[str, Reason]]) -> tuple[dict[int, Video], dict[int, str]]:
    """The slots' videos that are still published, and the titles of videos that reasons name, in one query."""
    chosen = [slot.item for slot in slate.slots]
    named = [reason["video"] for _, reason in reasons if "video" in reason]
    rows = videos_published().filter(pk__in={*chosen, *named}).order_by().defer(*NOT_PLAYED)
    found = {video.pk: video for video in rows}
    wanted = set(chosen)
    return (
        {pk: video for pk, video in found.items() if pk in wanted},
        {pk: found[pk].title for pk in named if pk in found},
    )


def _with_facts(reason: Reason, video: Video, titles: dict[int, str]) -> Reason:
    """The reason with the names it speaks of; one that names a video which is gone says less."""
    if reason["code"] == "follows":
        return {**reason, "creator": video.owner.get_full_name() or video.owner.username}
    named: Any = reason.get("video")
    if named is None:
        return reason
    if named not in titles:
        return {"code": "taste", **{key: reason[key] for key in ("personalized",) if key in reason}}
    return {**reason, "title": titles[named]}
