"""An anonymous viewer becomes a person: at sign-in everything the browser did moves to the account."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.http import HttpRequest

from generation.moderation.services import reports_move
from recommender.events.changes import viewer_told
from recommender.models import (
    EngagementEvent,
    FeedRequest,
    Follow,
    Impression,
    Like,
    NotInterested,
    ShareLink,
    Viewer,
    Viewing,
)
from recommender.viewers.identity import viewer_of_cookie

MOVED_WHOLE: tuple[type[models.Model], ...] = (EngagementEvent, FeedRequest, Impression, Viewing)
# what there is once for each of these fields beside the viewer
MOVED_ONCE: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Like, ("video_id",)),
    (Follow, ("creator_id",)),
    (NotInterested, ("video_id",)),
    (ShareLink, ("video_id",)),
)


def merge_on_sign_in(sender: Any, request: HttpRequest | None, user: AbstractBaseUser, **values: Any) -> None:
    """Receiver of ``user_logged_in``: the viewer of the browser's cookie becomes the person's, and its cookie ends."""
    if request is None:
        return
    anonymous = viewer_of_cookie(request)
    if anonymous is not None:
        viewer_merge(anonymous=anonymous, user=user)
        request._viewer_merged = True  # type: ignore[attr-defined]
    request._viewer = request._viewer_new = None  # type: ignore[attr-defined]


@transaction.atomic
def viewer_merge(*, anonymous: Viewer, user: AbstractBaseUser) -> Viewer:
    """The person's viewer, with everything of the anonymous one; what both have stays once, and no row is lost.

    A link that was passed on keeps working even where the person has one of the same video: it then stays with the
    emptied anonymous viewer, whose cookie opens nothing any more.
    """
    mine, fresh = Viewer.objects.select_for_update().get_or_create(user_id=user.pk)
    theirs = Viewer.objects.select_for_update().filter(pk=anonymous.pk, user__isnull=True).first()
    if theirs is None:  # merged by another sign-in at the same moment
        return mine
    if fresh:
        mine.personalized, mine.flagged = theirs.personalized, theirs.flagged
        mine.simulated = theirs.simulated
    mine.created = min(mine.created, theirs.created)  # what it saw before it signed in is the person's too
    mine.reset = max((moment for moment in (mine.reset, theirs.reset) if moment), default=None)
    mine.former = [*mine.former, *theirs.former, theirs.pk]
    mine.save()
    _newer_avoidance_holds(mine, theirs)
    for model in MOVED_WHOLE:
        model._default_manager.filter(viewer=theirs).update(viewer=mine)
    for model, fields in MOVED_ONCE:
        had = set(model._default_manager.filter(viewer=mine).values_list(*fields))
        for pk, *key in model._default_manager.filter(viewer=theirs).values_list("pk", *fields):
            if tuple(key) not in had:
                model._default_manager.filter(pk=pk).update(viewer=mine)
    viewer_told(mine.pk, simulated=mine.simulated)
    reports_move(reporter=theirs.pk, to=mine.pk, counted=not mine.flagged)
    if ShareLink.objects.filter(viewer=theirs).exists():
        for model, _ in MOVED_ONCE[:-1]:
            model._default_manager.filter(viewer=theirs).delete()
        theirs.key = uuid.uuid4()
        theirs.save(update_fields=["key"])
    else:
        theirs.delete()
    return mine


def _newer_avoidance_holds(mine: Viewer, theirs: Viewer) -> None:
    """Where both asked not to see a video, the later wish (this video, or its creator) stands."""
    wishes = {wish.video_id: wish for wish in NotInterested.objects.filter(viewer=theirs)}
    for wish in NotInterested.objects.filter(viewer=mine, video_id__in=wishes):
        if wishes[wish.video_id].created > wish.created:
            wish.scope, wish.created = wishes[wish.video_id].scope, wishes[wish.video_id].created
            wish.save(update_fields=["scope", "created"])
