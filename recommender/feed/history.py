"""What a viewer did and was shown, read for each page, so that a reaction counts from the next page on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from recommender.catalogue import Snapshot
from recommender.catalogue.columns import Ints
from recommender.ml.duration import DurationCorrection
from recommender.models import EngagementEvent, Follow, Impression, Like, NotInterested, Viewer, Viewing

REACTIONS = 100  # newest reactions that make up the taste
VIEWINGS = 5000  # newest viewings that are never shown again
EVENTS = 300  # newest events, for what the roll-up has not folded into viewings yet
UNCONFIRMED = timedelta(
    minutes=30
)  # a slot served longer ago without any event was never seen and may come again
FATIGUE_SLOTS = 30
IGNORED_DAYS = 7

LIKED, SHARED, TALKED, AVOIDED = 1.0, 0.8, 0.5, -1.0
COMPLETED, SKIPPED = 0.2, -0.4
WATCH_SPREAD = 1.2  # of a corrected watch from worst to best
LIKING = 0.15  # a reaction worth more than this is a positive one

E = EngagementEvent.Type
ACTIONS = {
    E.LIKE: 0.0,
    E.SHARE: SHARED,
    E.COMMENT: TALKED,
    E.FOLLOW: TALKED,
    E.NOT_INTERESTED: AVOIDED,
    E.REPORT: AVOIDED,
}


@dataclass
class Reaction:
    """One viewer's summed reaction to one video."""

    video: int
    when: float  # seconds since 1970, the latest
    value: float = 0.0  # −1 to 2
    liked: bool = False


@dataclass(frozen=True)
class Past:
    """The viewer as the ranking sees it; with personalization off, only what keeps videos from coming twice."""

    seen: Ints  # video ids that are not shown again
    reactions: list[Reaction] = field(default_factory=list)  # newest first, one a video
    follows: list[int] = field(default_factory=list)  # creators
    avoided_videos: list[int] = field(default_factory=list)
    avoided_creators: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)  # video ids, newest slot first
    ignored: dict[int, int] = field(default_factory=dict)  # slots without any event since, by video id

    @property
    def liked(self) -> list[Reaction]:
        """Positive reactions, newest first."""
        return [reaction for reaction in self.reactions if reaction.value > LIKING]


def past_of(viewer: Viewer, *, snapshot: Snapshot, correction: DurationCorrection, now: datetime) -> Past:
    """Six queries, each bounded. What happened before ``viewer.reset`` makes no taste but is not shown again either."""
    viewings = list(
        Viewing.objects.filter(viewer=viewer)
        .order_by("-started")
        .values_list("video_id", "started", "reward", "completed", "skipped", "shared", "refused")[:VIEWINGS]
    )
    events = list(
        EngagementEvent.objects.filter(viewer=viewer)
        .order_by("-happened")
        .values_list("video_id", "happened", "type", "watch_ms")[:EVENTS]
    )
    impressions = list(
        Impression.objects.filter(viewer=viewer, created__gt=now - timedelta(days=IGNORED_DAYS))
        .order_by("-created", "-pk")
        .values_list("video_id", "created")[:REACTIONS]
    )
    avoided = list(
        NotInterested.objects.filter(viewer=viewer).values_list("scope", "video_id", "video__owner_id")
    )
    likes = list(
        Like.objects.filter(viewer=viewer).order_by("-created").values_list("video_id", "created")[:REACTIONS]
    )
    follows = list(Follow.objects.filter(viewer=viewer).values_list("creator_id", flat=True))

    met = {row[0] for row in viewings} | {row[0] for row in events}
    recent = {video for video, created in impressions if created > now - UNCONFIRMED}
    seen = np.fromiter(met | recent, np.int64)
    keeping = Past(
        seen=seen,
        avoided_videos=[video for scope, video, _ in avoided if scope == NotInterested.Scope.VIDEO],
        avoided_creators=[owner for scope, _, owner in avoided if scope == NotInterested.Scope.CREATOR],
    )
    if not viewer.personalized:
        return keeping
    since = viewer.reset or datetime.min.replace(tzinfo=now.tzinfo)
    reactions = _reactions(
        [row for row in viewings[:REACTIONS] if row[1] >= since],
        [row for row in events if row[1] >= since],
        [row for row in likes if row[1] >= since],
        [(video, now) for _, video, _ in avoided],
        durations=_durations(snapshot, [row[0] for row in events]),
        correction=correction,
    )
    return Past(
        seen=seen,
        reactions=reactions,
        follows=follows,
        avoided_videos=keeping.avoided_videos,
        avoided_creators=keeping.avoided_creators,
        shown=[video for video, _ in impressions[:FATIGUE_SLOTS]],
        ignored=dict(Counter(video for video, _ in impressions if video not in met)),
    )


def _durations(snapshot: Snapshot, videos: list[int]) -> dict[int, float]:
    ids = np.array(videos, np.int64)
    rows = snapshot.rows_of(ids)
    return {int(v): float(snapshot.columns.seconds[r]) for v, r in zip(ids, rows, strict=True) if r >= 0}


def _reactions(
    viewings: list[tuple[int, datetime, float | None, bool, bool, bool, bool]],
    events: list[tuple[int, datetime, str, int | None]],
    likes: list[tuple[int, datetime]],
    avoided: list[tuple[int, datetime]],
    *,
    durations: dict[int, float],
    correction: DurationCorrection,
) -> list[Reaction]:
    """One reaction a video, newest first: what it was worth to the viewer, all told."""
    found: dict[int, Reaction] = {}
    watched: dict[int, float] = {}  # corrected watch, 0–1
    completed: set[int] = set()
    skipped: set[int] = set()

    def at(video: int, when: datetime) -> Reaction:
        reaction = found.setdefault(video, Reaction(video, 0.0))
        reaction.when = max(reaction.when, when.timestamp())
        return reaction

    acted: dict[tuple[int, str], float] = {}
    for video, when, reward, complete, skip, shared, refused in viewings:
        at(video, when)
        if reward is not None:
            watched[video] = max(reward, watched.get(video, 0.0))
        if complete:
            completed.add(video)
        elif skip:
            skipped.add(video)
        if shared:
            acted[video, E.SHARE] = SHARED
        if refused:
            acted[video, E.NOT_INTERESTED] = AVOIDED
    longest: dict[int, int] = {}
    for video, when, kind, watch_ms in events:
        at(video, when)
        if watch_ms:
            longest[video] = max(watch_ms, longest.get(video, 0))
        if kind == E.COMPLETE:
            completed.add(video)
        elif kind == E.SKIP:
            skipped.add(video)
        elif kind in ACTIONS:
            acted[video, kind] = ACTIONS[E(kind)]
    timed = [video for video in longest if video in durations]
    if timed:
        scores = correction.transform(
            [longest[video] / 1000 for video in timed], [durations[video] for video in timed]
        )
        for video, score in zip(timed, scores, strict=True):
            watched[video] = max(float(score), watched.get(video, 0.0))
    for video, score in watched.items():
        found[video].value += WATCH_SPREAD * (score - 0.5)
    for video in completed:
        found[video].value += COMPLETED
    for video in skipped - completed:
        found[video].value = min(found[video].value, SKIPPED)
    for (video, _), value in acted.items():
        found[video].value += value
    for video, when in likes:
        at(video, when).value += LIKED
        found[video].liked = True
    for video, _ in avoided:
        if video in found:
            found[video].value = AVOIDED
    newest = sorted(found.values(), key=lambda reaction: -reaction.when)
    return newest[:REACTIONS]
