"""A creator's public page: who they are and what they have published."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.web import found
from generation.selectors import videos_shown
from recommender.catalogue.categories import category_label
from recommender.social.reactions import followers_of
from recommender.social.selectors import creator_followed, creator_public
from recommender.viewers.identity import viewer_known

PAGE = 24


@require_safe
def creator(request: HttpRequest, pk: int) -> HttpResponse:
    person = found(creator_public, pk)
    videos = videos_shown().filter(owner=person)
    about = videos.order_by().values_list("category").annotate(number=Count("pk")).order_by("-number")
    viewer = viewer_known(request)
    context = {
        "creator": person,
        "page": Paginator(videos, PAGE).get_page(request.GET.get("page")),
        "followers": followers_of(person),
        "following": creator_followed(viewer, pk) is not None,
        "is_self": request.user.pk == pk,
        "about": [category_label(name) for name, _ in about[:3] if name],
    }
    return render(request, "creators/creator.html", context)
