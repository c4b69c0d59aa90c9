"""Moderators: under which name they appear, what they may see, and how much severe material they have met."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.moderation.models.cases import Case
from generation.moderation.models.policies import Policy


class Moderator(models.Model):
    """What belongs to a person's work as a moderator; the role itself is a group (``core.roles``)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moderator")
    pseudonym = models.CharField(max_length=40, unique=True)
    granted = models.ManyToManyField(Policy, blank=True, related_name="granted_to")
    only_granted = models.BooleanField(default=False)  # sees nothing but ``granted``
    senior = models.BooleanField(default=False)  # takes what is escalated, adjudicates
    wellness = models.JSONField(
        default=dict, blank=True
    )  # own choices: blur, grey, mute, half_speed, reduced, warn
    exposure_budget_seconds = models.PositiveIntegerField(
        null=True, blank=True
    )  # an hour; none is the site's
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pseudonym",)

    def __str__(self) -> str:
        return self.pseudonym


class Exposure(models.Model):
    """How long a moderator had a case before them."""

    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exposures"
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exposures")
    severity = models.PositiveSmallIntegerField()
    began = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField(default=0.0)  # written when the case leaves their hands
    ended = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("moderator", "case"), condition=Q(ended=False), name="exposure_one_at_a_time"
            )
        ]
        indexes = [models.Index(fields=("moderator", "began"), name="exposure_lately")]

    def __str__(self) -> str:
        return f"{self.moderator_id} {self.seconds:.0f} s"
