"""Finding something to watch: a search, or shelves to look through."""

from __future__ import annotations

import re
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.languages import LANGUAGES
from generation.models import Video
from recommender.catalogue import shelves
from recommender.catalogue.categories import CATEGORIES, category_label
from recommender.search import search, warm
from recommender.search.terms import QUERY_LENGTH
from recommender.viewers.identity import viewer_known
from recommender.web.presenting_search import why

PAGE = 24
TABS = ("trending", "new", "following")


@require_safe
def discover(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "tab", "category", "language")}
    narrow = {
        "category": asked["category"] if asked["category"] in CATEGORIES else "",
        "language": asked["language"] if asked["language"] in LANGUAGES else "",
    }
    query = asked["q"][:QUERY_LENGTH]
    context: dict[str, Any] = {
        **narrow,
        "query": query,
        "category_label": category_label(narrow["category"]),
        "shelves": shelves.shelves(narrow["language"]),
        "query_length": QUERY_LENGTH,
    }
    number = _number(request.GET.get("page"))
    if query:
        context |= _searched(query, number, narrow)
    else:
        context |= _shown(request, asked["tab"], number, narrow)
        warm()
    if request.htmx and request.htmx.target == "results":  # type: ignore[attr-defined]
        return render(request, "discover/_results.html", context)
    return render(request, "discover/discover.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[1-9][0-9]{0,3}|10000", text) else 1


def _searched(query: str, number: int, narrow: dict[str, str]) -> dict[str, Any]:
    found = search(query, **narrow, limit=PAGE, offset=(number - 1) * PAGE)
    page: Page[Any] = Paginator(range(found.count), PAGE).get_page(number)
    hits = [
        {"video": hit.video, "why": why(hit), "meant": not hit.words, "parts": hit.snippet}
        for hit in found.hits
    ]
    return {"page": page, "hits": hits, "spelled": found.spelled, "tab": ""}


def _shown(request: HttpRequest, tab: str, number: int, narrow: dict[str, str]) -> dict[str, Any]:
    """A shelf; without a choice the hottest, or the newest where nothing is hot yet."""
    hot = shelves.trending(**narrow) if tab in ("", "trending") else []
    if tab not in TABS:
        tab = "trending" if hot else "new"
    videos: Any
    if tab == "trending":
        videos = hot
    elif tab == "new":
        videos = shelves.newest(**narrow)
    else:
        videos = shelves.followed(viewer_known(request), **narrow)
    page: Page[Any] = Paginator(videos, PAGE).get_page(number)
    shown: list[Video] = (
        shelves.in_order(list(page.object_list)) if tab == "trending" else list(page.object_list)
    )
    return {"page": page, "videos": shown, "tab": tab}
