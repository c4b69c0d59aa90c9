"""The sums that every metric is made of, under the names they have in frames and tables."""

from __future__ import annotations

COUNTS = {
    "impressions": "viewings: slots of a page, or sittings before a video, in which it was on the screen",
    "plays": "viewings in which it began to play",
    "viewed": "viewings that stayed 3 s, or to the end of a shorter video",
    "held_3": "plays watched for 3 s, or completed",
    "held_5": "plays watched for 5 s, or completed",
    "halfway": "plays that reached the middle of the video",
    "completes": "plays that reached the end",
    "skips": "viewings swiped away by the viewer before the end",
    "likes": "viewings with a like",
    "comments": "comments written",
    "shares": "viewings shared",
    "follows": "viewings after which the creator was followed",
    "refused": "viewings answered with not interested or a report",
    "interacted": "viewings with a like, comment, share or follow",
    "loops": "times the video began again",
    "timed": "plays whose watch time is known",
}
MEASURES = {
    "watch_seconds": "seconds watched in the foreground",
    "watch_seconds_sq": "their squares (s²), for intervals",
    "watch_ratio": "watch time as share of the video's length, above 1 with replays",
    "watch_ratio_sq": "its squares, for intervals",
}
SUMS: tuple[str, ...] = (*COUNTS, *MEASURES)
