"""Step 5: the candidate goes on trial; from now on a share of new videos is made with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from analytics.optimization.work import CycleWork
from generation.models import ModelKind, ModelVersion


def step_canary(work: CycleWork) -> dict[str, Any]:
    states = ModelVersion.State
    version = work.cycle.version
    assert version is not None
    with transaction.atomic():
        others = ModelVersion.objects.filter(kind=ModelKind.RECIPE_POLICY, state=states.CANARY)
        others.exclude(pk=version.pk).update(state=states.RETIRED)
        ModelVersion.objects.filter(pk=version.pk).update(state=states.CANARY)
    return {
        "version": version.pk,
        "share": settings.RECIPE_CANARY_SHARE,
        "holdout": settings.RECIPE_HOLDOUT_SHARE,
    }
