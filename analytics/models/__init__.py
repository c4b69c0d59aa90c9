"""The records of analytics, a file a family."""

from analytics.models.alerts import Alert
from analytics.models.hours import (
    EventHour,
    FeedHour,
    SiteDay,
    SiteHour,
    Sums,
    TouchedHours,
    VideoDay,
    VideoHour,
    ViewerDay,
    Watermark,
)

__all__ = [
    "Alert",
    "EventHour",
    "FeedHour",
    "SiteDay",
    "SiteHour",
    "Sums",
    "TouchedHours",
    "VideoDay",
    "VideoHour",
    "ViewerDay",
    "Watermark",
]
