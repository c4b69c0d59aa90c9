"""Synthetic viewers of the loop's proof: what they like, and how they watch. The policy never imports this.

How long viewer v watches video i is log-normal: ``log seconds = log 7.5 + shared(i) + own_v(i) + quality_i + slot + noise``.
Tastes are not shaped like the policy's tables: the shared one is a saturating sum of an ideal tempo, heavy-tailed likings of
single options, and impressions that several fields make together (energy of mood, tempo and pace of speech; warmth of colors
and mood). The marginals of a random feed follow a large short-video service: half watch about 7.5 s whatever the length,
8.5 % watch long, 3.3 % to the end, 0.6 % interact, 0.1 % refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

MEDIAN_SECONDS = 7.5
TOTAL_SPREAD = (
    0.53  # of log watch seconds in a random feed: 3.3 % completions and 8.5 % long views follow from it
)
SHARED_SPREAD, OWN_SPREAD, CATEGORY_SPREAD, QUALITY_SPREAD = 0.20, 0.14, 0.14, 0.08
NOISE = float(
    np.sqrt(TOTAL_SPREAD**2 - SHARED_SPREAD**2 - OWN_SPREAD**2 - CATEGORY_SPREAD**2 - QUALITY_SPREAD**2)
)
LONG = 1.37  # deviations above the median from which a view is long: 8.5 %
SLOT = -0.012  # log seconds a slot further down
MOODS = {"epic": 1.0, "funny": 0.8, "bright": 0.7, "tech": 0.6, "suspense": 0.4, "warm": 0.3, "healing": 0.1, "calm": 0.0}  # fmt: skip
WARM = {
    "sunset": 1.0,
    "ember": 1.0,
    "berry": 0.8,
    "gold": 0.7,
    "peach": 0.9,
    "violet": 0.3,
    "lemon": 0.6,
    "lilac": 0.4,
}


@dataclass(frozen=True)
class Scenario:
    """``kind``: base, opposed, pair, unserved or noise; tastes change before round ``changes`` where it is above 0."""

    kind: str = "base"
    changes: int = 0


@dataclass
class Taste:
    """One liking of recipes, as a function of a recipe's values."""

    likings: dict[str, dict[Any, float]]
    tempo: float
    energy: float
    warmth: float
    scale: float = 1.0
    center: float = 0.0

    @classmethod
    def drawn(cls, options: Mapping[str, Sequence[Any]], rng: np.random.Generator) -> Taste:
        importance = {
            name: float(rng.gamma(1.5, 0.7)) for name in options
        }  # some fields matter much, some hardly
        likings = {
            name: {value: importance[name] * float(np.clip(rng.standard_t(4), -3, 3)) for value in values}
            for name, values in options.items()
        }
        return cls(likings, float(rng.uniform(75, 135)), float(rng.normal(0, 1.5)), float(rng.normal(0, 1.5)))

    def raw(self, recipe: Mapping[str, Any]) -> float:
        total = sum(table.get(recipe[name], 0.0) for name, table in self.likings.items())
        pace = (float(recipe["tempo"]) - 70) / 70 + (float(recipe["speed"]) - 0.9) / 0.3
        total += self.energy * (MOODS[recipe["mood"]] + 0.5 * pace - 1.0)
        total += self.warmth * (WARM.get(recipe["palette"], 0.0) - 0.4) * (1.3 - MOODS[recipe["mood"]])
        return total - ((float(recipe["tempo"]) - self.tempo) / 30) ** 2 * 0.5

    def __call__(self, recipe: Mapping[str, Any]) -> float:
        z = (self.raw(recipe) - self.center) / self.scale
        return 4.0 * float(np.tanh(z / 4.0))


