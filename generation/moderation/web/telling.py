"""What a creator is told on their pages: how a video stands, the reasons of what was done, strikes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from generation.models import Video
from generation.moderation.models import Appeal, Screening
from generation.moderation.selectors.creators import statements_about, statements_to
from generation.moderation.selectors.standing import (
    PAUSED,
    REVIEWED,
    WARNED,
    standing_of_creator,
    strikes_in_force,
)
from generation.moderation.services.appeals import decision_standing
from generation.moderation.web.reading import titles
from generation.visibility import is_pending, standing

STATEMENTS_SHOWN = 10


def video_told(video: Video) -> dict[str, Any]:
    """The owner's notes: screening, statements with their appeals, and whether an appeal can be filed."""
    statements = list(statements_about(video))
    appeals = {row.decision_id: row for row in Appeal.objects.filter(video=video)}
    decision = decision_standing(video)
    return {
        "video": video,
        "pending": is_pending(video),
        "standing": standing(video),
        "screening": screening_told(video) if is_pending(video) else None,
        "statements": [(row, appeals.get(row.decision_id), row.withdrawn is not None) for row in statements],
        "may_appeal": decision is not None
        and decision.pk not in appeals
        and decision.created > timezone.now() - timedelta(days=settings.APPEAL_DAYS),
        "names": titles() if statements else {},
    }


def screening_told(video: Video) -> Screening | None:
    """The newest screening of the video itself: under way, waiting for a scorer, or done and a person looks."""
    return Screening.objects.filter(video=video, comment__isnull=True).order_by("-created", "-pk").first()


def creator_told(creator: AbstractBaseUser) -> dict[str, Any]:
    """Strikes in force with what follows from them, and the newest reasons that were told."""
    return {
        "standing": standing_of_creator(creator),
        "strikes": strikes_in_force(creator),
        "statements": statements_to(creator)[:STATEMENTS_SHOWN],
        "steps": {"warned": WARNED, "reviewed": REVIEWED, "paused": PAUSED},
        "names": titles(),
    }
