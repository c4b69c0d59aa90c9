"""One turn of the optimization loop, step by step, and who does not want their videos learned from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.leases import Leased
from generation.models import ModelVersion

CYCLE_STEPS = ("previous", "reward", "dataset", "train", "generators", "gate", "canary", "verdict")


class OptimizationCycle(Leased):
    """From what the audience did to a candidate, its gate, its canary and the verdict. Of these, one works at a time."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Working")
        CANARY = "canary", _("On trial")
        APPROVAL = "approval", _("Waits for approval")
        PROMOTED = "promoted", _("Promoted")
        ROLLED_BACK = "rolled_back", _("Rolled back")
        REJECTED = "rejected", _("Stopped at the gate")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    UNDER_WAY = (State.QUEUED, State.RUNNING)

    number = models.PositiveIntegerField(unique=True)  # 1, 2, …: what views and videos are dated by
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED, db_index=True)
    progress = models.FloatField(default=0.0)
    cancel_requested = models.BooleanField(default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # none: the schedule
    seed = models.IntegerField(default=1)
    simulated = models.BooleanField(default=False)  # whether simulated viewers' views count
    busy = models.BooleanField(default=True)  # queued or running; kept in step by the services
    version = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="cycles"
    )  # the candidate
    parent = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # in production when the cycle learned
    cutoff = models.DateTimeField(null=True, blank=True)  # the latest view learned from
    verdict = models.JSONField(default=dict, blank=True)
    cpu_seconds = models.FloatField(default=0.0)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now, db_index=True)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=("busy",), condition=Q(state__in=("queued", "running")), name="cycle_one_at_a_time"
            ),
            models.UniqueConstraint(fields=("state",), condition=Q(state="canary"), name="cycle_one_canary"),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="cycle_progress_0_1"),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_code=""), name="cycle_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"cycle {self.number}"


class CycleStep(models.Model):
    """One step of a cycle with what it found; a step that is done is never done again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Working")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Not needed")

    cycle = models.ForeignKey(OptimizationCycle, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=12, choices=[(name, name) for name in CYCLE_STEPS])
    order = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    result = models.JSONField(default=dict, blank=True)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("cycle", "name"), name="cycle_step_once")]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.name}"


class TrainingOptOut(models.Model):
    """A creator whose videos no cycle learns from."""

    creator = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="training_opt_out"
    )
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"opt-out of {self.creator_id}"
