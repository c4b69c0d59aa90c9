"""Randomized comparisons: what is compared, on which subject, by which measure, and what was decided."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.models import Video
from recommender.models import Viewer


def fresh_salt() -> str:
    """What the hash of a viewer is mixed with; every experiment has its own."""
    return uuid.uuid4().hex


class Experiment(models.Model):
    """One randomized comparison; its arms' shares are fixed while it runs."""

    class Kind(models.TextChoices):
        TITLE = "title", _("Title")
        COVER = "cover", _("Cover")
        RECIPE = "recipe", _("Recipe")
        RANKER = "ranker", _("Ranker")
        GENERATOR = "generator", _("Generator version")

    class State(models.TextChoices):
        DRAFT = "draft", _("Not started")
        RUNNING = "running", _("Running")
        STOPPED = "stopped", _("Stopped")
        DECIDED = "decided", _("Decided")

    class Criterion(models.TextChoices):
        WATCH_SHARE = "watch_share", _("Watch-time share per impression")
        PLAY_RATE = "play_rate", _("Play rate")
        COMPLETION = "completion", _("Completion rate")

    ON_VIDEO = (Kind.TITLE, Kind.COVER)

    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    name = models.CharField(max_length=120, blank=True)
    video = models.ForeignKey(
        Video, null=True, blank=True, on_delete=models.CASCADE, related_name="experiments"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="experiments"
    )
    criterion = models.CharField(max_length=12, choices=Criterion, default=Criterion.WATCH_SHARE)
    salt = models.CharField(max_length=32, default=fresh_salt, editable=False)
    alpha = models.FloatField(default=0.05)
    minimum_impressions = models.PositiveIntegerField(default=100)  # of every arm before anything is said
    maximum_days = models.PositiveSmallIntegerField(default=14)
    p_values = models.JSONField(default=dict, blank=True)  # the least so far: of each arm, and of the shares
    seed = models.PositiveIntegerField(default=0)  # of the Bayesian view's draws
    simulated = models.BooleanField(default=False)  # its evidence comes from simulated viewers
    stop_reason = models.CharField(max_length=40, blank=True)
    winner = models.CharField(max_length=12, blank=True)  # key of the arm that was chosen
    outcome = models.JSONField(default=dict, blank=True)  # the table it was decided on
    created = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(alpha__gt=0, alpha__lt=1), name="experiment_alpha_0_1"),
            models.CheckConstraint(
                condition=~Q(kind__in=("title", "cover")) | Q(video__isnull=False),
                name="experiment_of_title_has_video",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(started__isnull=False), name="experiment_started_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | ~Q(winner=""), name="experiment_decided_has_winner"
            ),
            models.UniqueConstraint(
                fields=("video",), condition=Q(state="running"), name="experiment_one_running_a_video"
            ),
        ]
        indexes = [models.Index(F("created").desc(), name="experiment_newest")]

    def __str__(self) -> str:
        return f"experiment {self.pk}: {self.kind}"


class Arm(models.Model):
    """One of the things compared; the first of an experiment, ``a``, is the control."""

    CONTROL = "a"

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="arms")
    key = models.CharField(max_length=12)
    share = models.FloatField()  # of the viewers, 0–1
    title = models.CharField(max_length=120, blank=True)
    cover = models.CharField(max_length=200, blank=True)  # path under MEDIA_ROOT
    value: Any = models.JSONField(default=dict, blank=True)  # of other kinds: the recipe fields, the version
    predicted = models.FloatField(null=True, blank=True)  # the title model's score, in log odds

    class Meta:
        ordering = ("key",)
        constraints = [
            models.UniqueConstraint(fields=("experiment", "key"), name="arm_key_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="arm_share_0_1"),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id}:{self.key}"


class Exposure(models.Model):
    """The first time a viewer met an experiment that has no impression to note it: recipes, rankers, generators.

    Title and cover tests are noted with the impression itself.
    """

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="exposures")
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="exposures")
    arm = models.CharField(max_length=12)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("experiment", "viewer"), name="exposure_once_a_viewer")
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id}:{self.arm}"
