"""Experiments and cycles as frames: what ran, how far it is, what came of it."""

from __future__ import annotations

import pandas as pd
from django.db.models import Q

from analytics.models import Experiment, OptimizationCycle
from analytics.selectors.scope import Scope

ROWS = 200


def experiments_frame(scope: Scope) -> pd.DataFrame:
    """Those that ran in the period, newest first: number, ``title``, ``kind``, ``state``, ``arms``, ``started``, ``ended``,
    ``winner``, and the ``link`` of its page."""
    ran = Q(started__lt=scope.until) & (Q(ended__isnull=True) | Q(ended__gte=scope.since))
    rows = Experiment.objects.filter(ran).select_related("video").prefetch_related("arms")
    found = [
        {
            "experiment": row.pk, "title": row.name or (row.video.title if row.video else ""), "kind": row.kind,
            "state": row.state, "arms": len(row.arms.all()), "started": row.started, "ended": row.ended,
            "winner": next((arm.title or arm.key for arm in row.arms.all() if arm.key == row.winner), ""),
            "link": f"/experiments/{row.pk}/",
        }
        for row in rows[:ROWS]
    ]  # fmt: skip
    return pd.DataFrame(found)


def cycles_frame(scope: Scope) -> pd.DataFrame:
    """Cycles of the period, newest first: ``cycle``, ``state``, ``time``, its ``version``, ``videos`` made on trial, their
    ``predicted`` and ``true`` reward, and the ``link`` of its page."""
    rows = OptimizationCycle.objects.filter(created__gte=scope.since, created__lt=scope.until)
    found = [
        {
            "cycle": row.number, "state": row.state, "time": row.created, "version": row.version_id,
            "videos": row.verdict.get("videos"), "predicted": row.verdict.get("predicted"),
            "true": row.verdict.get("true"), "link": f"/cycles/{row.pk}/",
        }
        for row in rows.order_by("-number")[:ROWS]
    ]  # fmt: skip
    columns = ["cycle", "state", "time", "version", "videos", "predicted", "true", "link"]
    return pd.DataFrame(found, columns=columns)
