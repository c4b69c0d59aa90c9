"""Which moment a request belongs to: the server's own, or the virtual one of a simulated viewer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from recommender.errors import ClockInvalid
from recommender.models import Viewer

HEADER = "X-Simulated-Time"
FARTHEST = timedelta(
    days=3660
)  # from now: beyond it are typing errors, and dates that cannot be reckoned with


def moment(request: HttpRequest, viewer: Viewer) -> datetime:
    """The time the request counts at. Only a viewer that set-up marked as simulated may bring its own clock.

    Raises ``ClockInvalid`` when such a viewer's clock cannot be read.
    """
    now, text = timezone.now(), request.headers.get(HEADER, "")
    if not viewer.simulated or not text:
        return now
    try:
        said = parse_datetime(text)
    except ValueError:  # the form of a time, but no such day or hour
        said = None
    if said is None or timezone.is_naive(said) or abs(said - now) > FARTHEST:
        raise ClockInvalid(
            f"{HEADER} must be ISO 8601 with its time zone, within ten years of now, such as "
            f"{now:%Y-%m-%dT%H:%M:%SZ}; got {text[:40]!r}."
        )
    return said
