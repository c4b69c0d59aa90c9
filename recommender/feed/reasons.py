"""The true reason of each slot, with the facts it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.feed.candidates import CandidatePool
from recommender.feed.context import Asking
from recommender.ml.engagement.features import FEATURES
from recommender.ml.page.slate import Slate, Slot

Reason = dict[str, Any]

# what only fills up a page speaks last
ORDER = ("followed", "sequence", "items", "content", "trending", "fresh", "anything", "explore")


def reasons_of(
    asking: Asking, candidates: CandidatePool, features: Mapping[str, NDArray[np.float64]], slate: Slate
) -> list[tuple[str, Reason]]:
    """For each slot the source that speaks for it most and the reason recorded with it."""
    places = np.array([slot.index for slot in slate.slots], np.int64)
    shown = {name: values[places] for name, values in features.items() if name in FEATURES}
    leading = asking.production.engagement.leading_source(shown) if len(places) else []
    found = []
    for slot, leader in zip(slate.slots, leading, strict=True):
        source = "explore" if slot.explored else _source(candidates, slot, leader)
        reason = _reason(asking, int(candidates.rows[slot.index]), source, slot)
        found.append((source, reason if asking.viewer.personalized else {**reason, "personalized": False}))
    return found


def _source(candidates: CandidatePool, slot: Slot, leader: str) -> str:
    """The source whose word the score hung on, if it proposed the video; else the one that proposed it highest."""
    said = {name: float(candidates.scores[name][slot.index]) for name in ORDER if name in candidates.scores}
    if leader and said.get(leader, 0.0) > 0:
        return leader
    return max(said, key=lambda name: (said[name] > 0, -ORDER.index(name)))


def _reason(asking: Asking, row: int, source: str, slot: Slot) -> Reason:
    if source == "explore":
        return {"code": "new_video" if slot.reason == "new_video" or not slot.explored else "exploring"}
    if source == "followed":
        return {"code": "follows"}
    if source == "items":
        return _also_watched(asking, row) or {"code": "taste"}
    if source == "content":
        return _like_a_seed(asking, row) or {"code": "taste"}
    if source == "sequence":
        return {"code": "taste"}
    if source == "trending":
        category = asking.snapshot.category_name(row)
        return {"code": "popular_category", "category": category} if category else {"code": "popular"}
    return {"code": "new"} if source == "fresh" else {"code": "unseen"}


def _also_watched(asking: Asking, row: int) -> Reason | None:
    """The newest liked video whose companions hold this one."""
    for reaction in asking.past.liked:
        if row in asking.production.companions(reaction.video, asking.snapshot):
            return {"code": "also_watched", "video": reaction.video}
    return None


def _like_a_seed(asking: Asking, row: int) -> Reason | None:
    """The liked video that this one is most like."""
    rows, vectors = asking.seeds
    if not len(rows):
        return None
    cosines = vectors @ asking.snapshot.nearest.vectors(np.array([row]))[0]
    video = int(asking.snapshot.columns.ids[rows[int(np.argmax(cosines))]])
    liked = any(reaction.liked for reaction in asking.past.reactions if reaction.video == video)
    return {"code": "because_liked" if liked else "because_watched", "video": video}
