"""One page of the feed: candidates → rank → re-rank → a last look at the database → logged impressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from numpy.typing import NDArray

from generation.models import Video
from recommender.catalogue import refresher
from recommender.feed.candidates import gathered
from recommender.feed.context import Asking
from recommender.feed.history import past_of
from recommender.feed.impressions import ServedSlot, record
from recommender.feed.queries import Found, read_videos
from recommender.feed.ranking import features_of, logged, page_of
from recommender.feed.reasons import Reason, reasons_of
from recommender.feed.variants import dressed, dresses
from recommender.ml.page.slate import Slate
from recommender.models import FeedRequest, Viewer
from recommender.training.production import holder
from recommender.viewers.buckets import HOLDOUT, is_held_out

LIMIT_MAX = 30
SPARE = 3  # slots ranked beyond the page, for videos that left since the catalogue was read

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Page:
    """What was served: the request and its slots with their videos, best first."""

    request: FeedRequest
    slots: list[ServedSlot]


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
    snapshot, production = refresher.current(), holder.current()
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
        viewer=viewer,
        session=session,
        policy=_policy(asking),
        arm=HOLDOUT if is_held_out(viewer.key) else "",
        ranker_id=production.version,
        created=now,
    )
    slots = _slots(asking, slate, reasons, features, limit=limit)
    record(request, slots)
    return Page(request, slots)


def _slots(
    asking: Asking,
    slate: Slate,
    reasons: Sequence[tuple[str, Reason]],
    features: Mapping[str, Floats],
    *,
    limit: int,
) -> list[ServedSlot]:
    """The chosen slots whose videos are public this moment; reports may have demoted one since."""
    named = {reason["video"] for _, reason in reasons if "video" in reason}
    found = read_videos([*{*(slot.item for slot in slate.slots), *named}], viewer=asking.viewer.pk)
    rows = logged(features, [slot.index for slot in slate.slots])
    worn = dresses([pk for pk, there in found.items() if there.tested], asking.viewer)
    slots: list[ServedSlot] = []
    for chosen, (source, reason), row in zip(slate.slots, reasons, rows, strict=True):
        there = found.get(chosen.item)
        if there is None or not there.recommended or len(slots) == limit:
            continue
        dress = worn.get(chosen.item)
        video = dressed(there.video(), dress)
        slots.append(
            ServedSlot(
                video=video,
                position=len(slots),
                source=source,
                reason=_with_facts(reason, video, found),
                score=chosen.score,
                best_score=chosen.best_score,
                propensity=chosen.propensity,
                features=row,
                likes=there.likes,
                comments=there.comments,
                liked=there.liked,
                following=there.following,
                arm=dress.arm if dress else "",
                arm_share=dress.share if dress else None,
            )
        )
    return slots


def _policy(asking: Asking) -> str:
    if not asking.viewer.personalized:
        return f"{asking.production.policy}-impersonal"
    return asking.production.policy if asking.past.reactions else f"{asking.production.policy}-cold"


def _with_facts(reason: Reason, video: Video, found: Mapping[int, Found]) -> Reason:
    """The reason with the names it speaks of; one that names a video which is gone says less."""
    if reason["code"] == "follows":
        return {**reason, "creator": video.owner.get_full_name() or video.owner.username}
    named: Any = reason.get("video")
    if named is None:
        return reason
    if named not in found:
        return {"code": "taste", **{key: reason[key] for key in ("personalized",) if key in reason}}
    return {**reason, "title": found[named].title}
