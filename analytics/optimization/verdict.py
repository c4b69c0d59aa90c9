"""The last step: what came in during the trial decides; also what a new cycle does first to the one before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from analytics.datasets import videos_frame, views_frame
from analytics.models import CycleStep, OptimizationCycle
from analytics.optimization.work import SEGMENTS, site_space
from analytics.stats.policy.arms import canary_arms
from analytics.stats.policy.canary import CanaryVerdict, canary_verdict
from analytics.stats.policy.observations import dataset_of
from core.languages import LANGUAGES
from generation.models import ModelVersion
from generation.registry import pointer_move
from generation.services.versions import version_read
from recommender.events.rollup import roll_up

State = OptimizationCycle.State


def canary_judged(cycle: OptimizationCycle) -> tuple[CanaryVerdict, dict[str, Any]]:
    """What the videos of both arms have shown so far, and the summary that the page tells."""
    assert cycle.version is not None
    roll_up(seconds=60.0)
    videos = videos_frame()
    views = views_frame(simulated=cycle.simulated, videos=videos)
    segments = json.loads(
        (Path(settings.VAR_DIR) / cycle.version.folder / SEGMENTS).read_text(encoding="utf-8")
    )
    data = dataset_of(views, videos, space=site_space(), languages=LANGUAGES, seed=cycle.seed)
    # videos made after this cycle began count as the next cycle's
    arms = canary_arms(data, videos, segments, cycle=cycle.number + 1, production=cycle.parent_id)
    verdict = canary_verdict(
        arms.candidate, arms.production, arms.earlier, arms.against_baseline, alpha=settings.CYCLE_ALPHA,
        has_production=cycle.parent_id is not None,
    )  # fmt: skip
    return verdict, _worth(verdict, videos, data.rewards.videos, cycle)


def _worth(
    verdict: CanaryVerdict, videos: pd.DataFrame, rewards: pd.DataFrame, cycle: OptimizationCycle
) -> dict[str, Any]:
    """The verdict with what was predicted beside what came true."""
    mine = videos[(videos["version"] == cycle.version_id) & videos.index.isin(rewards.index)]
    predicted = float(mine["predicted"].mean()) if len(mine) else np.nan
    true = float(rewards.loc[mine.index, "mean"].mean()) if len(mine) else np.nan
    return verdict.to_json() | {
        "videos": len(mine),
        "predicted": None if np.isnan(predicted) else round(predicted, 4),
        "true": None if np.isnan(true) else round(true, 4),
    }


def cycle_close(cycle: OptimizationCycle) -> dict[str, Any]:
    """Judge an open canary on what has come in: promoted, or rolled back. Closed already: nothing changes.

    With ``settings.CYCLE_APPROVAL`` a winner waits for a person instead, and chooses as on trial until then.
    """
    verdict, told = canary_judged(cycle)
    promoted = verdict.decision == "promoted"
    with transaction.atomic():
        row = OptimizationCycle.objects.select_for_update().get(pk=cycle.pk)
        if row.state != State.CANARY or row.version is None:
            return dict(row.verdict)
        CycleStep.objects.filter(cycle=row, name="canary").update(
            state=CycleStep.State.DONE, ended=timezone.now()
        )
        if promoted and settings.CYCLE_APPROVAL:
            told |= {"decision": State.APPROVAL.value, "why": "awaits_approval", "won": verdict.why}
            OptimizationCycle.objects.filter(pk=row.pk).update(
                state=State.APPROVAL, verdict=told, progress=0.95
            )
            return told
        return cycle_end(row, told, promoted=promoted)


def cycle_end(row: OptimizationCycle, told: dict[str, Any], *, promoted: bool) -> dict[str, Any]:
    """Let the version serve, or retire it, and close the locked cycle with its verdict, which is returned."""
    assert row.version is not None
    if promoted:
        version_read(row.version)
        pointer_move(row.version)
    else:
        ModelVersion.objects.filter(pk=row.version.pk).update(state=ModelVersion.State.RETIRED)
    state, now = State.PROMOTED if promoted else State.ROLLED_BACK, timezone.now()
    told = told | {"decision": state.value}
    OptimizationCycle.objects.filter(pk=row.pk).update(state=state, verdict=told, ended=now, progress=1.0)
    CycleStep.objects.filter(cycle=row, name="verdict").update(
        state=CycleStep.State.DONE, result=told, started=now, ended=now
    )
    return told


def step_previous() -> dict[str, Any]:
    """The first step of a cycle: what is still on trial is judged first, so that nothing learns beside an open question."""
    open_one = OptimizationCycle.objects.filter(state=State.CANARY).select_related("version").first()
    if open_one is None:
        return {"cycle": None}
    return {"cycle": open_one.number, **cycle_close(open_one)}
