"""What goes wrong in analytics, in words; plain Python."""

from __future__ import annotations

from core.errors import PlatformError


class AnalyticsError(PlatformError):
    """The base of what analytics refuses."""

    code = "analytics_error"


class DashboardUnknown(AnalyticsError):
    """No such page, or nothing of the kind that this reader may see."""

    code = "dashboard_unknown"
    status = 404


class DashboardRefused(AnalyticsError):
    """A page that is for another role."""

    code = "dashboard_refused"
    status = 403


class PolicyInputInvalid(AnalyticsError):
    """Observations that no policy can be learned from."""

    code = "policy_input_invalid"


class RewardInputInvalid(AnalyticsError):
    """Views of which no reward can be computed."""

    code = "reward_input_invalid"


class CycleBusy(AnalyticsError):
    """A cycle was asked for while another one waits or works."""

    code = "cycle_busy"
    status = 409


class CycleStateConflict(AnalyticsError):
    """The cycle is not in a state in which this can be done."""

    code = "cycle_state_conflict"
    status = 409


class CycleTooLittleData(AnalyticsError):
    """Too few videos or views came in for a cycle."""

    code = "cycle_too_little_data"


class CycleBudgetSpent(AnalyticsError):
    """A cycle has used its processor time."""

    code = "cycle_budget_spent"


class ExperimentInvalid(AnalyticsError):
    """An experiment cannot be made as it was asked for."""

    code = "experiment_invalid"


class ExperimentStateConflict(AnalyticsError):
    """What was asked does not fit the state an experiment is in."""

    code = "experiment_state_conflict"
    status = 409


class InsightInputInvalid(AnalyticsError):
    """A frame of which no effects can be computed."""

    code = "insight_input_invalid"
