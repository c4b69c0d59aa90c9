"""What was published and held, for moderators. Straight from the tables."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.roles import ADMINISTRATOR, MODERATOR
from core.web import role_required
from generation.models import Video
from generation.selectors import videos_shown
from generation.web.views.reports import report_lines

SHOWN = 30


@role_required(MODERATOR, ADMINISTRATOR)
@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    live = Video.objects.filter(deleted__isnull=True).select_related("owner")
    held = list(live.filter(state=Video.State.HELD).order_by("-created")[:SHOWN])
    published = list(videos_shown()[:SHOWN])
    context = {
        "groups": [
            ("held", [(video, report_lines(video.report)) for video in held]),
            ("published", [(video, report_lines(video.report)) for video in published]),
        ]
    }
    return render(request, "overview/moderation.html", context)
