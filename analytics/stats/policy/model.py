"""A hierarchical Bayesian regression of rewards on recipes: main effects, pairs, and what differs by context.

``y = intercepts + Σ_f main_f[o_f] + Σ_{f<g} pair_fg[o_f, o_g] + Σ_f (category, language, segment)_f[o_f] + video + noise``

Every table of effects is Gaussian around 0 with a variance of its own, so a table that explains nothing shrinks to nothing
and one with little data borrows from those above it. The variances maximize the marginal likelihood under a sparsity prior by
the multiplicative updates of Zhou, Hu, Zhou and Lange (2019), "MM algorithms for variance components models",
https://doi.org/10.1080/10618600.2018.1529601. As there are fewer rows than effects, all algebra is in the rows (n × n).

A table's one variance suits many small effects. What two options do only together may be a single large one, which such a
table would shrink away; so single pairs of options (*cells*) are also tried, each with a wide prior of its own and the odds of
one among all cells beforehand (a spike and a slab: George and McCulloch 1993,
https://doi.org/10.1080/01621459.1993.10476353). The likeliest are added one after another while the odds are for them.

Tastes may change: of rows before ``break_epoch`` recipe effects are only correlated by ``memory`` with those of today.
Exact posterior draws are by Matheron's rule (Wilson et al. 2020, https://arxiv.org/abs/2002.09309).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from analytics.errors import PolicyInputInvalid
from analytics.stats.policy.space import RecipeSpace

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROWS_FOR_VARIANCES = 600  # of the newest rows: n² memory a table
SPARSITY = 1.5  # rate of the exponential prior on each table's variance, in units of the rewards' variance
START_SHARE = 0.5  # of the rewards' variance that all recipe tables hold together before anything is known
FLOOR = 1e-7  # least variance of a table, relative to the rewards'
# A field's own effects never count as surely nothing: where all videos had the same option nothing is known of the others,
# and a draw, not their order in a list, must break the tie.
MAIN_FLOOR = 0.01
NEGLIGIBLE = 1e-5  # a variance below this, relative to the rewards', is none
PRUNE_EVERY = 5
CELL_SPREAD = 0.15  # reward: prior deviation of what two options do only together, where they do anything
CELLS_MOST = 6
REVIVED = 0.002  # what an earlier fit gave up starts from this again, relative to the rewards' variance


@dataclass(frozen=True)
class Observations:
    """Rewards by video, segment and epoch. ``y`` (n,) in [0, 1] with sampling variance ``noise`` (n,)."""

    codes: Ints  # (n, fields), −1 unknown
    category: Ints  # (n,)
    language: Ints  # (n,)
    segment: Ints  # (n,)
    epoch: Ints  # (n,) the cycle in which it was watched
    video: Ints  # (n,)
    y: Floats
    noise: Floats

    def __post_init__(self) -> None:
        if not len(self.y):
            raise PolicyInputInvalid("No video has been watched yet, so there is nothing to learn from.")
        if not (np.isfinite(self.y).all() and (self.noise > 0).all()):
            raise PolicyInputInvalid("Rewards must be finite and their variances above 0.")

    def __len__(self) -> int:
        return len(self.y)

    def take(self, rows: NDArray[Any]) -> Observations:
        """Some rows, by mask or places."""
        return Observations(
            self.codes[rows], self.category[rows], self.language[rows], self.segment[rows],
            self.epoch[rows], self.video[rows], self.y[rows], self.noise[rows],
        )  # fmt: skip


@dataclass(frozen=True)
class PolicyTable:
    """One family of effects: ``place`` are the fields it reads, ``context`` which context column, if any."""

    name: str
    place: tuple[int, ...]
    context: str = ""
    recipe: bool = True
    only: tuple[int, ...] = ()  # the options of its single effect; none: every option has one

    def groups(self, rows: Observations) -> Ints:
        """The effect (an arbitrary number) each row has of this table; −1: none."""
        parts = [rows.codes[:, f] for f in self.place]
        if self.context:
            parts.append(getattr(rows, self.context))
        group, known = np.zeros(len(rows), np.int64), np.ones(len(rows), np.bool_)
        for part in parts:
            group = group * 4096 + part
            known &= part >= 0
        for f, option in zip(self.place, self.only):
            known &= rows.codes[:, f] == option
        return np.where(known, group, -1)


def tables_of(space: RecipeSpace) -> tuple[PolicyTable, ...]:
    """Every family of effects, recipe ones first."""
    fields = range(len(space.fields))
    names = space.names
    return (
        *(PolicyTable(f"main {names[f]}", (f,)) for f in fields),
        *(PolicyTable(f"pair {names[f]} {names[g]}", (f, g)) for f, g in space.pairs),
        *(PolicyTable(f"segment {names[f]}", (f,), "segment") for f in fields),
        *(PolicyTable(f"category {names[f]}", (f,), "category") for f in fields),
        *(PolicyTable(f"language {names[f]}", (f,), "language") for f in fields),
        PolicyTable("category", (), "category", recipe=False),
        PolicyTable("language", (), "language", recipe=False),
        PolicyTable("segment", (), "segment", recipe=False),
        PolicyTable("epoch", (), "epoch", recipe=False),
        PolicyTable("video", (), "video", recipe=False),
    )


@dataclass(frozen=True)
class PairDoubts:
    """Of two fields' options (a, b): how likely they do something only together, and what it would then be."""

    probability: Floats
    mean: Floats
    deviation: Floats


