"""The records of analytics, a file a family."""

from analytics.models.experiments import Arm, Experiment, Exposure

__all__ = ["Arm", "Experiment", "Exposure"]
