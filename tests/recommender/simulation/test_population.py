"""The synthetic viewers: repeatable, with tastes that matter, boredom that shows, and tastes nobody is told."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.simulation.policies import Chance, Oracle, Popularity, Shadow
from recommender.simulation.population import (
    TRAITS,
    Perceived,
    World,
    perceive,
    population,
    react,
    title_form,
)

CATEGORIES = [f"c{n}" for n in range(10)]


@pytest.fixture(scope="module")
def world() -> World:
    rng = np.random.default_rng(0)
    videos = [
        Perceived(100 + n, CATEGORIES[n % 10], "zh", 15.0, 1, rng.uniform(-1, 1, len(TRAITS)))
        for n in range(200)
    ]
    return World(population(viewers=40, categories=CATEGORIES, seed=3), videos, seed=3)


def test_the_same_seed_makes_the_same_minds_and_another_seed_others():
    one, two, other = (population(viewers=5, categories=CATEGORIES, seed=seed) for seed in (3, 3, 4))
    assert [mind.tastes for mind in one] == [mind.tastes for mind in two]
    assert [mind.tastes for mind in one] != [mind.tastes for mind in other]


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("为什么猫总盯着墙看？", "question"),
        ("How to sleep better", "question"),
        ("三招让衣服不掉色", "number"),
        ("5 ways to save time", "number"),
        ("千万别这样洗锅", "warning"),
        ("周末露营清单", "plain"),
    ],
)
def test_a_title_is_taken_as_a_reader_takes_it(title, form):
    assert title_form(title) == form


def test_what_is_perceived_is_within_its_ranges():
    video = {
        "id": 4,
        "title": "三招洗锅",
        "category": "home",
        "language": "zh",
        "duration_seconds": 15.0,
        "recipe": {"scenes": 4, "palette": "ember", "mood": "epic", "voice": "zf_xiaoxiao"},
    }
    seen = perceive(video, creator=9)
    traits = dict(zip(TRAITS, seen.traits))
    assert traits["title number"] == 1 and traits["title plain"] == 0
    assert traits["warm colors"] == 1 and traits["music energy"] == 1 and traits["female voice"] == 1
    assert np.abs(seen.traits).max() <= 1
    assert perceive({**video, "recipe": {}}, creator=9).traits.shape == (len(TRAITS),)  # an uploaded clip


def test_the_oracle_beats_popularity_and_popularity_beats_chance(world):
    means = {}
    for name, policy in (("oracle", Oracle()), ("popularity", Popularity(200, 3)), ("chance", Chance(3))):
        shadow = Shadow(world, policy, seed=3)
        found = [p for _ in range(3) for n in range(40) for p in shadow.sitting(n, slots=12, hours=[20] * 12)]
        means[name] = float(np.mean(found))
    assert means["oracle"] > means["popularity"] + 0.1
    assert means["popularity"] > means["chance"] + 0.02


def test_more_of_the_same_bores_and_loud_music_disturbs_at_night(world):
    fresh = world.interests(0, [], hour=20)
    bored = world.interests(0, ["c1"] * 4, hour=20)
    same = world.categories == "c1"
    assert (bored[same] < fresh[same]).all() and np.array_equal(bored[~same], fresh[~same])
    night = world.interests(0, [], hour=2)
    loud = world.energy > 0
    assert (night[loud] < fresh[loud]).all() and np.array_equal(night[~loud], fresh[~loud])


def test_interest_shows_in_watch_time_and_skips(world):
    rng = np.random.default_rng(1)
    video, mind = world.videos[0], world.minds[0]
    low, high = ([react(mind, video, p, rng=rng) for _ in range(600)] for p in (0.1, 0.9))
    assert np.mean([r.watch_seconds for r in high]) > 2 * np.mean([r.watch_seconds for r in low])
    assert np.mean([r.skipped for r in high]) < 0.3 < np.mean([r.skipped for r in low])
    assert all(r.completed == (r.watch_seconds >= video.seconds) for r in low + high)


def test_when_everything_was_seen_nothing_interesting_is_left(world):
    shadow = Shadow(world, Oracle(), seed=3)
    found = shadow.sitting(0, slots=210, hours=[20] * 210)
    assert min(found[:200]) > 0 and found[200:] == [0.0] * 10
