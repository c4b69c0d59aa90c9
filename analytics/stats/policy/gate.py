"""The gate: what a candidate policy must show offline before any new video is made with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.stats.policy.learning import LearnedPolicy, PolicySettings, model_fitted
from analytics.stats.policy.model import Observations, RecipeModel
from analytics.stats.policy.space import RecipeSpace
from generation.policy import RecipePolicy

Floats = NDArray[np.float64]

EVIDENCE_LEAST = 0.5  # nats by which recipes must explain rewards better than no recipe
HELD_OUT = 0.25  # share of the videos that judge: the latest, or each such part in turn
SAMPLES = 1200  # recipes drawn from a policy to value it
RATIO_MOST = 10.0  # cap of an importance ratio
SURE = 0.9
RESAMPLES = 500
FRESH = 24  # posterior draws that value the gain


@dataclass(frozen=True)
class GateRow:
    """One line of the gate's table; ``low``/``high`` are a 90 % interval where there is one."""

    name: str
    value: float
    bound: float
    passed: bool
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "value": _short(self.value), "bound": _short(self.bound), "passed": bool(self.passed),
            "low": _short(self.low), "high": _short(self.high),
        }  # fmt: skip


def _short(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


@dataclass(frozen=True)
class GateInputs:
    """``logged`` (n,) is the propensity with which each row's recipe was drawn, NaN where no policy drew it."""

    space: RecipeSpace
    rows: Observations
    logged: Floats
    languages: Sequence[str]
    categories: Sequence[str]
    settings: PolicySettings
    seed: int


def gate_table(candidate: LearnedPolicy, production: RecipePolicy | None, given: GateInputs) -> list[GateRow]:
    """Every check, passed or not; a candidate goes on when all are passed."""
    new = RecipePolicy.from_json(candidate.document)
    drawn_new = _drawn(new, given)
    drawn_old = _drawn(production, given)
    return [
        _evidence(candidate, given),
        _held_out(candidate, production, given),
        _gain(candidate, drawn_new, drawn_old, given),
        _off_policy(candidate, new, drawn_new, given),
        _worst_category(candidate, drawn_new, drawn_old, given),
        GateRow(
            "diversity", candidate.diversity / given.space.even_diversity, given.settings.diversity_floor,
            candidate.diversity >= given.settings.diversity_floor * given.space.even_diversity - 1e-9,
        ),
    ]  # fmt: skip


def _evidence(candidate: LearnedPolicy, given: GateInputs) -> GateRow:
    """Log marginal likelihood over the same model without any recipe effect."""
    model = candidate.model
    assert model.variances is not None
    none = np.where([table.recipe for table in model.tables], 0.0, model.variances)
    null = RecipeModel(given.space, variances=none, iterations=10, revive=False, seeks_cells=False).fit(
        given.rows
    )
    value = model.evidence - null.evidence
    return GateRow("evidence", value, EVIDENCE_LEAST, value >= EVIDENCE_LEAST)


def _held_out(candidate: LearnedPolicy, production: RecipePolicy | None, given: GateInputs) -> GateRow:
    """Correlation of predicted and true reward on videos that were not learned from.

    Those are the latest, learned from the earlier ones. Before any policy served no video was chosen by what is known, so
    every part is as good a judge as the latest, and each is in turn: a few dozen videos say little, a quarter of them less.
    """
    rows = given.rows
    videos = np.unique(rows.video)
    if production is None and not candidate.break_epoch:
        shuffled = np.random.default_rng([given.seed, 29]).permutation(videos)
        parts = [part for part in np.array_split(shuffled, round(1 / HELD_OUT)) if len(part)]
    else:
        order = videos[np.argsort([rows.epoch[rows.video == video].min() for video in videos], kind="stable")]
        parts = [order[-max(5, int(HELD_OUT * len(order))) :]]
    judging = sum(len(part) for part in parts)
    if judging < 10 or len(parts[0]) == len(videos):
        return GateRow("held_out_correlation", 0.0, 0.0, True)
    told = [_foretold(rows, np.isin(rows.video, part), candidate, given.space) for part in parts]
    known, true = (np.concatenate(column) for column in zip(*told))
    varies = np.ptp(known) > 0 and np.ptp(true) > 0  # else there is nothing to foretell
    value = float(np.corrcoef(known, true)[0, 1]) if varies else 0.0
    # after a change of tastes the earlier videos cannot foretell the later ones
    # the first policy must be more than one deviation of chance above none; a later one has a proven parent
    bound = 0.0 if production else 1 / np.sqrt(judging - 1)
    return GateRow("held_out_correlation", value, bound, value > bound or candidate.break_epoch > 0)


def _foretold(
    rows: Observations, test: NDArray[np.bool_], candidate: LearnedPolicy, space: RecipeSpace
) -> tuple[Floats, Floats]:
    """Predicted and true rewards of the rows ``test`` (n,), learned from the others alone.

    So are the variances: what they were chosen by knows the answers.
    """
    earlier, kept = rows.take(~test), rows.take(test)
    model = RecipeModel(space, iterations=12, break_epoch=candidate.break_epoch, memory=candidate.memory)
    known = _within(model.fit(earlier).mean().at, kept, earlier)
    return known - known.mean(), kept.y - kept.y.mean()


def _within(predict: Any, kept: Observations, earlier: Observations) -> Floats:
    """Predictions with contexts that the earlier rows never saw left out."""
    parts = {}
    for name in ("category", "language", "segment"):
        values = getattr(kept, name)
        parts[name] = np.where(values <= getattr(earlier, name).max(), values, -1)
    return np.asarray(
        predict(
            Observations(
                kept.codes, parts["category"], parts["language"], parts["segment"], kept.epoch, kept.video,
                kept.y, kept.noise,
            )
        )
    )  # fmt: skip


@dataclass(frozen=True)
class _Draws:
    """Recipes a policy would choose in the contexts of the videos, as rows to be valued."""

    rows: Observations


def _drawn(policy: RecipePolicy | None, given: GateInputs) -> _Draws:
    """``SAMPLES`` recipes; without a policy those that were made without one, or any where there are none."""
    rng = np.random.default_rng([given.seed, 17])
    rows = given.rows
    at = rng.choice(len(rows), size=SAMPLES)
    if policy is None:
        unruled = np.flatnonzero(~np.isfinite(given.logged))
        at = rng.choice(unruled if len(unruled) else len(rows), size=SAMPLES)
        return _Draws(rows.take(at))
    codes, segments = [], []
    for number, row in enumerate(at):
        chosen = policy.choose(
            language=given.languages[rows.language[row]],
            category=given.categories[rows.category[row]] if rows.category[row] >= 0 else "",
            seed=given.seed * 1000 + number,
            ticket=number,
        )
        codes.append(given.space.encode(chosen.values))
        segments.append(min(chosen.segment, int(rows.segment.max())))
    taken = rows.take(at)
    return _Draws(
        Observations(
            np.array(codes), taken.category, taken.language, np.array(segments), taken.epoch, taken.video,
            taken.y, taken.noise,
        )
    )  # fmt: skip


def _gain(candidate: LearnedPolicy, new: _Draws, old: _Draws, given: GateInputs) -> GateRow:
    """Predicted gain over what is served now: the mean over an ensemble, and its lower bound must be above 0."""
    # draws of their own: the candidate's recipes were picked by the ensemble's
    fresh = candidate.model.draws(FRESH, np.random.default_rng([given.seed, 19]))
    gains = np.array([one.at(new.rows).mean() - one.at(old.rows).mean() for one in fresh])
    low, high = np.quantile(gains, [1 - SURE, SURE])
    return GateRow("predicted_gain", float(gains.mean()), 0.0, bool(low > 0), float(low), float(high))


def _off_policy(candidate: LearnedPolicy, policy: RecipePolicy, new: _Draws, given: GateInputs) -> GateRow:
    """Doubly robust estimate of the reward under the candidate, less the logged mean, from logged propensities.

    Dudík, Langford and Li (2011), https://arxiv.org/abs/1103.4601; ratios self-normalized and capped. It must not show
    the candidate to be worse.
    """
    rows = given.rows
    logged = np.isfinite(given.logged)
    effects = candidate.model.mean()
    predicted_new = effects.at(new.rows)
    if logged.sum() < 20:
        low, high = np.quantile(predicted_new, [0.05, 0.95])
        return GateRow("off_policy_gain", float(predicted_new.mean() - effects.at(rows).mean()), 0.0, True)
    at = np.flatnonzero(logged)
    ratio = np.array([
        policy.propensity(
            rows.codes[i], language=given.languages[rows.language[i]],
            category=given.categories[rows.category[i]] if rows.category[i] >= 0 else "",
            places=[f for f, code in enumerate(rows.codes[i]) if code >= 0],
        ) / given.logged[i]
        for i in at
    ])  # fmt: skip
    ratio = np.minimum(ratio, RATIO_MOST)
    rest = rows.y[at] - candidate.model.center - effects.at(rows)[at]
    rng = np.random.default_rng([given.seed, 23])
    estimates = []
    for _ in range(RESAMPLES):
        pick, mine = (
            rng.integers(len(at), size=len(at)),
            rng.integers(len(predicted_new), size=len(predicted_new)),
        )
        w = ratio[pick]
        correction = float((w * rest[pick]).sum() / w.sum()) if w.sum() > 0 else 0.0
        base = float(np.mean(rows.y[at][pick])) - candidate.model.center
        estimates.append(float(predicted_new[mine].mean()) + correction - base)
    low, high = np.quantile(estimates, [0.05, 0.95])
    return GateRow("off_policy_gain", float(np.mean(estimates)), 0.0, bool(high > 0), float(low), float(high))


def _worst_category(candidate: LearnedPolicy, new: _Draws, old: _Draws, given: GateInputs) -> GateRow:
    """The predicted gain of the category that gains least: nobody's videos get worse so that others' get better."""
    effects = candidate.model.mean()
    a, b = effects.at(new.rows), effects.at(old.rows)
    gains = [
        float(a[new.rows.category == c].mean() - b[old.rows.category == c].mean())
        for c in range(len(given.categories))
        if (new.rows.category == c).sum() >= 5 and (old.rows.category == c).sum() >= 5
    ]
    worst = min(gains, default=0.0)
    return GateRow("worst_category_gain", worst, -0.02, worst >= -0.02)


__all__ = ["GateInputs", "GateRow", "gate_table", "model_fitted"]
