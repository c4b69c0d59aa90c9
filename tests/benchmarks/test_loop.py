"""The proof's viewers watch as a random feed is watched, whatever they like."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.loop.scenarios import CATEGORIES, FULL, space_of
from benchmarks.loop.tuning import FAMILIES, TuningAudience
from benchmarks.loop.viewers import LONG, MEDIAN_SECONDS, TOTAL_SPREAD, Audience, Scenario


@pytest.fixture(scope="module")
def watched() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Views of 300 evenly drawn recipes by everybody, and each video's length."""
    space = space_of()
    audience = Audience(
        {f.name: list(f.options) for f in space.fields}, CATEGORIES, Scenario(), seed=5, viewers=100
    )
    rng = np.random.default_rng(1)
    shifts, seconds = [], []
    for number in range(300):
        codes = space.even(1, "zh", rng)[0]
        recipe = {f.name: f.options[c] for f, c in zip(space.fields, codes)}
        shifts.append(audience.shifts(recipe, CATEGORIES[number % len(CATEGORIES)]) + rng.normal(0, 0.08))
        seconds.append(np.full(100, FULL.seconds[number % len(FULL.seconds)]))
    length = np.concatenate(seconds)
    views = audience.watch(
        np.tile(np.arange(100), 300),
        np.concatenate(shifts),
        seconds=length,
        slot=np.zeros(len(length), np.int64),
        rng=rng,
    )
    return views, length


def test_half_watch_as_long_whatever_the_length(watched) -> None:
    views, length = watched
    for seconds in FULL.seconds:
        assert np.median(views["watch_seconds"][length == seconds]) == pytest.approx(MEDIAN_SECONDS, rel=0.12)


def test_long_views_completions_and_feedback_are_as_rare_as_on_a_real_service(watched) -> None:
    views, _ = watched
    long = views["watch_seconds"] > MEDIAN_SECONDS * np.exp(LONG * TOTAL_SPREAD)
    told = views["liked"] | views["commented"] | views["shared"] | views["followed"]
    assert long.mean() == pytest.approx(0.085, abs=0.02)
    assert views["completed"].mean() == pytest.approx(0.033, abs=0.015)
    assert told.mean() == pytest.approx(0.006, abs=0.003)
    assert views["refused"].mean() == pytest.approx(0.001, abs=0.0007)


@pytest.mark.parametrize("family", FAMILIES)
def test_viewers_for_tuning_differ_by_recipe_and_groups_by_taste(family: str) -> None:
    space = space_of()
    options = {f.name: list(f.options) for f in space.fields}
    audience = TuningAudience(options, CATEGORIES, Scenario(), seed=3, viewers=60, family=family)
    rng = np.random.default_rng(2)
    recipes = [
        {f.name: f.options[c] for f, c in zip(space.fields, space.even(1, "zh", rng)[0])} for _ in range(60)
    ]
    means = np.array([
        [audience.shifts(recipe, "food")[audience.groups == g].mean() for g in np.unique(audience.groups)]
        for recipe in recipes
    ])  # fmt: skip
    assert means.std(axis=0).min() > 0.05
    assert audience.is_divided == (means.shape[1] > 1)
    if audience.is_divided:
        assert np.abs(means[:, 0] - means[:, 1]).max() > 0.1
