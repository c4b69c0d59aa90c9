"""Other viewers than the proof's, for tuning the loop: other tastes, other noise, so that the proof's stay unseen.

``FAMILIES`` by name: *ideals* (how near a recipe is to the nearest of three ideal ones), *rules* (a tree of yes-or-no questions;
most swipe away within a second or two, few stay), *couple* (single likings, and one pair of options of any two fields that is
loved only together), *thirds* (three groups of unequal size whose likings differ in a few fields), *split* (two groups, three
to one, who agree on most and disagree on two fields), *against* (two equal groups, one of which dislikes what the other likes:
one ideal recipe and single likings). All marginals follow ``loop_viewers``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.loop.viewers import (
    MEDIAN_SECONDS,
    SHARED_SPREAD,
    TOTAL_SPREAD,
    Audience,
    Floats,
)

Liking = Callable[[Mapping[str, Any]], float]


@dataclass
class TuningAudience(Audience):
    """An ``Audience`` whose common likings are those of a family; what is a viewer's own stays."""

    family: str = "ideals"

    def __post_init__(self) -> None:
        super().__post_init__()
        rng = np.random.default_rng([self.seed, 202])
        self.hints: list[dict[str, Any]] = [{}]
        self.shares = {"thirds": (0.5, 0.3, 0.2), "split": (0.75, 0.25), "against": (0.5, 0.5)}.get(
            self.family, (1.0,)
        )
        self.groups = rng.choice(len(self.shares), size=self.viewers, p=self.shares)
        make = {"ideals": self._ideals, "rules": self._rules, "couple": self._couple}
        if self.family in make:
            self.likings = [self._scaled(make[self.family](rng))]
        elif self.family == "thirds":
            self.likings = [self._scaled(self._single(rng, 3)) for _ in self.shares]
        elif self.family == "against":
            single, ideal = self._scaled(self._single(rng, 6)), self._scaled(self._ideals(rng))
            liking = self._scaled(lambda r: 2 * single(r) + ideal(r))
            self.likings = [liking, lambda r: -liking(r)]
        else:
            agreed, first, second = self._single(rng, 5), self._single(rng, 2), self._single(rng, 2)
            self.likings = [
                self._scaled(lambda r: agreed(r) + first(r)), self._scaled(lambda r: agreed(r) + second(r))
            ]  # fmt: skip

    @property
    def is_divided(self) -> bool:
        """As ``Audience.is_divided``."""
        return len(self.shares) > 1

    def group_of(self, number: int) -> int:
        """As ``Audience.group_of``, by the groups' shares."""
        if not self.is_divided:
            return -1
        place = (number * 0.6180339887) % 1.0
        return int(np.searchsorted(np.cumsum(self.shares)[:-1], place, side="right"))

    @property
    def known(self) -> list[dict[str, Any]]:
        """As ``Audience.known``."""
        return self.hints

    def _scaled(self, liking: Liking) -> Liking:
        values = np.array([liking(recipe) for recipe in self._sampled])
        center, spread = float(values.mean()), float(values.std()) or 1.0
        most = 8.0 if self.family == "couple" else 4.0
        return lambda recipe: float(np.clip((liking(recipe) - center) / spread, -most, most))

    def _single(self, rng: np.random.Generator, count: int) -> Liking:
        fields = list(rng.permutation(list(self.options)))[:count]
        tables = {f: {v: float(rng.standard_normal()) for v in self.options[f]} for f in fields}
        return lambda recipe: sum(table[recipe[f]] for f, table in tables.items())

    def _ideals(self, rng: np.random.Generator) -> Liking:
        ideals = self.hints = [self._even(rng) for _ in range(3)]
        weight = {name: float(rng.gamma(1.0)) for name in self.options}

        def near(recipe: Mapping[str, Any]) -> float:
            far = [sum(weight[n] * (recipe[n] != ideal[n]) for n in weight) for ideal in ideals]
            return float(np.exp(-np.array(far) / 2.0).max())

        return near

    def _rules(self, rng: np.random.Generator) -> Liking:
        def question() -> tuple[str, set[Any]]:
            name = str(rng.choice(list(self.options)))
            values = list(self.options[name])
            yes = rng.permutation(len(values))[: max(1, len(values) // 2)]
            return name, {values[i] for i in yes}

        asked, leaves = [question() for _ in range(7)], rng.standard_normal(8)

        def liking(recipe: Mapping[str, Any]) -> float:
            at = 0
            for _ in range(3):
                name, yes = asked[at]
                at = 2 * at + 1 + (recipe[name] in yes)
            return float(leaves[at - 7])

        return liking

    def _couple(self, rng: np.random.Generator) -> Liking:
        single = self._single(rng, 4)
        names = [str(name) for name in rng.permutation(list(self.options))[:2]]
        self.wanted = {n: self.options[n][int(rng.integers(len(self.options[n])))] for n in names}
        self.hints = [self.wanted]
        return lambda recipe: single(recipe) + 6.0 * all(recipe[n] == v for n, v in self.wanted.items())

    def shifts(self, recipe: Mapping[str, Any], category: str) -> Floats:
        """As ``Audience.shifts``."""
        common = SHARED_SPREAD * np.array([liking(recipe) for liking in self.likings])[self.groups]
        none = Audience.shifts(self, recipe, category) - SHARED_SPREAD * self.shared[0](recipe)
        return np.asarray(common + none)

    def watch(
        self, viewer: NDArray[np.int64], shift: Floats, *, seconds: Floats, slot: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> dict[str, NDArray[Any]]:  # fmt: skip
        """As ``Audience.watch``; with *rules* a view is a swipe or a stay, and only how often one stays says anything."""
        views = super().watch(viewer, shift, seconds=seconds, slot=slot, rng=rng)
        if self.family == "rules":
            stays = views["watch_seconds"] > MEDIAN_SECONDS * np.exp(
                TOTAL_SPREAD * 0.3 * rng.standard_normal(len(viewer))
            )
            low, high = rng.uniform(0.5, 2.5, len(viewer)), rng.uniform(6, 30, len(viewer))
            watched = np.minimum(np.where(stays, high, low), 1.2 * seconds)
            views |= {"watch_seconds": watched, "completed": watched >= seconds, "skipped": watched < 2.5}
        return views


FAMILIES = ("ideals", "rules", "couple", "thirds", "split", "against")