@dataclass
class RecipeModel:
    """``fit`` observations, then ask for ``draws`` of all effects. ``variances`` (tables,) may come from an earlier fit."""

    space: RecipeSpace
    iterations: int = 25
    break_epoch: int = 0  # rows of earlier epochs count as before a change of tastes; 0: none
    memory: float = 0.0  # correlation of recipe effects across that change
    variances: Floats | None = None
    revive: bool = True  # whether tables given up in an earlier fit are tried again
    seeks_cells: bool = True
    cells: tuple[PolicyTable, ...] = ()
    shared: tuple[Floats, Floats] | None = (
        None  # covariance (n, n) of recipe effects if tastes never change, and of the rest
    )
    tables: tuple[PolicyTable, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.tables = tables_of(self.space)

    def after_break(self, first: int, memory: float) -> RecipeModel:
        """This fitted model with the same variances, cells and rows, but tastes that change before epoch ``first``."""
        changed = RecipeModel(
            self.space, iterations=0, break_epoch=first, memory=memory, variances=self.variances, seeks_cells=False,
            cells=self.cells, shared=self.shared,
        )  # fmt: skip
        return changed.fit(self.rows)

    def fit(self, rows: Observations) -> RecipeModel:
        """Learn variances, cells and effects. After it: ``evidence`` (log marginal likelihood), ``center`` and ``alpha``."""
        scale = max(float(np.var(rows.y)), 1e-6)
        if self.variances is None:
            self.variances = self._start(scale)
        elif self.iterations and self.revive:
            self.variances = np.maximum(self.variances, REVIVED * scale)
        newest = np.argsort(-rows.epoch, kind="stable")[:ROWS_FOR_VARIANCES]
        if self.iterations:
            self._learn_variances(rows.take(newest), scale)
        self.rows = rows
        if self.iterations:
            self.shared = None
        if not self.seeks_cells:
            self._solve(rows)
            return self
        self.cells = ()
        self._solve(rows)
        while len(self.cells) < CELLS_MOST:
            cell = self._likeliest_cell()
            if cell is None:
                break
            self.cells += (cell,)
            self._solve(rows)
        return self

    def _start(self, scale: float) -> Floats:
        recipe = np.array([table.recipe for table in self.tables])
        fields = len(self.space.fields)
        start = np.where(recipe, START_SHARE * scale / (4 * recipe.sum()), 0.05 * scale)
        start[:fields] = START_SHARE * scale / fields
        return np.asarray(start, np.float64)

    def _learn_variances(self, rows: Observations, scale: float) -> None:
        assert self.variances is not None
        theta, n = self.variances.copy(), len(rows)
        penalty = SPARSITY / scale
        mains = np.arange(len(theta)) < len(self.space.fields)
        floor = np.where(mains, MAIN_FLOOR, FLOOR) * scale
        active, flat = np.flatnonzero(theta > 0), np.zeros((0, 0), np.float32)
        for step in range(self.iterations):
            if step % PRUNE_EVERY == 0:  # a table that explains next to nothing costs as much as any other
                active = active[theta[active] > NEGLIGIBLE * scale] if step else active
                flat = self._stacked(rows, active)
            v = (theta[active].astype(np.float32) @ flat).reshape(n, n).astype(np.float64)
            v[np.diag_indices(n)] += rows.noise
            inverse = np.linalg.inv(v)
            one = inverse.sum(axis=1)
            center = float(one @ rows.y / one.sum())
            alpha = inverse @ (rows.y - center)
            projected = inverse - np.outer(one, one) / one.sum()  # restricted: the center was estimated
            fitted = flat @ np.outer(alpha, alpha).astype(np.float32).ravel()
            trace = flat @ projected.astype(np.float32).ravel()
            step_size = np.sqrt(np.maximum(fitted, 0.0) / np.maximum(trace + penalty, 1e-12))
            theta[active] = np.maximum(theta[active] * step_size, floor[active])
        self.variances = np.asarray(theta, np.float64)

    def _stacked(self, rows: Observations, active: NDArray[Any]) -> NDArray[np.float32]:
        """The active tables' matrices as rows (tables, n²)."""
        wanted = set(active.tolist())
        across = self._across(rows)
        kept = [
            (m if across is None or not self.tables[i].recipe else m * across).astype(np.float32).ravel()
            for i, m in self._matrices(rows, wanted)
        ]
        return np.stack(kept)

    def _matrices(self, rows: Observations, wanted: set[int]) -> Iterator[tuple[int, NDArray[Any]]]:
        """(n, n) of each wanted table: whether two rows share its effect."""
        for i, table in enumerate(self.tables):
            if i in wanted:
                group = table.groups(rows)
                yield i, (group[:, None] == group[None, :]) & (group >= 0)[:, None]

    # --- cells -------------------------------------------------------------------------------------------------------
    def _cell_odds(self, f: int, g: int) -> float:
        """Log odds beforehand that a cell does anything: one of all is expected to, of every two fields alike."""
        return -float(np.log(len(self.space.pairs) * self.space.sizes[f] * self.space.sizes[g]))

    def _likeliest_cell(self) -> PolicyTable | None:
        """The cell with the best odds, if they are for it."""
        best, found = 0.0, None
        for (f, g), odds, _, _ in self._cells_judged():
            a, b = np.unravel_index(int(np.argmax(odds)), odds.shape)
            if odds[a, b] > best:
                names = self.space.names
                best = float(odds[a, b])
                found = PolicyTable(f"cell {names[f]} {names[g]}", (f, g), only=(int(a), int(b)))
        return found

    def doubts(self) -> dict[tuple[int, int], PairDoubts]:
        """What is not known yet of every two fields' options."""
        return {
            pair: PairDoubts(expit(odds), mean, deviation)
            for pair, odds, mean, deviation in self._cells_judged()
        }

    def _cells_judged(self) -> Iterator[tuple[tuple[int, int], Floats, Floats, Floats]]:
        """(pair, log odds, mean, deviation), each (options, options), of adding one cell to the model as it is."""
        inverse = cho_solve(self._factor, np.eye(len(self.rows))).astype(np.float32)
        weight = self._today()
        prior = CELL_SPREAD**2
        for f, g in self.space.pairs:
            shape = (self.space.sizes[f], self.space.sizes[g])
            a, b = self.rows.codes[:, f], self.rows.codes[:, g]
            known = np.flatnonzero((a >= 0) & (b >= 0))
            group = a[known] * shape[1] + b[known]
            met, place = np.unique(group, return_inverse=True)
            one = np.zeros((len(self.rows), len(met)), np.float32)
            one[known, place] = weight[known]
            score, precision = np.zeros(shape), np.zeros(shape)
            score.ravel()[met] = one.T @ self.alpha
            precision.ravel()[met] = ((inverse @ one) * one).sum(axis=0)
            shrink = 1 + prior * precision
            odds = self._cell_odds(f, g) + 0.5 * score**2 * prior / shrink - 0.5 * np.log(shrink)
            for cell in self.cells:
                if cell.place == (f, g):
                    odds[cell.only] = -np.inf
            yield (f, g), odds, prior * score / shrink, np.sqrt(prior / shrink)

    def _today(self) -> Floats:
        """How much each row (n,) says of today's tastes."""
        if not self.break_epoch:
            return np.ones(len(self.rows))
        return np.where(self.rows.epoch < self.break_epoch, self.memory, 1.0)

    def _across(self, rows: Observations) -> Floats | None:
        if not self.break_epoch:
            return None
        past = rows.epoch < self.break_epoch
        return np.where(past[:, None] == past[None, :], 1.0, self.memory)

    def _solve(self, rows: Observations) -> None:
        assert self.variances is not None
        n = len(rows)
        floor = NEGLIGIBLE * max(float(np.var(rows.y)), 1e-6)
        self.variances = np.where(self.variances > floor, self.variances, 0.0)
        if self.shared is None:
            self.shared = np.zeros((n, n)), np.zeros((n, n))
            for i, matrix in self._matrices(rows, set(np.flatnonzero(self.variances).tolist())):
                self.shared[0 if self.tables[i].recipe else 1][...] += self.variances[i] * matrix
        v = self.shared[0].copy()
        for cell in self.cells:
            held = (cell.groups(rows) >= 0).astype(np.float64)
            v += CELL_SPREAD**2 * np.outer(held, held)
        across = self._across(rows)
        v = (v if across is None else v * across) + self.shared[1]
        v[np.diag_indices(n)] += rows.noise + 1e-9
        self._factor = cho_factor(v, lower=True)
        one = cho_solve(self._factor, np.ones(n))
        self.center = float(one @ rows.y / one.sum())
        self.alpha = cho_solve(self._factor, rows.y - self.center)
        logdet = 2 * float(np.log(np.diag(self._factor[0])).sum())
        self.evidence = (
            -0.5 * float((rows.y - self.center) @ self.alpha) - 0.5 * logdet - 0.5 * float(np.log(one.sum()))
            + sum(self._cell_odds(*cell.place) for cell in self.cells)
        )  # fmt: skip

    # --- effects -----------------------------------------------------------------------------------------------------
    def mean(self) -> Effects:
        """The posterior mean of every recipe effect of today."""
        return self._effects(self.alpha, None)

    def draws(self, count: int, rng: np.random.Generator) -> list[Effects]:
        """``count`` exact draws from the posterior of all recipe effects together."""
        return [self._draw(rng) for _ in range(count)]

    def _draw(self, rng: np.random.Generator) -> Effects:
        assert self.variances is not None
        rows = self.rows
        prior = Effects.drawn(self, rng)
        simulated = prior.at(rows)
        if self.break_epoch:  # what was liked before shares ``memory`` with what is liked now
            past = rows.epoch < self.break_epoch
            old = Effects.drawn(self, rng).at(rows)
            simulated = np.where(past, self.memory * simulated + np.sqrt(1 - self.memory**2) * old, simulated)
        for variance, table in zip(self.variances, self.tables):
            if not table.recipe and variance > 0:
                _, place = np.unique(table.groups(rows), return_inverse=True)
                simulated = simulated + (rng.standard_normal(place.max() + 1) * np.sqrt(variance))[place]
        simulated = simulated + rng.standard_normal(len(rows)) * np.sqrt(rows.noise)
        alpha = cho_solve(self._factor, rows.y - self.center - simulated)
        return self._effects(alpha, prior)

    def _effects(self, alpha: Floats, prior: Effects | None) -> Effects:
        assert self.variances is not None
        effects = Effects.zero(self) if prior is None else prior
        effects.add(alpha * self._today(), self.rows)
        return effects


@dataclass
class Effects:
    """All recipe effects as dense arrays, one a table: options first, then the context where the table has one."""

    model_tables: tuple[PolicyTable, ...]
    arrays: list[Floats]
    variances: tuple[float, ...]  # of each table; 0: it has no effect at all

    @staticmethod
    def _shapes(model: RecipeModel) -> list[tuple[int, ...]]:
        sizes, rows = model.space.sizes, model.rows
        depth = {name: int(getattr(rows, name).max()) + 1 for name in ("category", "language", "segment")}
        return [
            (*(sizes[f] for f in table.place), *((depth[table.context],) if table.context else ()))
            for table in (*model.tables, *model.cells)
            if table.recipe
        ]

    @classmethod
    def zero(cls, model: RecipeModel) -> Effects:
        assert model.variances is not None
        tables = tuple(table for table in model.tables if table.recipe)
        variances = (*map(float, model.variances[: len(tables)]), *[CELL_SPREAD**2] * len(model.cells))
        return cls((*tables, *model.cells), [np.zeros(shape) for shape in cls._shapes(model)], variances)

    @classmethod
    def drawn(cls, model: RecipeModel, rng: np.random.Generator) -> Effects:
        effects = cls.zero(model)
        for table, variance, array in zip(effects.model_tables, effects.variances, effects.arrays):
            if table.only:
                array[table.only] = rng.standard_normal() * np.sqrt(variance)
            elif variance:
                array[...] = rng.standard_normal(array.shape) * np.sqrt(variance)
        return effects

    def add(self, alpha: Floats, rows: Observations) -> None:
        """Add ``variance · Zᵀ alpha`` of every table."""
        for table, variance, array in zip(self.model_tables, self.variances, self.arrays):
            if not variance:
                continue
            known, index = self._index(table, rows)
            np.add.at(array, tuple(part[known] for part in index), variance * alpha[known])

    def at(self, rows: Observations) -> Floats:
        """The summed effects (n,) of each row's recipe in its context."""
        total = np.zeros(len(rows))
        for table, variance, array in zip(self.model_tables, self.variances, self.arrays):
            if not variance:
                continue
            known, index = self._index(table, rows)
            total[known] += array[tuple(part[known] for part in index)]
        return total

    @staticmethod
    def _index(table: PolicyTable, rows: Observations) -> tuple[NDArray[np.bool_], list[Ints]]:
        index = [rows.codes[:, f] for f in table.place]
        if table.context:
            index.append(getattr(rows, table.context))
        known = np.ones(len(rows), np.bool_)
        for part in index:
            known &= part >= 0
        for part, option in zip(index, table.only):
            known &= part == option
        return known, index

    def unary(self, *, category: int, language: int, segment: int) -> list[Floats]:
        """Each option's own effect in a context, one array a field; a context never seen (−1) adds nothing."""
        fields = sum(1 for table in self.model_tables if len(table.place) == 1 and not table.context)
        found: list[Floats] = [np.zeros(0)] * fields
        context = {"category": category, "language": language, "segment": segment}
        for table, array in zip(self.model_tables, self.arrays):
            if len(table.place) != 1:
                continue
            f = table.place[0]
            if not table.context:
                found[f] = array.copy()
            elif context[table.context] >= 0:
                found[f] = found[f] + array[:, context[table.context]]
        return found

    def pairs(self) -> dict[tuple[int, int], Floats]:
        """The pair effects by the two fields' places, those of single cells among them."""
        found: dict[tuple[int, int], Floats] = {}
        for table, array, variance in zip(self.model_tables, self.arrays, self.variances):
            if variance and len(table.place) == 2:
                pair = (table.place[0], table.place[1])
                found[pair] = found[pair] + array if pair in found else array
        return found
