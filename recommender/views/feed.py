"""The newest published videos, for everybody."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generation.selectors import videos_published

PAGE = 24


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    page = Paginator(videos_published(), PAGE).get_page(request.GET.get("page"))
    return render(request, "feed/feed.html", {"page": page})
