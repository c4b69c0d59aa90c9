"""What a creator is told: statements of reasons, appeals, how they stand."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from generation.models import Video
from generation.moderation.models import Appeal, Statement


def statements_about(video: Video) -> QuerySet[Statement]:
    """Newest first, withdrawn ones included."""
    rows = Statement.objects.filter(video=video).select_related("decision__policy", "decision__case")
    return rows.order_by("-created", "-pk")


def statements_to(creator: AbstractBaseUser) -> QuerySet[Statement]:
    """Everything that was told to the creator, newest first."""
    rows = Statement.objects.filter(creator_id=creator.pk).select_related("decision__policy", "video")
    return rows.order_by("-created", "-pk")


def statement_in_force(video: Video) -> Statement | None:
    """The newest reason that still holds."""
    return statements_about(video).filter(withdrawn__isnull=True).first()


def appeals_of(video: Video) -> QuerySet[Appeal]:
    return Appeal.objects.filter(video=video).select_related("decision__policy").order_by("-created", "-pk")
