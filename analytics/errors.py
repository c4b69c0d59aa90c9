"""What goes wrong in analytics, in words; plain Python."""

from __future__ import annotations

from core.errors import PlatformError


class AnalyticsError(PlatformError):
    """The base of what analytics refuses."""

    code = "analytics_error"
