"""Reads of what viewers reported, and of how much their word weighs."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from generation.models import Video
from generation.moderation.models import Report

PRIOR = 3.0  # reports' worth of trust that everybody starts with


def reports_by(reporter: int) -> QuerySet[Report]:
    """What one viewer reported, newest first."""
    return Report.objects.filter(reporter=reporter)


def comment_reported(comment: int) -> bool:
    """Whether anybody reported the comment."""
    return Report.objects.filter(comment=comment).exists()


def reports_weighing(video: Video) -> QuerySet[Report]:
    """Reports of the video itself that still ask for something: by viewers that count, and not answered yet.

    What its comments say is not its doing.
    """
    return Report.objects.filter(
        video=video, comment__isnull=True, counted=True, outcome=Report.Outcome.OPEN
    ).order_by("pk")


def reporter_weights(reporters: Iterable[int]) -> dict[int, float]:
    """How much each viewer's word weighs, 0–1: the share of their reports that led to something, from 1 downward.

    ``(upheld + 3) / (upheld + dismissed + 3)``: a new reporter weighs 1, one who was wrong six times in a row a third.
    """
    wanted = set(reporters)
    answered = Report.objects.filter(reporter__in=wanted).exclude(outcome=Report.Outcome.OPEN).order_by()
    counts = answered.values("reporter").annotate(
        upheld=Count("pk", filter=Q(outcome=Report.Outcome.UPHELD)), all=Count("pk")
    )
    known = {row["reporter"]: (row["upheld"] + PRIOR) / (row["all"] + PRIOR) for row in counts}
    return {reporter: known.get(reporter, 1.0) for reporter in wanted}


def reports_resolved(reporter: int) -> QuerySet[Report]:
    """What came of a viewer's reports, newest answer first."""
    return (
        reports_by(reporter)
        .exclude(outcome=Report.Outcome.OPEN)
        .select_related("video")
        .order_by("-resolved")
    )
