"""What creators see of moderation: how their video stands, why, and the appeal against it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.web import signed_in
from generation.moderation.errors import AppealInvalid, AppealStateConflict
from generation.moderation.services.appeals import TEXT_LENGTH, appeal_file
from generation.moderation.web.telling import video_told
from generation.selectors import videos_for
from generation.visibility import is_pending


@login_required
@require_safe
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """The notes on the owner's page alone, asked again while the video waits; then the whole page is new."""
    video = get_object_or_404(videos_for(request.user), pk=pk)
    response = render(request, "moderation/_standing.html", video_told(video))
    if not is_pending(video):
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    video = get_object_or_404(videos_for(request.user), pk=pk)
    try:
        appeal_file(video=video, creator=signed_in(request), text=request.POST.get("text", ""))
        messages.success(request, _("Your appeal is on its way. Another moderator looks again."))
    except AppealInvalid:
        messages.error(
            request, _("Say why you disagree, in up to %(most)d characters.") % {"most": TEXT_LENGTH}
        )
    except AppealStateConflict:
        messages.error(request, _("There is nothing to appeal against here, or it was appealed already."))
    return redirect("video", pk)
