"""What goes wrong in analytics, in words; plain Python."""

from __future__ import annotations

from core.errors import PlatformError


class AnalyticsError(PlatformError):
    """The base of what analytics refuses."""

    code = "analytics_error"


class ExperimentInvalid(AnalyticsError):
    """An experiment cannot be made as it was asked for."""

    code = "experiment_invalid"


class ExperimentStateConflict(AnalyticsError):
    """What was asked does not fit the state an experiment is in."""

    code = "experiment_state_conflict"
    status = 409
