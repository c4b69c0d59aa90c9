"""What stands under a published video on its own page: its creator, reactions, comments."""

from __future__ import annotations

from typing import Any

from django import template

from generation.models import Video
from generation.moderation.models import Report
from recommender.social.selectors import standing_of
from recommender.viewers.identity import viewer_known

register = template.Library()


@register.inclusion_tag("social/_bar.html", takes_context=True)
def social_bar(context: Any, video: Video) -> dict[str, Any]:
    request = context["request"]
    return {
        "video": video,
        "social": standing_of(video, viewer=viewer_known(request)),
        "user": request.user,
        "path": request.path,
        "reasons": Report.Reason.choices,
        "roles": context.get("roles", frozenset()),
    }
