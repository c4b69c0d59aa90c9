"""What creators and commenters are told on their pages: how a video stands, the reasons of what was done, strikes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, User

from generation.models import Video
from generation.moderation.models import Appeal, Screening, Statement
from generation.moderation.screening.statements import statements_read
from generation.moderation.selectors.creators import comment_text, is_new, statements_about, statements_to
from generation.moderation.selectors.standing import (
    PAUSED,
    REVIEWED,
    WARNED,
    standing_of_creator,
    strikes_in_force,
)
from generation.moderation.services.appeals import appeal_closed, decision_standing
from generation.moderation.web.reading import titles
from generation.moderation.web.words import waiting_told
from generation.selectors import AnyUser
from generation.visibility import is_pending, standing

STATEMENTS_SHOWN = 10
STATEMENTS_LISTED = 200


def video_told(video: Video, reader: AnyUser) -> dict[str, Any]:
    """The owner's notes: screening, statements with their appeals, and whether ``reader`` can file one.

    What its owner is shown here is read; an administrator's look at it changes nothing.
    """
    statements = list(statements_about(video))
    appeals = {row.decision_id: row for row in Appeal.objects.filter(video=video)}
    decision = decision_standing(video)
    under_way = screening_told(video) if is_pending(video) else None
    own = reader.pk == video.owner_id
    if own and statements:
        statements_read(statements)
    return {
        "video": video,
        "own": own,
        "pending": is_pending(video),
        "standing": standing(video),
        "screening": under_way,
        "waits_for": waiting_told(under_way) if under_way else "",
        "statements": [(row, appeals.get(row.decision_id), row.withdrawn is not None) for row in statements],
        "may_appeal": own and decision is not None and appeal_closed(decision.statement) is None,
        "names": titles() if statements else {},
    }


def statements_told(reader: User) -> dict[str, Any]:
    """The newest statements addressed to the person: what is new first said so, and what came of each appeal."""
    rows = list(statements_to(reader).select_related("decision__appeal")[:STATEMENTS_LISTED])
    lines = [(row, getattr(row.decision, "appeal", None), is_new(row)) for row in rows]
    return {"lines": lines, "names": titles(), "most": STATEMENTS_LISTED}


def statement_told(statement: Statement) -> dict[str, Any]:
    """One statement as its page shows it: what it is about, its appeal, whether another can be filed."""
    decision, case = statement.decision, statement.decision.case
    return {
        "statement": statement,
        "own": True,
        "appeal": Appeal.objects.filter(decision=decision).first(),
        "withdrawn": statement.withdrawn is not None,
        "comment": comment_text(case.comment) if case.comment is not None else "",
        "is_comment": case.comment is not None,
        "video": statement.video if statement.video and _may_see(statement) else None,
        "may_appeal": appeal_closed(statement) is None,
        "names": titles(),
    }


def _may_see(statement: Statement) -> bool:
    """Whether whom it is addressed to can open the video."""
    video = statement.video
    return video is not None and (video.is_shown or video.owner_id == statement.creator_id)


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
