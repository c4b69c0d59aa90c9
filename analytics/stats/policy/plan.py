"""From effects to recipes: the best recipe under each posterior draw, as rows with probabilities, diverse enough.

Acting on posterior draws is Thompson's rule (1933); here draws are pulled toward their mean (``boldness``), because a round
is many videos at once and what one round leaves unsure the next one asks again. Of twice as many candidates those whose
*lower bound* over an independent ensemble is best are kept, so that the best of many is not the best of errors. Where the
rows would be too alike, noise is added to every option's value until the floor is kept: that gives way first in the fields
that matter least.

Beside them stand a few *trials*: recipes near the best in which two options meet of which it is not known whether they do
something only together. They are those with the highest expected improvement (Mockus 1975) over the best recipe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analytics.stats.policy.model import Effects, PairDoubts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SWEEPS = 4
STARTS = 2
TRIALS = 8  # a context
ROOT_TAU = float(np.sqrt(2 * np.pi))
CELLS_TRIED = 60  # doubtful pairs of options around which trials are sought
HORIZON = 1000.0  # videos that would profit from what a trial finds
TOLD = 0.85  # how much of a doubt is left once one more trial is planned; about one in ten of those is made before the next cycle
WORTH_LEAST = 1e-4  # reward over the horizon that a trial must promise beyond its cost


@dataclass(frozen=True)
class PolicyContext:
    """Where a recipe is chosen; ``category`` and ``segment`` are −1 where nothing is known of them."""

    language: int
    category: int
    segment: int
    places: tuple[Ints, ...]  # options each field may take here


@dataclass(frozen=True)
class ContextRows:
    """Recipes (m, fields), their probabilities (m,), predicted means and lower bounds (m,), relative to no recipe."""

    codes: Ints
    probability: Floats
    mean: Floats
    lower: Floats


@dataclass(frozen=True)
class ContextTrials:
    """Recipes (m, fields) to be tried: what each is worth as a trial (m,; they sum to 1), its predicted mean (m,), how far that
    lies below the best recipe's (m,), and the two fields (m, 2) it is tried for.

    ``surest``: the highest chance among them that their two options do something only together. None may be worth it.
    """

    codes: Ints
    worth: Floats
    mean: Floats
    cost: Floats
    pair: Ints
    surest: float


def best_recipes(
    unary: Sequence[Floats], pairs: Mapping[tuple[int, int], Floats], draw: Ints, rng: np.random.Generator
) -> Ints:
    """The recipes (m, fields) of the highest summed value, each by coordinate ascent from several starts.

    ``unary`` (m, options) a field, −inf where an option may not be taken; ``pairs`` (draws, options, options) of which row i
    uses ``draw[i]``.
    """
    best, best_value = np.zeros((len(draw), len(unary)), np.int64), np.full(len(draw), -np.inf)
    for start in range(STARTS):
        first = [np.where(np.isfinite(v), rng.random(v.shape), v) if start else v for v in unary]
        codes = np.stack([np.argmax(value, axis=1) for value in first], axis=1)
        for _ in range(SWEEPS if pairs else 1):
            before = codes.copy()
            for f, value in enumerate(unary):
                codes[:, f] = np.argmax(_given_others(f, value, codes, pairs, draw), axis=1)
            if (codes == before).all():
                break
        value = value_of(codes, unary, pairs, draw)
        better = value > best_value
        best[better], best_value[better] = codes[better], value[better]
    return best


def _given_others(
    f: int, value: Floats, codes: Ints, pairs: Mapping[tuple[int, int], Floats], draw: Ints
) -> Floats:
    """What each option of field f (m, options) is worth beside the other fields' present ones."""
    for (a, b), table in pairs.items():
        if a == f:
            value = value + table[draw, :, codes[:, b]]
        elif b == f:
            value = value + table[draw, codes[:, a], :]
    return value


def value_of(
    codes: Ints, unary: Sequence[Floats], pairs: Mapping[tuple[int, int], Floats], draw: Ints
) -> Floats:
    """The summed value (m,) of recipes (m, fields)."""
    rows = np.arange(len(codes))
    total = np.sum([value[rows, codes[:, f]] for f, value in enumerate(unary)], axis=0)
    for (a, b), table in pairs.items():
        total = total + table[draw, codes[:, a], codes[:, b]]
    return np.asarray(total)


class PlanInputs:
    """``center``: mean effects; ``draws`` make candidates, ``ensemble`` judges them; both are posterior draws."""

    def __init__(
        self,
        contexts: Sequence[PolicyContext],
        center: Effects,
        draws: Sequence[Effects],
        ensemble: Sequence[Effects],
    ) -> None:
        self.contexts = contexts
        self.strong = _strong_pairs(draws)
        self.center, self.draws, self.ensemble = (
            self._tables(group) for group in ([center], draws, ensemble)
        )

    def _tables(self, effects: Sequence[Effects]) -> tuple[list[Floats], dict[tuple[int, int], Floats]]:
        """Each option's value (effects, contexts, options) a field, and the strong pairs (effects, options, options)."""
        rows = [
            [one.unary(category=c.category, language=c.language, segment=c.segment) for c in self.contexts]
            for one in effects
        ]
        unary = [np.array([[row[f] for row in part] for part in rows]) for f in range(len(rows[0][0]))]
        tables = [one.pairs() for one in effects]
        return unary, {pair: np.stack([table[pair] for table in tables]) for pair in self.strong}


