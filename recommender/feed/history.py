"""What a viewer did and was shown, read for each page, so that a reaction counts from the next page on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from recommender.catalogue import Snapshot
from recommender.catalogue.columns import Ints
from recommender.feed import queries
from recommender.feed.queries import REACTIONS, seconds
from recommender.ml.engagement.duration import DurationCorrection
from recommender.models import EngagementEvent, NotInterested, Viewer

UNCONFIRMED = timedelta(
    minutes=30
)  # a slot served longer ago without any event was never seen and may come again
FATIGUE_SLOTS = 30

LIKED, SHARED, TALKED, AVOIDED = 1.0, 0.8, 0.5, -1.0
COMPLETED, SKIPPED = 0.2, -0.4
WATCH_SPREAD = 1.2  # of a corrected watch from worst to best
LIKING = 0.15  # a reaction worth more than this is a positive one

E = EngagementEvent.Type
ACTIONS = {
    E.SHARE.value: SHARED,
    E.COMMENT.value: TALKED,
    E.FOLLOW.value: TALKED,
    E.NOT_INTERESTED.value: AVOIDED,
    E.REPORT.value: AVOIDED,
}  # a like is read from its own table, where it may be taken back


@dataclass
class Reaction:
    """One viewer's summed reaction to one video."""

    video: int
    moment: queries.Moment  # the latest
    value: float = 0.0  # −1 to 2
    liked: bool = False

    @cached_property
    def when(self) -> float:
        """Seconds since 1970."""
        return seconds(self.moment)


@dataclass(frozen=True)
class ViewerHistory:
    """The viewer as the ranking sees it; with personalization off, only what keeps videos from coming twice."""

    seen: Ints  # video ids that are not shown again
    reactions: list[Reaction] = field(default_factory=list)  # newest first, one a video
    follows: list[int] = field(default_factory=list)  # creators
    avoided_videos: list[int] = field(default_factory=list)
    avoided_creators: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)  # video ids, newest slot first

    @property
    def liked(self) -> list[Reaction]:
        """Positive reactions, newest first."""
        return [reaction for reaction in self.reactions if reaction.value > LIKING]


def past_of(
    viewer: Viewer, *, snapshot: Snapshot, correction: DurationCorrection, now: datetime
) -> ViewerHistory:
    """One query. What happened before ``viewer.reset`` makes no taste but is not shown again either."""
    rows = queries.read_past(viewer.pk, now=now)
    met = {row[0] for row in rows.viewings} | {row[0] for row in rows.events}
    fresh = queries.text(now - UNCONFIRMED)
    waiting = {video for video, moment in rows.impressions if moment > fresh}
    creators = NotInterested.Scope.CREATOR.value
    keeping = ViewerHistory(
        seen=np.fromiter(met | waiting, np.int64),
        avoided_videos=[video for video, _, scope in rows.avoided if scope != creators],
        avoided_creators=[owner for _, owner, scope in rows.avoided if scope == creators],
    )
    if not viewer.personalized:
        return keeping
    since = queries.text(viewer.reset) if viewer.reset else ""
    return ViewerHistory(
        seen=keeping.seen,
        reactions=_reactions(rows, since=since, snapshot=snapshot, correction=correction),
        follows=rows.follows,
        avoided_videos=keeping.avoided_videos,
        avoided_creators=keeping.avoided_creators,
        shown=[video for video, _ in rows.impressions if video in met or video in waiting][:FATIGUE_SLOTS],
    )


def _reactions(
    rows: queries.Past, *, since: str, snapshot: Snapshot, correction: DurationCorrection
) -> list[Reaction]:
    """One reaction a video, newest first: what it was worth to the viewer, all told."""
    found: dict[int, Reaction] = {}
    watched: dict[int, float] = {}  # corrected watch, 0–1
    completed: set[int] = set()
    skipped: set[int] = set()
    acted: dict[int, dict[str, float]] = {}
    for video, moment, reward, bits in rows.viewings[:REACTIONS]:
        if not _met(found, video, moment, since):
            break
        if reward is not None:
            watched[video] = max(reward, watched.get(video, 0.0))
        if bits & queries.COMPLETED:
            completed.add(video)
        elif bits & queries.SKIPPED:
            skipped.add(video)
        if bits & queries.SHARED:
            acted.setdefault(video, {})[E.SHARE.value] = SHARED
        if bits & queries.REFUSED:
            acted.setdefault(video, {})[E.NOT_INTERESTED.value] = AVOIDED
    longest: dict[int, float] = {}
    for video, moment, watch_ms, kind in rows.events:
        if not _met(found, video, moment, since):
            break
        if watch_ms:
            longest[video] = max(watch_ms, longest.get(video, 0.0))
        if kind == E.COMPLETE:
            completed.add(video)
        elif kind == E.SKIP:
            skipped.add(video)
        elif kind in ACTIONS:
            acted.setdefault(video, {})[kind] = ACTIONS[kind]
    for video, score in _corrected(longest, snapshot, correction).items():
        watched[video] = max(score, watched.get(video, 0.0))
    for video, moment in rows.likes:
        if not _met(found, video, moment, since):
            break
        found[video].value += LIKED
        found[video].liked = True
    for video, score in watched.items():
        found[video].value += WATCH_SPREAD * (score - 0.5)
    for video in completed:
        found[video].value += COMPLETED
    for video in skipped - completed:
        if not found[video].liked:
            found[video].value = min(found[video].value, SKIPPED)
    for video, actions in acted.items():
        found[video].value += sum(actions.values())
    for video, _, _ in rows.avoided:
        if video in found:
            found[video].value = AVOIDED
    return sorted(found.values(), key=lambda reaction: reaction.moment, reverse=True)[:REACTIONS]


def _met(found: dict[int, Reaction], video: int, when: str, since: str) -> bool:
    """Note that the viewer met the video; False when that was before the reset."""
    if when < since:
        return False
    reaction = found.get(video)
    if reaction is None:
        found[video] = Reaction(video, when)
    elif when > reaction.moment:
        reaction.moment = when
    return True


def _corrected(
    longest: dict[int, float], snapshot: Snapshot, correction: DurationCorrection
) -> dict[int, float]:
    """The corrected watch in [0, 1] of each video's longest watch in milliseconds."""
    videos = np.fromiter(longest, np.int64, len(longest))
    rows = snapshot.rows_of(videos)
    known = rows >= 0
    if not known.any():
        return {}
    watch = np.fromiter(longest.values(), np.float64, len(longest))[known] / 1000
    scores = correction.transform(watch, snapshot.columns.seconds[rows[known]])
    return dict(zip(videos[known].tolist(), scores.tolist(), strict=True))
