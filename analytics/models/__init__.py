"""The records of analytics, a file a family."""

from analytics.models.cycles import CYCLE_STEPS, CycleStep, OptimizationCycle, TrainingOptOut

__all__ = ["CYCLE_STEPS", "CycleStep", "OptimizationCycle", "TrainingOptOut"]
