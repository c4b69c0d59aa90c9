"""One video: playing it, what is known about it, and what its owner may do with it."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import PlatformError
from core.roles import ADMINISTRATOR, has_role
from core.web import UNDO_PREFIX, found
from generation.errors import BriefInvalid
from generation.models import Video
from generation.selectors import video_for, videos_for
from generation.services.videos import (
    video_delete,
    video_publish,
    video_restore,
    video_unpublish,
    video_update,
)
from generation.visibility import is_pending
from generation.web.error_texts import error_text, tell_error
from generation.web.forms import VideoForm
from generation.web.views.reports import label_lines, report_lines


def _own(request: HttpRequest, pk: int) -> Video:
    return get_object_or_404(videos_for(request.user), pk=pk)


@require_safe
def video(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(video_for, request.user, pk)
    return _page(request, row, VideoForm(instance=row))


def _page(request: HttpRequest, row: Video, form: VideoForm, status: int = 200) -> HttpResponse:
    is_owner = row.owner_id == request.user.pk or has_role(request.user, ADMINISTRATOR)
    context = {"video": row, "is_owner": is_owner, "label_lines": label_lines(row.labels)}
    if is_owner:
        context |= {
            "form": form,
            "report_lines": report_lines(row.report),
            "recipe_text": json.dumps(row.recipe, ensure_ascii=False, indent=2),
            "manifest_text": json.dumps(row.manifest, ensure_ascii=False, indent=2),
        }
    return render(request, "videos/video.html", context, status=status)


@login_required
@require_POST
def details(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    form = VideoForm(request.POST, instance=row)
    if form.is_valid():
        data = form.cleaned_data
        try:
            video_update(
                video=row, title=data["title"], description=data["description"], hashtags=data["hashtags"]
            )
            messages.success(request, _("Saved."))
            return redirect("video", pk)
        except BriefInvalid as error:
            form.add_error(error.field if error.field in form.fields else None, error_text(error))
    return _page(request, row, form, status=422)


@login_required
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        row = video_publish(video=_own(request, pk), override=request.POST.get("override") == "yes")
        if is_pending(row):
            messages.success(request, _("Being looked at. It is published by itself when nothing is found."))
        else:
            messages.success(request, _("Published. It is in the feed now."))
    except PlatformError as error:
        tell_error(request, error)
    return redirect("video", pk)


@login_required
@require_POST
def unpublish(request: HttpRequest, pk: int) -> HttpResponse:
    video_unpublish(video=_own(request, pk))
    messages.success(request, _("Taken back. Only you can see it now."))
    return redirect("video", pk)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    video_delete(video=_own(request, pk))
    messages.success(request, _("In the bin for 30 days."), extra_tags=f"{UNDO_PREFIX}{pk}")
    return redirect("library")


@login_required
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(videos_for(request.user, deleted=True), pk=pk)
    try:
        video_restore(video=row)
        messages.success(request, _("Brought back."))
    except PlatformError as error:
        tell_error(request, error)
    return redirect("video", pk)
