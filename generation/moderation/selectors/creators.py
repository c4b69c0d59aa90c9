"""What creators and commenters are told: statements of reasons, appeals, how many of them are new."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet

from generation.models import Video
from generation.moderation.models import Screening, Statement


def statements_about(video: Video) -> QuerySet[Statement]:
    """About the video itself, newest first, withdrawn ones included; what its comments' authors are told is theirs."""
    rows = Statement.objects.filter(video=video, decision__case__comment__isnull=True)
    return rows.select_related("decision__policy", "decision__case").order_by("-created", "-pk")


def statements_to(creator: AbstractBaseUser) -> QuerySet[Statement]:
    """Everything that was told to the creator, about videos and comments, newest first."""
    rows = Statement.objects.filter(creator_id=creator.pk)
    return rows.select_related("decision__policy", "decision__case", "video").order_by("-created", "-pk")


def statements_new(creator: AbstractBaseUser) -> QuerySet[Statement]:
    """Those not read yet, and those whose appeal was answered since."""
    unread = Q(read__isnull=True, withdrawn__isnull=True)
    answered = Q(decision__appeal__decided__isnull=False, decision__appeal__told__isnull=True)
    return Statement.objects.filter(unread | answered, creator_id=creator.pk)


def is_new(statement: Statement) -> bool:
    """The same rule for a row that was read."""
    appeal = getattr(statement.decision, "appeal", None)
    answered = appeal is not None and appeal.decided is not None and appeal.told is None
    return answered or (statement.read is None and statement.withdrawn is None)


def comment_text(comment: int) -> str:
    """What the comment says, as it was screened; "" where nothing of it is kept."""
    return Screening.objects.filter(comment=comment).values_list("text", flat=True).first() or ""
