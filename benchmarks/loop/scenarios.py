"""What both levels of the loop's proof share: scenarios, the size of a run, the briefs of a round, and the oracle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.stats.policy.plan import diversity
from analytics.stats.policy.space import RecipeSpace
from benchmarks.loop.viewers import QUALITY_SPREAD, Audience, Scenario
from core.languages import Language

CATEGORIES = ("food", "health", "history", "home", "science", "technology")
LANGUAGES: tuple[Language, ...] = ("zh", "en")
SHARES = (0.6, 0.4)  # of the languages
SCENARIOS = {
    "base": (Scenario("base"), 5),
    "opposed": (Scenario("opposed"), 5),
    "pair": (Scenario("pair"), 5),
    "unserved": (Scenario("unserved"), 5),
    "change": (Scenario("base", changes=6), 10),
    "long": (Scenario("base"), 15),
    "noise": (Scenario("noise"), 10),
}


@dataclass(frozen=True)
class Size:
    """How much is made and watched in a round; ``seconds`` are the lengths that briefs ask for."""

    videos: int
    impressions: int  # of each new video, on the mean
    viewers: int
    seconds: tuple[float, ...]

    @property
    def slots(self) -> int:
        """New videos that each viewer watches in a round."""
        return min(self.videos * self.impressions // self.viewers, self.videos)


FULL = Size(60, 40, 300, (15.0, 20.0, 30.0, 45.0))
SMALL = Size(20, 40, 100, (10.0, 15.0))  # of the level that renders


def space_of() -> RecipeSpace:
    """The site's own choices."""
    from generation.media.scenes import PALETTES
    from generation.media.speech import voices

    return RecipeSpace.of(
        palettes=list(PALETTES), voices={lang: [v.id for v in voices(lang)] for lang in LANGUAGES}
    )


def audience_of(scenario: str, seed: int, space: RecipeSpace, size: Size) -> Audience:
    """The viewers of a scenario."""
    options = {one.name: list(one.options) for one in space.fields}
    return Audience(options, CATEGORIES, SCENARIOS[scenario][0], seed, viewers=size.viewers)


@dataclass
class Made:
    """One video: what it is, and how it was chosen. ``version`` numbers the policy that chose, 0: none did."""

    number: int
    round: int
    recipe: dict[str, Any]
    category: str
    language: Language
    seconds: float
    quality: float
    arm: str = "none"
    segment: int = -1
    propensity: float = float("nan")
    predicted: float = float("nan")
    version: int = 0


def briefs(
    space: RecipeSpace, audience: Audience, *, seed: int, round_: int, first: int, size: Size
) -> Iterator[tuple[Made, NDArray[np.float64]]]:
    """A round's videos, the same on every site, with recipes drawn evenly, and two dice (2,) for the arm; numbers from ``first``."""
    rng = np.random.default_rng([seed, round_, 1])
    for number in range(first, first + size.videos):
        category = CATEGORIES[int(rng.integers(len(CATEGORIES)))]
        language = LANGUAGES[int(rng.choice(2, p=SHARES))]
        seconds, quality = float(rng.choice(size.seconds)), float(rng.normal(0, QUALITY_SPREAD))
        recipe = _even(space, audience, language, rng)
        yield Made(number, round_, recipe, category, language, seconds, quality), rng.random(2)


def _even(
    space: RecipeSpace, audience: Audience, language: Language, rng: np.random.Generator
) -> dict[str, Any]:
    codes = space.even(1, language, rng)[0]
    recipe = {one.name: one.options[c] for one, c in zip(space.fields, codes)}
    if audience.scenario.kind == "unserved":  # the house never chooses these palettes
        closed = audience.unserved["palette"]
        served = [p for p in audience.options["palette"] if p not in closed]
        if recipe["palette"] in closed:
            recipe["palette"] = served[int(rng.integers(len(served)))]
    return recipe


@dataclass
class Oracle:
    """Knows the tastes: the best recipe for a video of a segment (−1: everybody), by coordinate ascent from many starts."""

    space: RecipeSpace
    audience: Audience
    seed: int
    _kept: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def best(self, video: Made) -> dict[str, Any]:
        """Nobody does better than this."""
        changes = self.audience.scenario.changes
        era = bool(changes) and self.audience.round >= changes
        key = (video.segment, video.language, video.category, era)
        if key not in self._kept:
            self._kept[key] = self._sought(
                video, np.random.default_rng([self.seed, 9, *map(ord, str(key)[:20])])
            )
        return self._kept[key]

    def _sought(self, video: Made, rng: np.random.Generator) -> dict[str, Any]:
        audience, fields = self.audience, self.space.fields
        who = slice(None) if video.segment < 0 else audience.groups == video.segment
        options = [[one.options[i] for i in one.places(video.language)] for one in fields]

        def value(recipe: dict[str, Any]) -> float:
            return float(audience.reward(audience.shifts(recipe, video.category)[who]).mean())

        best, best_value = video.recipe, -1.0
        for known in [*audience.known, *[{}] * 3]:
            recipe = {one.name: o[int(rng.integers(len(o)))] for one, o in zip(fields, options)}
            recipe |= {name: v for name, v in known.items() if v in options[self.space.names.index(name)]}
            found = value(recipe)
            for _ in range(4):
                before = found
                for one, offered in zip(fields, options):
                    tried = [(value({**recipe, one.name: o}), i) for i, o in enumerate(offered)]
                    found, at = max(tried)
                    recipe = {**recipe, one.name: offered[at]}
                if found <= before + 1e-9:
                    break
            if found > best_value:
                best, best_value = recipe, found
        return best


def shape_of(made: Sequence[Made], space: RecipeSpace, audience: Audience) -> dict[str, Any]:
    """What a round's videos look like together: diversity, the largest category's share, and what was predicted of them."""
    codes = np.array([space.encode(video.recipe) for video in made])
    subject = np.array([CATEGORIES.index(video.category) for video in made])[:, None]
    families = (*space.families, (len(space.fields),))
    predicted = [video.predicted for video in made if np.isfinite(video.predicted)]
    return {
        "predicted": float(np.mean(predicted)) if predicted else None,
        "diversity": diversity(np.hstack([codes, subject]), np.ones(len(made)), families),
        "category_share_most": float(np.bincount(subject[:, 0]).max() / len(made)),
        "wanted_share": _wanted(made, audience),
    }


def _wanted(made: Sequence[Made], audience: Audience) -> float:
    """The share of videos with what the oracle knows beforehand that is loved; 0 where it knows nothing."""
    if audience.scenario.kind == "unserved":
        return float(np.mean([v.recipe["palette"] == audience.unserved["palette"][0] for v in made]))
    known: Mapping[str, Any] = audience.known[0]
    if not known:
        return 0.0
    return float(np.mean([all(v.recipe[k] == w for k, w in known.items()) for v in made]))
