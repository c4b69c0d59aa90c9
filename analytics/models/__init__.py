"""The records of analytics, a file a family."""

from analytics.models.alerts import Alert
from analytics.models.cycles import CYCLE_STEPS, CycleStep, OptimizationCycle, TrainingOptOut
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
    "CYCLE_STEPS",
    "Alert",
    "CycleStep",
    "EventHour",
    "FeedHour",
    "OptimizationCycle",
    "SiteDay",
    "SiteHour",
    "Sums",
    "TouchedHours",
    "TrainingOptOut",
    "VideoDay",
    "VideoHour",
    "ViewerDay",
    "Watermark",
]
