"""Which title and cover of a video under test this viewer sees; what was shown is noted with the impression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generation.models import Video
from recommender.models import VideoVariant, Viewer
from recommender.viewers.buckets import HOLDOUT, bucket_of, is_held_out


@dataclass(frozen=True)
class Dress:
    """What a viewer sees of a video under test. ``share`` is how likely this arm was (0–1)."""

    arm: str  # EXPERIMENT:ARM
    share: float
    title: str
    cover: str


def dresses(videos: Sequence[int], viewer: Viewer) -> dict[int, Dress]:
    """Of those videos that are under test; one query, none for no videos. A viewer of the hold-out sees what was there before any test."""
    if not videos:
        return {}
    rows = VideoVariant.objects.filter(video__in=videos).order_by("pk")
    found: dict[int, Dress] = {}
    held_out: bool | None = None
    for row in rows:
        held_out = is_held_out(viewer.key) if held_out is None else held_out
        if held_out:
            fits = row.arm == HOLDOUT and row.video_id not in found
        else:
            fits = row.arm != HOLDOUT and row.low <= bucket_of(viewer.key, row.salt) < row.high
        if fits:
            share = 1.0 if held_out else row.high - row.low
            found[row.video_id] = Dress(f"{row.experiment}:{row.arm}", share, row.title, row.cover)
    return found


def dressed(video: Video, dress: Dress | None) -> Video:
    """The video with the title and cover of its arm; the record itself is not to be saved afterwards."""
    if dress is not None:
        video.title = dress.title or video.title
        video.cover = dress.cover or video.cover
    return video
