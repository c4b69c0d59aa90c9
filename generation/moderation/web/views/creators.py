"""What creators and commenters see of moderation: how a video stands, why something was done, the appeal against it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.web import signed_in
from generation.models import Video
from generation.moderation.errors import AppealInvalid, AppealStateConflict
from generation.moderation.models import Statement
from generation.moderation.screening.statements import statements_read
from generation.moderation.selectors.creators import statements_to
from generation.moderation.services.appeals import TEXT_LENGTH, appeal_file, statement_appeal
from generation.moderation.web.telling import statement_told, statements_told, video_told
from generation.selectors import videos_for
from generation.visibility import is_pending


@login_required
@require_safe
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """The notes on the owner's page alone, asked again while the video waits; then the whole page is new."""
    video = get_object_or_404(videos_for(request.user), pk=pk)
    response = render(request, "moderation/_standing.html", video_told(video, request.user))
    if not is_pending(video):
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """An appeal is its creator's alone: an administrator who may see the video files none in another's name."""
    video: Video = get_object_or_404(videos_for(request.user), pk=pk, owner=signed_in(request))
    try:
        appeal_file(video=video, creator=signed_in(request), text=request.POST.get("text", ""))
        _told(request, None)
    except (AppealInvalid, AppealStateConflict) as problem:
        _told(request, problem)
    return redirect("video", pk)


@login_required
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """Everything that was decided about what the person made or wrote."""
    return render(request, "moderation/statements.html", statements_told(signed_in(request)))


@login_required
@require_safe
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement of reasons with the appeal against it; looked at, it is no longer new."""
    row = _own(request, pk)
    context = statement_told(row)
    statements_read([row])
    return render(request, "moderation/statement.html", context)


@login_required
@require_POST
def statement_appealed(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    try:
        statement_appeal(statement=row, creator=signed_in(request), text=request.POST.get("text", ""))
        _told(request, None)
    except (AppealInvalid, AppealStateConflict) as problem:
        _told(request, problem)
    return redirect("statement", pk)


def _own(request: HttpRequest, pk: int) -> Statement:
    return get_object_or_404(statements_to(signed_in(request)), pk=pk)


def _told(request: HttpRequest, problem: AppealInvalid | AppealStateConflict | None) -> None:
    """Say on the next page what became of the appeal."""
    if problem is None:
        messages.success(request, _("Your appeal is on its way. Another moderator looks again."))
    elif isinstance(problem, AppealInvalid):
        messages.error(
            request, _("Say why you disagree, in up to %(most)d characters.") % {"most": TEXT_LENGTH}
        )
    else:
        messages.error(request, _("There is nothing to appeal against here, or it was appealed already."))
