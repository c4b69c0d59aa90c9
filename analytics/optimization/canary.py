"""Step 6: the candidate goes on trial; from now on a share of new videos is made with it.

A winner that still waits for approval makes way: the candidate has learned from all that it had, and more.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from analytics.models import OptimizationCycle
from analytics.optimization.verdict import cycle_end
from analytics.optimization.work import CycleWork
from generation.models import ModelKind, ModelVersion


def step_canary(work: CycleWork) -> dict[str, Any]:
    states = ModelVersion.State
    version = work.cycle.version
    assert version is not None
    with transaction.atomic():
        waiting = OptimizationCycle.objects.filter(state=OptimizationCycle.State.APPROVAL)
        for earlier in waiting.select_for_update(of=("self",)).select_related("version"):
            cycle_end(earlier, earlier.verdict | {"why": "superseded"}, promoted=False)
        others = ModelVersion.objects.filter(kind=ModelKind.RECIPE_POLICY, state=states.CANARY)
        others.exclude(pk=version.pk).update(state=states.RETIRED)
        ModelVersion.objects.filter(pk=version.pk).update(state=states.CANARY)
    return {
        "version": version.pk,
        "share": settings.RECIPE_CANARY_SHARE,
        "holdout": settings.RECIPE_HOLDOUT_SHARE,
    }
