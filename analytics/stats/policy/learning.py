"""One learning of the recipe policy: observations → variances and a change of tastes → rows → the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.stats.policy.model import Effects, Observations, RecipeModel
from analytics.stats.policy.plan import (
    TRIALS,
    ContextRows,
    ContextTrials,
    PlanInputs,
    PolicyContext,
    diversity,
    pair_trials,
    rows_of,
)
from analytics.stats.policy.space import RecipeSpace
from generation.policy import FORMAT

Floats = NDArray[np.float64]

DRAWS, ENSEMBLE = 48, 24
BREAKS_TRIED = 8  # newest epochs that may be the first of a new taste
MEMORIES = (0.0, 0.5)
BREAK_EVIDENCE = 4.0  # nats that a change of tastes must explain before it is believed
SPREAD_MOST, SPREAD_STEPS = 1.5, 5
HOT = 2.0  # share of videos that try what is half as likely to be so
HOT_COST = 3.0  # times the usual cost that trials of what is half known may have
WARM_ITERATIONS = 8  # updates of the variances from the last version's


@dataclass(frozen=True)
class PolicySettings:
    """How the policy acts on what it knows; shares and bounds as the site's settings name them."""

    explore: float = 0.02  # chance that one field is drawn evenly
    boldness: float = 0.6  # 1: act on posterior draws, 0: on their mean
    caution: float = 0.5  # standard deviations below the mean at which candidates are compared
    keep: int = 24  # rows a context
    trials: float = 0.15  # most of the videos that try options together of which little is known
    trials_cost: float = 0.004  # reward a video that such trials may cost by what is known
    trials_hot: float = 0.2  # most that is added to that share where two options seem to belong together
    diversity_floor: float = 0.73  # of the diversity of evenly drawn recipes


@dataclass
class LearnedPolicy:
    """The document creation reads, and what the gate and the next learning want to know."""

    document: dict[str, Any]
    model: RecipeModel
    contexts: list[PolicyContext]
    rows: list[ContextRows]
    ensemble: list[Effects]
    diversity: float
    spread: float
    break_epoch: int
    memory: float
    notes: dict[str, Any] = field(default_factory=dict)


def model_fitted(space: RecipeSpace, rows: Observations, *, variances: Floats | None = None) -> RecipeModel:
    """The model with its variances, and with a change of tastes where the evidence is for one."""
    warm = variances is not None
    model = RecipeModel(space, variances=variances, iterations=WARM_ITERATIONS if warm else 25).fit(rows)
    epochs = np.unique(rows.epoch)
    best, best_evidence = model, model.evidence + BREAK_EVIDENCE
    for first in epochs[1:][-BREAKS_TRIED:]:
        for memory in MEMORIES:
            tried = model.after_break(int(first), memory)
            if tried.evidence > best_evidence:
                best, best_evidence = tried, tried.evidence
    if best is not model:
        best.iterations, best.seeks_cells = WARM_ITERATIONS, True
        best.fit(rows)
    return best


def policy_learned(
    space: RecipeSpace,
    rows: Observations,
    *,
    languages: Sequence[str],
    categories: Sequence[str],
    shares: Sequence[float],
    settings: PolicySettings,
    seed: int,
    variances: Floats | None = None,
) -> LearnedPolicy:
    """Learn from all rows. Codes of ``rows`` count in ``languages``, ``categories`` and the segments of ``shares``."""
    model = model_fitted(space, rows, variances=variances)
    rng = np.random.default_rng([seed, 3])
    contexts = _contexts(space, rows, languages, categories, len(shares))
    center, draws = model.mean(), model.draws(DRAWS, rng)
    ensemble = model.draws(ENSEMBLE, rng)
    given = PlanInputs(contexts, center, draws, ensemble)
    found, spread, spread_of = _diverse(given, space, shares, settings, seed)
    trials = pair_trials(given, model.doubts(), sizes=space.sizes, seed=seed)
    document = {
        "format": FORMAT,
        "fields": [
            {
                "name": one.name,
                "options": list(one.options),
                "allowed": {language: list(places) for language, places in one.allowed.items()},
            }
            for one in space.fields
        ],
        "shares": [float(share) for share in np.asarray(shares) / np.sum(shares)],
        "explore": settings.explore,
        "contexts": _context_rows(contexts, found, trials, settings, languages, categories, model.center),
        "effects": _effects(space, center, draws, len(shares)),
    }
    return LearnedPolicy(
        document, model, contexts, found, ensemble, spread_of, spread, model.break_epoch, model.memory
    )


