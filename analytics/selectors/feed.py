"""How the recommender fills the feed: from which sources, how much by chance, and how widely."""

from __future__ import annotations

import numpy as np
import pandas as pd
from django.db.models import DateField, F, Sum
from django.db.models.functions import TruncDate
from django.db.models.query import QuerySet

from analytics.models import FeedHour, VideoHour
from analytics.selectors.frames import framed
from analytics.selectors.scope import Scope
from generation.selectors import videos_shown

SUMS = ("slots", "explored", "propensity", "inverse", "inverse_sq")


def slots_of(scope: Scope) -> QuerySet[FeedHour]:
    return FeedHour.objects.filter(
        hour__gte=scope.since, hour__lt=scope.until, simulated__in=scope.simulated
    ).order_by()


def totals(scope: Scope) -> dict[str, float]:
    found = slots_of(scope).aggregate(**{name: Sum(name) for name in SUMS})
    return {name: float(value or 0) for name, value in found.items()}


def sources(scope: Scope) -> pd.DataFrame:
    """``source``, ``slots`` it filled and its ``share``, most first."""
    rows = slots_of(scope).values("source").annotate(slots=Sum("slots")).order_by("-slots")
    found = framed(rows, ["source"], ["slots"])
    found["share"] = found["slots"] / max(found["slots"].sum(), 1)
    return found


def over_time(scope: Scope) -> pd.DataFrame:
    """``time``, slots, explored, ``exploration_share`` and ``effective_share``.

    The latter is (Σ w)² / (n Σ w²) with w = 1 / propensity: which part of the sample an inverse-propensity estimate keeps.
    """
    rows = slots_of(scope)
    time = F("hour") if scope.hourly else TruncDate("hour", output_field=DateField())
    found = framed(
        rows.values(time=time).annotate(**{name: Sum(name) for name in SUMS}).order_by("time"), ["time"], SUMS
    )
    found["time"] = pd.to_datetime(found["time"], utc=True)
    shown = found["slots"].where(found["slots"] > 0)
    found["exploration_share"] = found["explored"] / shown
    found["effective_share"] = found["inverse"] ** 2 / (
        shown * found["inverse_sq"].where(found["inverse_sq"] > 0)
    )
    return found


def spread(scope: Scope) -> pd.DataFrame:
    """``videos`` (share of the published ones, least shown first) and ``impressions`` (share): the Lorenz curve."""
    rows = VideoHour.objects.filter(
        hour__gte=scope.since, hour__lt=scope.until, simulated__in=scope.simulated
    ).order_by()
    shown = sorted(rows.values("video").annotate(n=Sum("impressions")).values_list("n", flat=True))
    never = max(videos_shown().count() - len(shown), 0)
    counts = np.array([0.0] * never + [float(n) for n in shown])
    if not counts.sum():
        return pd.DataFrame(columns=["videos", "impressions"])
    added = np.concatenate([[0.0], np.cumsum(counts) / counts.sum()])
    return pd.DataFrame({"videos": np.linspace(0, 1, len(added)), "impressions": added})


def gini(curve: pd.DataFrame) -> float:
    """0: every video is shown alike; 1: one has all impressions."""
    return float(1 - 2 * np.trapezoid(curve["impressions"], curve["videos"]))
