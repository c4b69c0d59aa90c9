"""Which ranker chose."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RankerVersion(models.Model):
    """A trained ranker in the registry; one at a time is in production."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        PRODUCTION = "production", _("In production")
        RETIRED = "retired", _("Retired")

    state = models.CharField(max_length=10, choices=State, default=State.CANDIDATE)
    folder = models.CharField(max_length=200)  # under VAR_DIR
    config = models.JSONField(default=dict, blank=True)
    metrics = models.JSONField(
        default=dict, blank=True
    )  # its own, the current one's and popularity's, same held-out rows
    data_fingerprint = models.CharField(max_length=64)
    cutoff = models.DateTimeField()  # it learned from events before this moment
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    created = models.DateTimeField(default=timezone.now)
    promoted = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="production"), name="ranker_one_in_production"
            )
        ]

    def __str__(self) -> str:
        return f"ranker {self.pk}"
