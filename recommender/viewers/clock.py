"""Which moment a request belongs to: the server's own, or the virtual one of a simulated viewer."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from recommender.models import Viewer

HEADER = "X-Simulated-Time"


def moment(request: HttpRequest, viewer: Viewer) -> datetime:
    """The time the request counts at. Only a viewer that set-up marked as simulated may bring its own clock."""
    if viewer.simulated:
        said = parse_datetime(request.headers.get(HEADER, ""))
        if said is not None and timezone.is_aware(said):
            return said
    return timezone.now()
