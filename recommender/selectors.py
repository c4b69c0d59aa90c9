"""Reads, each with its joins."""

from __future__ import annotations

from django.db.models import QuerySet

from recommender.models import RankerVersion


def ranker_current() -> RankerVersion | None:
    """The version in production, if any."""
    return RankerVersion.objects.filter(state=RankerVersion.State.PRODUCTION).first()


def rankers_all() -> QuerySet[RankerVersion]:
    """Every version in the registry, newest first."""
    return RankerVersion.objects.select_related("parent").order_by("-created")
