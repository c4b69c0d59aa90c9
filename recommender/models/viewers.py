"""Who watches."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Viewer(models.Model):
    """Whoever watches: a signed-in person, or a browser known by a signed first-party cookie until it signs in."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # what the cookie holds, signed
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="viewer"
    )
    personalized = models.BooleanField(default=True)
    reset = models.DateTimeField(null=True, blank=True)  # what happened before no longer counts for the feed
    simulated = models.BooleanField(default=False)  # never part of real metrics
    flagged = models.CharField(
        max_length=40, blank=True
    )  # why its traffic is left out of rewards; empty: it counts
    former = models.JSONField(
        default=list, blank=True
    )  # ids of viewers merged into this one, for the archive
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"viewer {self.pk}"


class Erasure(models.Model):
    """Numbers of somebody who was deleted, until archive and disk hold nothing of them any more."""

    viewers = models.JSONField(default=list)  # ids of viewers, for the archive
    owner = models.BigIntegerField(null=True, blank=True)  # id of the account, for its media folders
    jobs = models.JSONField(default=list)
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"erasure {self.pk}"
