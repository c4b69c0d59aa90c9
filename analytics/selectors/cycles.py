"""Reads of analytics, each with its joins."""

from __future__ import annotations

from django.db.models import QuerySet

from analytics.models import OptimizationCycle


def cycles_all() -> QuerySet[OptimizationCycle]:
    """All cycles, newest first, with their steps."""
    return OptimizationCycle.objects.select_related("version", "parent", "requested_by").prefetch_related(
        "steps"
    )