def rows_of(
    given: PlanInputs, *, boldness: float, caution: float, spread: float, keep: int, seed: int
) -> list[ContextRows]:
    """Rows of every context. ``spread`` is the scale of the noise on every option's value; ``caution`` in deviations."""
    rng = np.random.default_rng([seed, 5])
    candidates = _candidates(given, boldness=boldness, spread=spread, rng=rng)  # (contexts, draws, fields)
    mean, deviation = _judged(given, candidates)
    lower = mean - caution * deviation
    found = []
    for c in range(len(given.contexts)):
        best = np.argsort(-lower[c], kind="stable")[:keep]
        even = np.full(len(best), 1 / len(best))
        found.append(ContextRows(candidates[c][best], even, mean[c][best], lower[c][best]))
    return found


def _candidates(given: PlanInputs, *, boldness: float, spread: float, rng: np.random.Generator) -> Ints:
    (center, middle), (drawn, tables) = given.center, given.draws
    unary = []
    for f, (mean, one) in enumerate(zip(center, drawn)):
        values = mean + boldness * (one - mean)  # (draws, contexts, options)
        values = values + spread * rng.gumbel(size=values.shape)
        for c, context in enumerate(given.contexts):
            closed = np.ones(values.shape[2], np.bool_)
            closed[context.places[f]] = False
            values[:, c, closed] = -np.inf
        unary.append(values.reshape(-1, values.shape[2]))
    pairs = {pair: middle[pair] + boldness * (table - middle[pair]) for pair, table in tables.items()}
    draws, contexts = drawn[0].shape[:2]
    codes = best_recipes(unary, pairs, np.repeat(np.arange(draws), contexts), rng)
    return codes.reshape(draws, contexts, -1).transpose(1, 0, 2)


def _judged(given: PlanInputs, candidates: Ints) -> tuple[Floats, Floats]:
    """Mean and deviation (contexts, draws) of the candidates' values over the posterior."""
    contexts, draws, fields = candidates.shape
    flat, owner = candidates.reshape(-1, fields), np.repeat(np.arange(contexts), draws)

    def values(unary: list[Floats], pairs: dict[tuple[int, int], Floats], at: int) -> Floats:
        here = np.full(len(flat), at)
        return value_of(flat, [value[at, owner] for value in unary], pairs, here).reshape(contexts, draws)

    every = [values(*given.ensemble, at) for at in range(len(given.ensemble[0][0]))]
    return values(*given.center, 0), np.stack(every).std(axis=0)


def pair_trials(
    given: PlanInputs, doubts: Mapping[tuple[int, int], PairDoubts], *, sizes: Sequence[int], seed: int
) -> list[ContextTrials]:
    """Up to ``TRIALS`` recipes for every context, together over many pairs of options."""
    rng = np.random.default_rng([seed, 6])
    center, tables = given.center
    doubt = _Doubts(doubts)
    tried = doubt.greatest(rng)
    found = []
    for c, context in enumerate(given.contexts):
        unary = [np.full((1, size), -np.inf) for size in sizes]
        for f, places in enumerate(context.places):
            unary[f][0, places] = center[f][0, c, places]
        allowed = tried[[np.isfinite(unary[f][0, a]) and np.isfinite(unary[g][0, b]) for f, g, a, b in tried]]
        starts = [np.repeat(value, len(allowed) + 1, axis=0) for value in unary]
        for row, (f, g, a, b) in enumerate(allowed, start=1):  # row 0 is the best recipe itself
            for place, option in ((f, a), (g, b)):
                kept = starts[place][row, option]
                starts[place][row] = -np.inf
                starts[place][row, option] = kept
        codes = best_recipes(starts, tables, np.zeros(len(allowed) + 1, np.int64), rng)
        best = float(_means(codes[:1], unary, tables)[0])

        def loss(rows: Ints, unary: list[Floats] = unary, best: float = best) -> Floats:
            return np.maximum(best - _means(rows, unary, tables), 0.0)

        found.append(_chosen(_improved(codes[1:], context.places, doubt, loss), doubt, loss, best))
    return found


def _means(codes: Ints, unary: Sequence[Floats], tables: Mapping[tuple[int, int], Floats]) -> Floats:
    """The mean value of recipes (m, fields); ``unary`` (1, options) a field."""
    wide = [np.broadcast_to(one, (len(codes), one.shape[1])) for one in unary]
    return value_of(codes, wide, tables, np.zeros(len(codes), np.int64))


