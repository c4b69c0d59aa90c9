"""What was shown, and by which choice. Append-only: nothing is changed after it was written."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from generation.models import ModelVersion, Video
from recommender.models.viewers import Viewer


class FeedRequest(models.Model):
    """One page of the feed as it was served."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="requests")
    session = models.CharField(max_length=36, blank=True)
    policy = models.CharField(
        max_length=40
    )  # name and version of what chose, such as "ranker-12" or "cold-start"
    arm = models.CharField(max_length=40, blank=True)  # experiment and arm, if any
    ranker = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.SET_NULL)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(F("created").desc(), name="feed_request_newest")]

    def __str__(self) -> str:
        return str(self.pk)


class Impression(models.Model):
    """A slot of a page: which video stood there, why, and how likely the policy was to put it there."""

    request = models.ForeignKey(FeedRequest, on_delete=models.CASCADE, related_name="impressions")
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="impressions")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="impressions")
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=20)  # the candidate source it came from
    reason = models.JSONField(default=dict, blank=True)  # {code, …}: what "why am I seeing this" says
    score = models.FloatField(default=0.0)
    best_score = models.FloatField(null=True)  # of what would have stood there without exploration
    propensity = models.FloatField(default=1.0)
    features = models.JSONField(default=list, blank=True)  # what the ranking knew, as training will read it
    arm = models.CharField(
        max_length=40, blank=True, default=""
    )  # EXPERIMENT:ARM of its title and cover, if any
    arm_share = models.FloatField(null=True, blank=True)  # how likely that arm was, 0–1
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("request", "position"), name="impression_slot_once"),
            models.CheckConstraint(
                condition=Q(propensity__gt=0, propensity__lte=1), name="impression_propensity_0_1"
            ),
        ]
        indexes = [
            models.Index(fields=("viewer", "created"), name="impression_of_viewer"),
            models.Index(fields=("arm",), name="impression_of_arm", condition=~Q(arm="")),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} #{self.position}"
