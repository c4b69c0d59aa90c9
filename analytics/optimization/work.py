"""What the steps of one cycle share: the row, its lease, its files, and what can be computed again at any time.

Everything between two steps is either in the database, in the cycle's folder, or follows from those by seeded computation, so
a cycle that was killed anywhere goes on with its next step.
"""

from __future__ import annotations

import json
import resource
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from analytics.errors import CycleBudgetSpent
from analytics.models import OptimizationCycle
from analytics.stats.policy.learning import LearnedPolicy, PolicySettings, policy_learned
from analytics.stats.policy.observations import PolicyDataset, dataset_of
from analytics.stats.policy.space import RecipeSpace
from core.errors import PlatformError
from core.files import atomic_path
from core.languages import LANGUAGES
from core.leases import Lease
from generation.media.scenes import PALETTES
from generation.media.speech import voices
from generation.models import ModelKind, ModelVersion
from generation.selectors import version_current

VARIANCES = "variances.json"
SEGMENTS = "segments.json"
SEGMENTS_SOUGHT = 10  # earlier candidates among which one with segments is looked for


class CycleLease(Lease[OptimizationCycle]):
    """The lease of a cycle."""

    again = "Start another cycle afterwards."
    after_fault = "start another cycle."

    def end_failed(self, error: PlatformError) -> None:
        self.own().update(
            state=OptimizationCycle.State.FAILED, error_code=error.code, error=str(error), ended=timezone.now(),
            lease_until=None,
        )  # fmt: skip

    def end_cancelled(self) -> None:
        self.own().update(state=OptimizationCycle.State.CANCELLED, ended=timezone.now(), lease_until=None)


def site_space() -> RecipeSpace:
    """What the site offers to choose from."""
    return RecipeSpace.of(
        palettes=list(PALETTES), voices={code: [voice.id for voice in voices(code)] for code in LANGUAGES}
    )


def policy_settings() -> PolicySettings:
    return PolicySettings(
        explore=settings.RECIPE_EXPLORE_SHARE, diversity_floor=settings.RECIPE_DIVERSITY_FLOOR
    )


def cpu_seconds() -> float:
    """What this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class CycleWork:
    """One cycle under its lease; frames, dataset and learning are made when first asked for."""

    def __init__(self, cycle: OptimizationCycle, lease: CycleLease) -> None:
        self.cycle, self.lease = cycle, lease
        self._begun = cpu_seconds() - cycle.cpu_seconds

    @property
    def folder(self) -> Path:
        place = Path(settings.VAR_DIR) / "cycles" / str(self.cycle.pk)
        place.mkdir(parents=True, exist_ok=True)
        return place

    def check_budget(self) -> None:
        """Record what was used. Raises ``CycleBudgetSpent`` past the setting, or as ``Lease.beat``."""
        self.lease.beat()
        used = cpu_seconds() - self._begun
        self.lease.update(cpu_seconds=round(used, 1))
        if used > settings.CYCLE_CPU_MINUTES * 60:
            raise CycleBudgetSpent(
                f"A cycle may use {settings.CYCLE_CPU_MINUTES:g} minutes of processor time; cycle {self.cycle.number} has "
                f"used {used / 60:.1f}. Raise AIGC_CYCLE_CPU, then start another."
            )

    # --- frames ------------------------------------------------------------------------------------------------------
    def keep(self, name: str, frame: pd.DataFrame) -> None:
        with atomic_path(self.folder / name) as part:
            frame.to_parquet(part)

    def forget_views(self) -> None:
        """Take the copy of single views away once no step needs it: whoever deletes their data leaves none here."""
        (self.folder / "views.parquet").unlink(missing_ok=True)

    @cached_property
    def views(self) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "views.parquet")

    @cached_property
    def videos(self) -> pd.DataFrame:
        frame = pd.read_parquet(self.folder / "videos.parquet")
        frame["recipe"] = [json.loads(text) for text in frame["recipe"]]
        return frame

    @cached_property
    def space(self) -> RecipeSpace:
        return site_space()

    @cached_property
    def dataset(self) -> PolicyDataset:
        return dataset_of(
            self.views, self.videos, space=self.space, languages=LANGUAGES, seed=self.cycle.seed,
            before=self._segments_before(),
        )  # fmt: skip

    @cached_property
    def production(self) -> ModelVersion | None:
        return version_current(ModelKind.RECIPE_POLICY)

    @cached_property
    def learned(self) -> LearnedPolicy:
        data = self.dataset
        return policy_learned(
            self.space, data.rows, languages=LANGUAGES, categories=data.categories,
            shares=data.segments.shares.tolist(), settings=policy_settings(), seed=self.cycle.seed,
            variances=self._variances_before(),
        )  # fmt: skip

    def _segments_before(self) -> Any:
        """The segments of the last candidate that told more than one apart; ``None`` where there was none.

        Not of what serves: candidate and production make videos side by side, and only where both mean the same by a number
        does each segment get its share of them.
        """
        for version in self._candidates_before()[:SEGMENTS_SOUGHT]:
            path = Path(settings.VAR_DIR) / version.folder / SEGMENTS
            if path.exists():
                stored = json.loads(path.read_text(encoding="utf-8"))
                if len(stored["shares"]) > 1:
                    return stored
        return None

    def _candidates_before(self) -> QuerySet[ModelVersion]:
        """The policies of earlier cycles, newest first."""
        before = ModelVersion.objects.filter(
            kind=ModelKind.RECIPE_POLICY, cycles__number__lt=self.cycle.number
        )
        return before.order_by("-pk")

    def _variances_before(self) -> Any:
        """The variances the last candidate was learned with: a good place to start from; ``None`` for the first."""
        for version in self._candidates_before()[:3]:
            path = Path(settings.VAR_DIR) / version.folder / VARIANCES
            if path.exists():
                stored = json.loads(path.read_text(encoding="utf-8"))
                if stored["sizes"] == list(self.space.sizes):
                    return np.array(stored["variances"], np.float64)
        return None