def _contexts(
    space: RecipeSpace, rows: Observations, languages: Sequence[str], categories: Sequence[str], segments: int
) -> list[PolicyContext]:
    """Every language, category (and none, last) and segment; what was never watched has no context effects (−1)."""
    seen = {
        name: set(np.unique(getattr(rows, name)).tolist()) for name in ("category", "language", "segment")
    }

    def known(name: str, code: int) -> int:
        return code if code in seen[name] else -1

    return [
        PolicyContext(
            known("language", i), known("category", c), known("segment", s) if segments > 1 else -1,
            tuple(space.places(language)),
        )
        for i, language in enumerate(languages)
        for c in (*range(len(categories)), -1)
        for s in range(segments)
    ]  # fmt: skip


def _diverse(
    given: PlanInputs, space: RecipeSpace, shares: Sequence[float], settings: PolicySettings, seed: int
) -> tuple[list[ContextRows], float, float]:
    """Rows with as little noise as the diversity floor takes: (rows, noise, diversity)."""
    scale = max(float(np.abs(value).max()) for value in given.center[0])
    weights = np.tile(np.asarray(shares), len(given.contexts) // len(shares))

    def tried(spread: float) -> tuple[list[ContextRows], float, float]:
        found = rows_of(
            given, boldness=settings.boldness, caution=settings.caution, spread=spread * scale, keep=settings.keep,
            seed=seed,
        )  # fmt: skip
        codes = np.concatenate([rows.codes for rows in found])
        each = np.concatenate([rows.probability * w for rows, w in zip(found, weights)])
        return found, spread, diversity(codes, each, space.families)

    floor = settings.diversity_floor * space.even_diversity
    best = tried(0.0)
    if best[2] >= floor:
        return best
    low, high = 0.02, SPREAD_MOST
    best = tried(high)
    for _ in range(SPREAD_STEPS):  # halving on the logarithm
        middle = float(np.sqrt(low * high))
        found = tried(middle)
        if found[2] >= floor:
            best, high = found, middle
        else:
            low = middle
    return best


def _context_rows(
    contexts: Sequence[PolicyContext], found: Sequence[ContextRows], trials: Sequence[ContextTrials],
    settings: PolicySettings, languages: Sequence[str], categories: Sequence[str], center: float,
) -> dict[str, list[list[list[Any]]]]:  # fmt: skip
    table: dict[str, list[list[list[Any]]]] = {}
    segments = len(contexts) // (len(languages) * (len(categories) + 1))
    for number, (rows, tried) in enumerate(zip(found, trials)):
        cost = float(tried.worth @ tried.cost)
        affordable = settings.trials_cost / max(cost, 1e-9)
        share = min(affordable, settings.trials * len(tried.codes) / TRIALS)
        share += min(HOT_COST * affordable, settings.trials_hot, HOT * tried.surest)
        outer = number // segments
        language, place = divmod(outer, len(categories) + 1)
        category = categories[place] if place < len(categories) else ""
        listed = [
            [
                float(p * (1 - share)),
                [int(code) for code in codes],
                round(center + float(low), 4),
                round(center + float(mean), 4),
            ]
            for p, codes, low, mean in zip(rows.probability, rows.codes, rows.lower, rows.mean)
        ]
        listed += [
            [
                float(p * share),
                codes.tolist(),
                round(center + mean, 4),
                round(center + mean, 4),
                pair.tolist(),
            ]
            for p, codes, mean, pair in zip(tried.worth, tried.codes, tried.mean, tried.pair)
        ]
        table.setdefault(f"{languages[language]}|{category}", []).append(listed)
    return table


def _effects(
    space: RecipeSpace, center: Effects, draws: Sequence[Effects], segments: int
) -> list[dict[str, dict[str, list[float]]]]:
    """For each segment: field → option → [mean, low, high] (90 %) against the field's average option."""
    found = []
    for segment in range(segments):
        where = {"category": -1, "language": -1, "segment": segment if segments > 1 else -1}
        middle, drawn = center.unary(**where), [one.unary(**where) for one in draws]
        fields: dict[str, dict[str, list[float]]] = {}
        for f, one in enumerate(space.fields):
            values = np.stack([row[f] - row[f].mean() for row in drawn])
            low, high = np.quantile(values, [0.05, 0.95], axis=0)
            mean = middle[f] - middle[f].mean()
            fields[one.name] = {
                str(option): [round(float(mean[o]), 4), round(float(low[o]), 4), round(float(high[o]), 4)]
                for o, option in enumerate(one.options)
            }
        found.append(fields)
    return found


def catalogue_codes(values: Sequence[str], known: Sequence[str]) -> NDArray[np.int64]:
    """Places of ``values`` in ``known``, −1 for others."""
    place: Mapping[str, int] = {value: i for i, value in enumerate(known)}
    return np.array([place.get(value, -1) for value in values], dtype=np.int64)
