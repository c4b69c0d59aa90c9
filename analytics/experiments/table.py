"""The interval table of an experiment: what people read, what decisions are made on, what the API answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import exp, isfinite
from typing import Any

import numpy as np

from analytics.experiments.evidence import ArmEvidence, evidence
from analytics.models import Arm, Experiment
from analytics.stats.cuped import adjusted
from analytics.stats.posterior import outlooks
from analytics.stats.sample_ratio import ALARM, ratio_p_value
from analytics.stats.sequential import Comparison, Moments, compare, moments_of, ratio_moments

# Each guardrail: the measure, and how large a rise over the control is looked for first.
GUARDRAILS = {"refusal_rate": 0.01, "skip_rate": 0.05}
SKIP_TOLERATED = 0.05  # a rise of skips that is not yet harm
_TOLERATED = {"refusal_rate": 0.0, "skip_rate": SKIP_TOLERATED}
TRANSFER = (
    0.3  # of a predicted difference in log odds of clicks that is expected of the criterion; an assumption
)


@dataclass(frozen=True)
class Row:
    """One arm. Differences are to the control and ``None`` for it; numbers that say nothing yet are ``None`` too."""

    arm: str
    title: str
    cover: str
    share: float
    viewers: int
    impressions: int
    mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    adjusted_difference: float | None  # by CUPED, with its always-valid interval
    adjusted_low: float | None
    adjusted_high: float | None
    variance_removed: float
    best: float  # chance to be the best arm, 0–1
    loss: float  # expected shortfall against the best
    predicted: float | None
    harms: list[str]  # guardrails that the arm has broken


@dataclass(frozen=True)
class Table:
    """All arms, and whether viewers were shared out as planned."""

    rows: list[Row]
    ratio_p_value: float
    enough: bool  # every arm has the least impressions

    @property
    def balanced(self) -> bool:
        return self.ratio_p_value >= ALARM

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": [asdict(row) for row in self.rows],
            "ratio_p_value": self.ratio_p_value,
            "balanced": self.balanced,
            "enough": self.enough,
        }


def table_of(experiment: Experiment) -> Table:
    """The table at this moment, with the least p-values of all looks that were noted."""
    arms = list(experiment.arms.order_by("key"))
    found = evidence(experiment)
    moments = {arm.key: _moments(found[arm.key], experiment.criterion) for arm in arms}
    sums = {arm.key: int(found[arm.key].impressions.sum()) for arm in arms}
    views = outlooks([moments[arm.key] for arm in arms], seed=experiment.seed, lifts=_lifts(arms))
    better, removed = _cuped(found, experiment.criterion)
    control = arms[0].key
    alpha = experiment.alpha / max(
        1, len(arms) - 1
    )  # Bonferroni: any arm surely different is wrong at most alpha
    rows = []
    for arm, view in zip(arms, views, strict=True):
        against = (
            None
            if arm.key == control
            else _compared(experiment, alpha, arm.key, moments[arm.key], moments[control])
        )
        less = None if arm.key == control else compare(better[arm.key], better[control], alpha=alpha)
        rows.append(
            Row(
                arm=arm.key,
                title=arm.title,
                cover=arm.cover,
                share=arm.share,
                viewers=len(found[arm.key].viewers),
                impressions=sums[arm.key],
                mean=moments[arm.key].mean if sums[arm.key] else None,
                **_told(against),
                **{f"adjusted_{name}": value for name, value in _told(less).items() if name != "p_value"},
                variance_removed=removed,
                best=view.best,
                loss=view.loss,
                predicted=arm.predicted,
                harms=[] if arm.key == control else harms(found[arm.key], found[control], alpha=alpha),
            )
        )
    least = float(experiment.p_values.get("ratio", 1.0))
    ratio = ratio_p_value([len(found[arm.key].viewers) for arm in arms], [arm.share for arm in arms])
    enough = min(sums.values()) >= experiment.minimum_impressions
    return Table(rows, min(least, ratio), enough)


def harms(arm: ArmEvidence, control: ArmEvidence, *, alpha: float) -> list[str]:
    """Guardrails that the arm breaks by more than is tolerated, surely at ``alpha``, looked at any time."""
    broken = []
    for measure, tau in GUARDRAILS.items():
        found = compare(_moments(arm, measure), _moments(control, measure), alpha=alpha, tau=tau)
        if found.low > _TOLERATED[measure]:
            broken.append(measure)
    return broken


def _moments(arm: ArmEvidence, measure: str) -> Moments:
    return ratio_moments(arm.totals[measure], arm.impressions)


def _compared(experiment: Experiment, alpha: float, key: str, arm: Moments, control: Moments) -> Comparison:
    return compare(arm, control, alpha=alpha, p_before=float(experiment.p_values.get(key, 1.0)))


def _told(found: Comparison | None) -> dict[str, float | None]:
    if found is None or not isfinite(found.low):
        return {"difference": None, "low": None, "high": None, "p_value": None}
    return asdict(found)


def _cuped(found: Mapping[str, ArmEvidence], measure: str) -> tuple[dict[str, Moments], float]:
    """Moments of each arm's viewers' means without what their past explains, and the share of variance removed."""
    keys = list(found)
    now = np.concatenate([found[key].totals[measure] / np.maximum(found[key].impressions, 1) for key in keys])
    before = np.concatenate([found[key].before for key in keys])
    if not len(now):
        return {key: moments_of([]) for key in keys}, 0.0
    better, removed = adjusted(now, before)
    ends = np.cumsum([len(found[key].viewers) for key in keys])
    return {
        key: moments_of(part) for key, part in zip(keys, np.split(better, ends[:-1]), strict=True)
    }, removed


def _lifts(arms: list[Arm]) -> list[float]:
    """By what factor of the common mean each arm is expected to do, before any evidence."""
    known = [arm.predicted for arm in arms if arm.predicted is not None]
    if len(known) < len(arms):
        return [1.0] * len(arms)
    middle = sum(known) / len(known)
    return [exp(TRANSFER * (value - middle)) for value in known]
