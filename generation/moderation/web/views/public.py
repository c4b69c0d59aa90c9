"""What anybody may know: the rules, and moderation in numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.web import text_language
from generation.moderation.models import Report, Screening
from generation.moderation.selectors.policies import policies_acting
from generation.moderation.selectors.transparency import transparency as told
from generation.moderation.web.reading import titles

SPAN = timedelta(days=30)
KEPT_SECONDS = 60


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    until = timezone.now()
    numbers = cache.get_or_set("moderation-transparency", _numbers, KEPT_SECONDS) or {}
    language = text_language()
    context = {
        "told": {**numbers, "since": until - SPAN, "until": until},
        "rules": [
            (code, row.title(language), row.wording(language)) for code, row in policies_acting().items()
        ],
        "names": titles(),
        "outcomes": dict(Screening.Outcome.choices),
        "reasons": dict(Report.Reason.choices),
    }
    return render(request, "moderation/transparency.html", context)


def _numbers() -> dict[str, Any]:
    """What is kept a minute for everybody: numbers only, so that any cache holds it."""
    until = timezone.now()
    found = told(since=until - SPAN, until=until)
    return {name: value for name, value in found.items() if name not in ("since", "until")}
