"""What goes wrong in analytics, in words; plain Python."""

from __future__ import annotations

from core.errors import PlatformError


class AnalyticsError(PlatformError):
    """The base of what analytics refuses."""

    code = "analytics_error"


class PolicyInputInvalid(AnalyticsError):
    """Observations that no policy can be learned from."""

    code = "policy_input_invalid"


class RewardInputInvalid(AnalyticsError):
    """Views of which no reward can be computed."""

    code = "reward_input_invalid"
