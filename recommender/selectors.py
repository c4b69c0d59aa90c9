"""Reads, each with its joins."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet

from recommender.models import Follow, Like, RankerVersion


def likes_counted() -> QuerySet[Like]:
    """The likes a count on screen is made of: simulated viewers' only where the whole site is a demonstration."""
    return Like.objects.filter(_counted())


def follows_counted() -> QuerySet[Follow]:
    """The follows a count on screen is made of; see ``likes_counted``."""
    return Follow.objects.filter(_counted())


def _counted() -> Q:
    return Q() if settings.FEED_SIMULATED else Q(viewer__simulated=False)


def ranker_current() -> RankerVersion | None:
    """The version in production, if any."""
    return RankerVersion.objects.filter(state=RankerVersion.State.PRODUCTION).first()


def rankers_all() -> QuerySet[RankerVersion]:
    """Every version in the registry, newest first."""
    return RankerVersion.objects.select_related("parent").order_by("-created")
