"""The records of attention: who watches, what was shown and what they did."""

from recommender.models.events import ArchivedDay, Cursor, EngagementEvent, EventArrival, VideoStat, Viewing
from recommender.models.feed import FeedRequest, Impression
from recommender.models.search import SearchDocument, VideoVector
from recommender.models.social import Comment, Follow, Like, NotInterested, ShareLink
from recommender.models.variants import VideoVariant
from recommender.models.viewers import Erasure, Viewer

__all__ = [
    "ArchivedDay",
    "Comment",
    "Cursor",
    "EngagementEvent",
    "Erasure",
    "EventArrival",
    "FeedRequest",
    "Follow",
    "Impression",
    "Like",
    "NotInterested",
    "SearchDocument",
    "ShareLink",
    "VideoStat",
    "VideoVariant",
    "VideoVector",
    "Viewer",
    "Viewing",
]
