"""What every template may use: the site's name, roles of the viewer, the CSP nonce, whether it is a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from core.roles import roles_of


def site(request: HttpRequest) -> dict[str, Any]:
    language = "zh" if (get_language() or "en").startswith("zh") else "en"
    return {
        "site_name": settings.SITE_NAME[language],
        "ui_language": language,
        "roles": roles_of(request.user) if hasattr(request, "user") else frozenset(),
        "demonstration": settings.FEED_SIMULATED,
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
