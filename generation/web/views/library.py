"""A creator's videos, unfinished jobs, uploads and bin."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.web import signed_in
from generation.jobs.trash import BIN_DAYS
from generation.models import GenerationJob, Video
from generation.selectors import jobs_for, uploads_for, videos_for
from generation.services.quota import usage_of
from generation.web.forms import LibraryForm

PAGE = 24
FAILED_SHOWN_DAYS = 7


@login_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    tab = request.GET.get("tab", "videos")
    if tab not in ("videos", "uploads", "bin"):
        tab = "videos"
    form = LibraryForm(request.GET)
    context = {"tab": tab, "form": form, "bin_days": BIN_DAYS, "usage": usage_of(signed_in(request))}
    if tab == "uploads":
        context["page"] = Paginator(uploads_for(request.user), PAGE).get_page(request.GET.get("page"))
    elif tab == "bin":
        context["page"] = Paginator(videos_for(request.user, deleted=True), PAGE).get_page(
            request.GET.get("page")
        )
    else:
        videos = filtered(videos_for(request.user), form)
        context["page"] = Paginator(videos, PAGE).get_page(request.GET.get("page"))
        context["is_filtered"] = any(form.cleaned_data.values())
        context["jobs"] = _open_jobs(request)
    if request.htmx and request.htmx.target == "results":  # type: ignore[attr-defined]
        return render(request, "library/_results.html", context)
    return render(request, "library/library.html", context)


def filtered(videos: QuerySet[Video], form: LibraryForm) -> QuerySet[Video]:
    """``videos`` narrowed by every filter that holds a valid value."""
    form.is_valid()
    asked = form.cleaned_data
    if asked.get("q"):
        videos = videos.filter(Q(title__icontains=asked["q"]) | Q(description__icontains=asked["q"]))
    if asked.get("state"):
        videos = videos.filter(state=asked["state"])
    if asked.get("language"):
        videos = videos.filter(language=asked["language"])
    if asked.get("kind"):
        videos = videos.filter(upload__isnull=asked["kind"] == "generated")
    return videos


def _open_jobs(request: HttpRequest) -> QuerySet[GenerationJob]:
    """Jobs that wait for a worker or for the creator, and failures of the last days."""
    state = GenerationJob.State
    recent = timezone.now() - timedelta(days=FAILED_SHOWN_DAYS)
    going = Q(state__in=(state.QUEUED, state.RUNNING, state.EDITING)) | Q(
        state=state.FAILED, ended__gte=recent
    )
    return jobs_for(request.user).filter(going, owner_id=request.user.pk)
