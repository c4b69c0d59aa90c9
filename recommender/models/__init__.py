"""The records of attention: who watches, what was shown, what they did, and which ranker chose it."""

from recommender.models.events import ArchivedDay, Cursor, EngagementEvent, EventArrival, VideoStat, Viewing
from recommender.models.feed import FeedRequest, Impression
from recommender.models.rankers import RankerVersion
from recommender.models.search import SearchDocument, VideoVector
from recommender.models.social import Comment, Follow, Like, NotInterested, Report, ShareLink
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
    "RankerVersion",
    "Report",
    "SearchDocument",
    "ShareLink",
    "VideoStat",
    "VideoVector",
    "Viewer",
    "Viewing",
]
