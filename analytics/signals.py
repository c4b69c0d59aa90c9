"""What analytics hears: hours whose sums changed, and viewers who leave with what they watched."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete

from analytics.models import TouchedHours
from analytics.rollup import arrivals
from recommender.events.changes import Hour, events_taken, viewer_told, viewings_changed
from recommender.models import Viewer


def connect() -> None:
    viewings_changed.connect(hours_touched, dispatch_uid="analytics.hours_touched")
    events_taken.connect(events_arrived, dispatch_uid="analytics.events_arrived")
    pre_delete.connect(viewer_leaves, sender=Viewer, dispatch_uid="analytics.viewer_leaves")


def hours_touched(hours: set[Hour], **_: Any) -> None:
    """Note the hours; the roll-up counts them anew and takes the note away."""
    if hours:
        TouchedHours.objects.create(hours=sorted(hours))


def viewer_leaves(instance: Viewer, **_: Any) -> None:
    viewer_told(instance.pk, simulated=instance.simulated)


def events_arrived(ids: list[str], **_: Any) -> None:
    arrivals.add(ids)