@dataclass
class Audience:
    """``viewers`` people with hidden tastes over recipes of ``options`` (field → values)."""

    options: Mapping[str, Sequence[Any]]
    categories: Sequence[str]
    scenario: Scenario
    seed: int
    viewers: int = 300
    round: int = 0
    _sampled: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = np.random.default_rng([self.seed, 101])
        self._sampled = [self._even(rng) for _ in range(600)]
        self.shared = [self._taste(rng), self._taste(rng)]  # before and after a change
        self.groups = rng.permutation(self.viewers) % 2
        self.own = [self._taste(rng) for _ in range(12)]  # each viewer is a mixture of a few temperaments
        self.mixture = rng.normal(size=(self.viewers, len(self.own))) / np.sqrt(len(self.own))
        self.liked_categories = rng.normal(0, CATEGORY_SPREAD, (self.viewers, len(self.categories)))
        self.likes_easily = rng.lognormal(0, 0.5, self.viewers)
        pick = rng.permutation(len(self.options["palette"]))
        fields = rng.permutation(["hook", "caption_style", "mood"])[:2]
        self.wanted = {
            name: self.options[name][int(rng.integers(len(self.options[name])))] for name in fields
        }
        self.unserved = {"palette": tuple(self.options["palette"][i] for i in pick[:4])}

    @property
    def is_divided(self) -> bool:
        """Whether groups (0, 1, … in ``groups``) differ in taste, and the feed sorts by it."""
        return self.scenario.kind == "opposed"

    def group_of(self, number: int) -> int:
        """The group for which an oracle makes its video of this number; −1: for all."""
        return number % 2 if self.is_divided else -1

    @property
    def known(self) -> list[dict[str, Any]]:
        """What an oracle starts from: parts of recipes; an empty one says nothing."""
        return [self.wanted if self.scenario.kind == "pair" else {}]

    def _even(self, rng: np.random.Generator) -> dict[str, Any]:
        return {name: values[int(rng.integers(len(values)))] for name, values in self.options.items()}

    def _taste(self, rng: np.random.Generator) -> Taste:
        taste = Taste.drawn(self.options, rng)
        values = np.array([taste.raw(recipe) for recipe in self._sampled])
        taste.scale, taste.center = float(values.std()), float(values.mean())
        return taste

    def shifts(self, recipe: Mapping[str, Any], category: str) -> Floats:
        """What each viewer (viewers,) adds to the log of the median watch time: everything but quality, slot and noise."""
        if self.scenario.kind == "noise":
            return np.zeros(self.viewers)
        changed = bool(self.scenario.changes) and self.round >= self.scenario.changes
        common = SHARED_SPREAD * self.shared[int(changed)](recipe)
        if self.scenario.kind == "opposed":
            total = np.where(self.groups == 0, common, -common)
        elif self.scenario.kind == "pair":
            both = all(recipe[name] == value for name, value in self.wanted.items())
            total = np.full(self.viewers, 0.3 * common + (0.5 if both else 0.0))
        elif self.scenario.kind == "unserved":
            loved = recipe["palette"] == self.unserved["palette"][0]
            total = np.full(self.viewers, 0.5 * common + (0.4 if loved else 0.0))
        else:
            total = np.full(self.viewers, common)
        own = OWN_SPREAD * self.mixture @ np.array([taste(recipe) for taste in self.own])
        return np.asarray(total + own + self.liked_categories[:, self.categories.index(category)])

    @staticmethod
    def reward(shifts: Floats) -> Floats:
        """The true reward: the expected quantile of the watch time among views of a random feed."""
        return np.asarray(ndtr(shifts / np.sqrt(TOTAL_SPREAD**2 + NOISE**2)))

    def watch(
        self,
        viewer: NDArray[np.int64],
        shift: Floats,
        *,
        seconds: Floats,
        slot: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> dict[str, NDArray[Any]]:
        """Views (n,) as events would tell them; ``shift`` includes each video's quality."""
        n = len(viewer)
        z = (shift + SLOT * slot + NOISE * rng.standard_normal(n)) / TOTAL_SPREAD
        watched = MEDIAN_SECONDS * np.exp(TOTAL_SPREAD * z)
        interest = ndtr(z)
        likes = np.minimum(0.9, 0.027 * self.likes_easily[viewer] * interest**6)
        return {
            "watch_seconds": np.minimum(watched, 2 * seconds),
            "completed": watched >= seconds,
            "loops": (watched >= 1.5 * seconds).astype(np.int64),
            "liked": rng.random(n) < likes,
            "commented": rng.random(n) < 0.004 * interest**6,
            "shared": rng.random(n) < 0.004 * interest**6,
            "followed": rng.random(n) < 0.004 * interest**6,
            "skipped": watched < 2.5,
            "refused": rng.random(n) < 0.007 * (1 - interest) ** 6,
        }
