"""Whose likes and follows make up a count on screen."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet

from recommender.models import Follow, Like


def likes_counted() -> QuerySet[Like]:
    """The likes a count on screen is made of: no flagged viewer's, and simulated ones' only where
    the whole site is a demonstration."""
    return Like.objects.filter(_counted())


def follows_counted() -> QuerySet[Follow]:
    """The follows a count on screen is made of; see ``likes_counted``."""
    return Follow.objects.filter(_counted())


def _counted() -> Q:
    people = Q(viewer__flagged="")
    return people if settings.FEED_SIMULATED else people & Q(viewer__simulated=False)
