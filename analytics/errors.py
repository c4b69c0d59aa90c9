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
