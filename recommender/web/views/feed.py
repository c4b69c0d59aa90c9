"""The vertical feed: the first page comes with the document, the script asks for the ones after it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from generation.moderation.models import Report
from generation.selectors import videos_shown
from recommender.errors import TooMany
from recommender.feed import feed_page
from recommender.viewers.identity import viewer_of
from recommender.web.presenting import page_answer

FIRST_PAGE = 6


@require_safe
@vary_on_cookie
@cache_control(private=True, no_cache=True)
def feed(request: HttpRequest) -> HttpResponse:
    if request.method == "HEAD":  # a look at the headers shows nobody a video
        return HttpResponse()
    try:
        viewer = viewer_of(request)
    except TooMany:
        return render(request, "429.html", status=429)
    language = (get_language() or "en")[:2]
    page = page_answer(feed_page(viewer=viewer, limit=FIRST_PAGE, language=language), viewer=viewer)
    if page["items"]:
        tail = "loading"
    else:
        tail = "end" if videos_shown().exists() else "empty"
    context = {"page": page, "tail": tail, "report_reasons": Report.Reason.choices}
    return render(request, "feed/feed.html", context)
