"""An address somebody passed on: counted, then on to the video."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.web import found
from recommender.social.reactions import share_visit
from recommender.social.selectors import share_link
from recommender.viewers.identity import viewer_known


@require_safe
@never_cache
def share(request: HttpRequest, token: str) -> HttpResponse:
    link = found(share_link, token)
    viewer = viewer_known(request)
    ahead = "prefetch" in request.headers.get(
        "Sec-Purpose", ""
    )  # a browser that only looks ahead is no visit
    if request.method == "GET" and not ahead and (viewer is None or viewer.pk != link.viewer_id):
        share_visit(link=link)
    return redirect("video", link.video_id)