def _improved(codes: Ints, places: Sequence[Ints], doubt: _Doubts, loss: Callable[[Ints], Floats]) -> Ints:
    """Recipes (m, fields) with each field once set to what makes the trial worth most: so one tries many pairs."""
    for f, options in enumerate(places):
        tried = np.repeat(codes, len(options), axis=0)
        tried[:, f] = np.tile(options, len(codes))
        cost = loss(tried)
        net = (HORIZON * doubt.gains(tried, cost).sum(axis=1) - cost).reshape(len(codes), -1)
        codes = tried.reshape(len(codes), len(options), -1)[np.arange(len(codes)), net.argmax(axis=1)]
    return codes


def _chosen(codes: Ints, doubt: _Doubts, loss: Callable[[Ints], Floats], best: float) -> ContextTrials:
    """One after another the trial worth most beside those chosen before, as long as it is worth more than it costs."""
    cost = loss(codes)
    rows: list[int] = []
    worth: list[float] = []
    pair: list[tuple[int, int]] = []
    surest = 0.0
    while len(rows) < TRIALS:
        gain = doubt.gains(codes, cost)
        net = HORIZON * gain.sum(axis=1) - cost
        at = int(np.argmax(net))
        if net[at] <= WORTH_LEAST:
            break
        rows.append(at)
        worth.append(float(gain[at].sum()))
        pair.append(doubt.pairs[int(gain[at].argmax())])
        surest = max(surest, doubt.chance(codes[at], pair[-1]))
        doubt.plan(codes[at])
    picked, shares = np.array(rows, np.int64), np.array(worth) / max(sum(worth), 1e-9)
    two = np.array(pair, np.int64).reshape(-1, 2)
    return ContextTrials(codes[picked], shares, best - cost[picked], cost[picked], two, surest)


class _Doubts:
    """What pairs of options may do only together, less what trials already chosen will tell of it."""

    def __init__(self, doubts: Mapping[tuple[int, int], PairDoubts]) -> None:
        self.pairs = list(doubts)
        self._doubts = doubts
        self._left = {pair: np.ones_like(one.mean) for pair, one in doubts.items()}

    def greatest(self, rng: np.random.Generator) -> Ints:
        """The pairs of options (m, 4: two fields, two options) with the highest expected gain, equal ones in any order."""
        listed = []
        for (f, g), one in self._doubts.items():
            gain = one.probability * _above(one.mean, one.deviation)
            a, b = np.indices(gain.shape)
            columns = (np.full(gain.size, f), np.full(gain.size, g), a.ravel(), b.ravel(), gain.ravel())
            listed.append(np.stack(columns, axis=1))
        table = rng.permutation(np.concatenate(listed))
        return np.asarray(table[np.argsort(-table[:, 4], kind="stable")[:CELLS_TRIED], :4], np.int64)

    def gains(self, codes: Ints, loss: Floats) -> Floats:
        """(recipes, pairs): the chance that a pair does something, times what it would then gain beyond ``loss`` (recipes,)."""
        columns = []
        for f, g in self.pairs:
            one, at = self._doubts[f, g], (codes[:, f], codes[:, g])
            gain = one.probability[at] * _above(one.mean[at] - loss, one.deviation[at])
            columns.append(self._left[f, g][at] * gain)
        return np.stack(columns, axis=1)

    def chance(self, recipe: Ints, pair: tuple[int, int]) -> float:
        """How likely a recipe's two options do something only together."""
        return float(self._doubts[pair].probability[recipe[pair[0]], recipe[pair[1]]])

    def plan(self, recipe: Ints) -> None:
        """Count a recipe as tried."""
        for f, g in self.pairs:
            self._left[f, g][recipe[f], recipe[g]] *= TOLD


def _above(mean: Floats, deviation: Floats) -> Floats:
    """E[max(x, 0)] of normal x."""
    z = mean / deviation
    return np.asarray(mean * ndtr(z) + deviation * np.exp(-0.5 * z * z) / ROOT_TAU)


def _strong_pairs(draws: Sequence[Effects]) -> list[tuple[int, int]]:
    """Pairs of fields whose effects matter at all: the others cost time and say nothing."""
    tables = [one.pairs() for one in draws[:4]]
    highest = {pair: max(float(np.abs(table[pair]).max()) for table in tables) for pair in tables[0]}
    mains = [one.unary(category=-1, language=-1, segment=-1) for one in draws[:4]]
    single = max(float(np.abs(value).max()) for main in mains for value in main)
    return [pair for pair, most in highest.items() if most > 0.05 * single]


def diversity(codes: Ints, weights: Floats, families: Sequence[Sequence[int]]) -> float:
    """The share of families in which two recipes drawn by ``weights`` (m,) from ``codes`` (m, fields) differ.

    A family (the look, the sound, …) differs where any of its fields does: that is what a viewer takes for another video.
    """
    shares = weights / weights.sum()
    parts = []
    for family in families:
        _, group = np.unique(codes[:, list(family)], axis=0, return_inverse=True)
        parts.append(1 - (np.bincount(group.ravel(), shares) ** 2).sum())
    return float(np.mean(parts))
