"""What was noticed and told."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Alert(models.Model):
    """A metric of the site left its usual range in an hour."""

    metric = models.CharField(max_length=40)
    hour = models.DateTimeField()
    simulated = models.BooleanField(default=False)
    value = models.FloatField()
    usual = models.FloatField()  # median of the same hours of the weeks before, of the same kind of day
    score = models.FloatField()  # robust z: positive above the usual
    created = models.DateTimeField(default=timezone.now)
    mailed = models.DateTimeField(null=True, blank=True)
    posted = models.DateTimeField(null=True, blank=True)  # to the webhook

    class Meta:
        ordering = ("-hour",)
        constraints = [models.UniqueConstraint(fields=("metric", "hour", "simulated"), name="alert_once")]

    def __str__(self) -> str:
        return f"{self.metric} {self.hour:%Y-%m-%d %H}"
