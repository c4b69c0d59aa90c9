"""What viewers did before the arms of an experiment, one row a viewer and arm; read from impressions and viewings.

Impressions that the viewer never reached on the page are no evidence: a viewing with ``shown`` is asked for. The owner's own
views, flagged viewers, and simulated ones (unless the experiment is theirs) stay out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.models import Avg
from numpy.typing import NDArray

from analytics.models import Experiment, Exposure
from generation.models import Video
from recommender.models import Impression, Viewer, Viewing

Floats = NDArray[np.float64]

MOST_ARMS = 5
MEASURES = ("watch_share", "play_rate", "completion", "skip_rate", "refusal_rate")


@dataclass(frozen=True)
class ArmEvidence:
    """(V,) arrays over viewers: how many impressions, and for each of ``MEASURES`` what they add up to."""

    viewers: list[int]
    impressions: Floats
    totals: dict[str, Floats]
    before: Floats  # the viewer's mean watch share before the experiment, NaN where unknown


def evidence(experiment: Experiment) -> dict[str, ArmEvidence]:
    """By arm key; an arm that nobody saw is there with empty arrays."""
    rows: dict[str, list[tuple[float, ...]]] = {arm.key: [] for arm in experiment.arms.all()}
    with connection.cursor() as cursor:
        if experiment.kind in Experiment.ON_VIDEO:
            cursor.execute(_sql(), _parameters(experiment))
        else:
            simulated = experiment.simulated or settings.FEED_SIMULATED
            cursor.execute(_exposed_sql(), [experiment.pk, bool(simulated)])
        for arm, *numbers in cursor.fetchall():
            rows.get(arm.partition(":")[2], []).append(tuple(float(x or 0) for x in numbers))
    before = _before(experiment, {int(row[0]) for some in rows.values() for row in some})
    return {key: _arm(some, before) for key, some in rows.items()}


def _arm(rows: list[tuple[float, ...]], before: dict[int, float]) -> ArmEvidence:
    table = np.array(rows, dtype=float).reshape(len(rows), 2 + len(MEASURES))
    viewers = [int(v) for v in table[:, 0]]
    return ArmEvidence(
        viewers=viewers,
        impressions=table[:, 1],
        totals={name: table[:, 2 + at] for at, name in enumerate(MEASURES)},
        before=np.array([before.get(viewer, np.nan) for viewer in viewers], dtype=float),
    )


def _parameters(experiment: Experiment) -> list[str | int | bool]:
    simulated = experiment.simulated or settings.FEED_SIMULATED
    owner = experiment.video.owner_id if experiment.video else -1
    keys = [arm.key for arm in experiment.arms.all()]
    padded = keys + keys[-1:] * (MOST_ARMS - len(keys))  # one statement for any number of arms
    return [*(f"{experiment.pk}:{key}" for key in padded), bool(simulated), owner]


def _sums() -> str:
    """How many impressions, and what each of ``MEASURES`` adds up to."""
    least = "MIN" if connection.vendor == "sqlite" else "LEAST"
    marks = ("w.played", "w.completed", "w.skipped", "w.refused")
    counts = ", ".join(f"SUM(CASE WHEN {mark} THEN 1 ELSE 0 END)" for mark in marks)
    return f"COUNT(*), SUM(COALESCE({least}(1.0, w.watch_ms / 1000.0 / v.seconds), 0.0)), {counts}"


def _sql() -> str:
    impression, viewing, viewer, video = (
        model._meta.db_table for model in (Impression, Viewing, Viewer, Video)
    )
    marks = ", ".join(["%s"] * MOST_ARMS)
    return f"""
        SELECT i.arm, i.viewer_id, {_sums()}
        FROM {impression} AS i
        JOIN {viewing} AS w ON w.viewer_id = i.viewer_id AND w.feed_request = i.request_id
            AND w.position = i.position AND w.video_id = i.video_id
        JOIN {viewer} AS p ON p.id = i.viewer_id JOIN {video} AS v ON v.id = i.video_id
        WHERE i.arm IN ({marks}) AND w.shown AND p.flagged = '' AND (%s OR NOT p.simulated)
            AND (p.user_id IS NULL OR p.user_id <> %s)
        GROUP BY i.arm, i.viewer_id ORDER BY i.arm, i.viewer_id
    """  # noqa: S608


def _exposed_sql() -> str:
    """All that viewers of an arm were shown after they first met the experiment; for rankers, recipes, generators."""
    exposure, viewing, viewer, video = (model._meta.db_table for model in (Exposure, Viewing, Viewer, Video))
    return f"""
        SELECT {_text("e.experiment_id")} || ':' || e.arm, w.viewer_id, {_sums()}
        FROM {exposure} AS e
        JOIN {viewing} AS w ON w.viewer_id = e.viewer_id AND w.started >= e.created
        JOIN {viewer} AS p ON p.id = w.viewer_id JOIN {video} AS v ON v.id = w.video_id
        WHERE e.experiment_id = %s AND w.shown AND p.flagged = '' AND (%s OR NOT p.simulated)
            AND (p.user_id IS NULL OR p.user_id <> v.owner_id)
        GROUP BY e.experiment_id, e.arm, w.viewer_id ORDER BY e.arm, w.viewer_id
    """  # noqa: S608


def _text(column: str) -> str:
    return f"CAST({column} AS text)"


def _before(experiment: Experiment, viewers: set[int]) -> dict[int, float]:
    """Mean reward of each viewer's viewings before the experiment began."""
    if not viewers or experiment.started is None:
        return {}
    rows = (
        Viewing.objects.filter(viewer__in=viewers, started__lt=experiment.started, reward__isnull=False)
        .values_list("viewer")
        .annotate(mean=Avg("reward"))
    )
    return {viewer: float(mean) for viewer, mean in rows}
