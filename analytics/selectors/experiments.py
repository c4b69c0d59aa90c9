"""Experiments as they are read: an analyst sees all, a creator those of their own videos."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from analytics.models import Experiment
from core.roles import ADMINISTRATOR, ANALYST, has_role


def experiments_for(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Experiment]:
    """Newest first, with arms and video."""
    rows = Experiment.objects.select_related("video", "created_by").prefetch_related("arms")
    if has_role(user, ANALYST, ADMINISTRATOR):
        return rows
    return rows.filter(video__owner_id=user.pk or 0, video__deleted__isnull=True)


def experiment_for(user: AbstractBaseUser | AnonymousUser, pk: int) -> Experiment:
    """Raises ``Experiment.DoesNotExist`` for one that is not theirs as for one that is not there."""
    return experiments_for(user).get(pk=pk)
