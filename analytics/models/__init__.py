"""The records of analytics, a file a family."""

from analytics.models.alerts import Alert
from analytics.models.cycles import CYCLE_STEPS, CycleStep, OptimizationCycle, TrainingOptOut
from analytics.models.experiments import Arm, Experiment, Exposure
from analytics.models.features import VideoFeatures
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
    "Arm",
    "CycleStep",
    "EventHour",
    "Experiment",
    "Exposure",
    "FeedHour",
    "OptimizationCycle",
    "SiteDay",
    "SiteHour",
    "Sums",
    "TouchedHours",
    "TrainingOptOut",
    "VideoDay",
    "VideoFeatures",
    "VideoHour",
    "ViewerDay",
    "Watermark",
]
