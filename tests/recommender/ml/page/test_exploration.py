"""Draws whose chance is known, and a share for new videos that is fair and bounded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import RankingInputInvalid
from recommender.ml.page.exploration import (
    NewVideoRules,
    new_video_weights,
    pool_probabilities,
    slot_draw,
    softmax,
    thompson_probabilities,
)

WEIGHTS = st.lists(st.floats(0, 5), min_size=1, max_size=12)


@given(WEIGHTS, st.floats(0, 1), st.integers(0, 10_000))
def test_a_slot_s_probabilities_sum_to_one_and_hold_the_logged_one(weights, epsilon, seed):
    rng = np.random.default_rng(seed)
    pool = pool_probabilities(weights, rng.random(len(weights)) < 0.7)
    draw = slot_draw(int(rng.integers(len(weights))), pool, epsilon, rng)
    assert draw.probabilities.sum() == pytest.approx(1)
    assert draw.propensity == pytest.approx(draw.probabilities[draw.index]) and 0 < draw.propensity <= 1


def test_an_empty_pool_shows_the_best_with_certainty():
    draw = slot_draw(2, np.zeros(4), 0.9, np.random.default_rng(0))
    assert (draw.index, draw.propensity, draw.explored) == (2, 1.0, False)


def test_draws_fall_as_often_as_their_propensity_says():
    rng = np.random.default_rng(2)
    pool = pool_probabilities([0, 1, 3], np.ones(3, bool))
    seen = np.bincount([slot_draw(0, pool, 0.4, rng).index for _ in range(20_000)], minlength=3) / 20_000
    np.testing.assert_allclose(seen, [0.6, 0.1, 0.3], atol=0.015)


def test_scores_far_apart_and_closed_candidates_keep_a_softmax_a_distribution():
    assert softmax([0, 1e6]).tolist() == [0, 1]
    np.testing.assert_allclose(softmax([0, np.log(3), -np.inf]), [0.25, 0.75, 0])
    np.testing.assert_allclose(softmax([0, np.log(9)], temperature=2), [0.25, 0.75])
    assert softmax([-np.inf, -np.inf]).tolist() == [0, 0]
    with pytest.raises(RankingInputInvalid, match="above 0"):
        softmax([1.0], temperature=0)


def test_thompson_probabilities_match_a_million_draws():
    rewards, trials = np.array([3.0, 12.5, 40.0, 0.0]), np.array([5.0, 20.0, 100.0, 0.0])
    draws = np.random.default_rng(0).beta(1 + rewards, 1 + trials - rewards, size=(400_000, 4))
    wins = np.bincount(draws.argmax(axis=1), minlength=4) / len(draws)
    np.testing.assert_allclose(thompson_probabilities(rewards, trials, prior=(1, 1)), wins, atol=0.01)


def test_more_reward_than_trials_is_refused():
    with pytest.raises(RankingInputInvalid, match="number of trials"):
        thompson_probabilities([2.0], [1.0], prior=(1, 1))


@given(st.integers(1, 30), st.integers(0, 10_000))
def test_new_videos_at_their_limit_or_past_their_window_get_nothing(n, seed):
    rng = np.random.default_rng(seed)
    rules = NewVideoRules(guaranteed=5, limit=50, window_hours=24)
    shown = rng.integers(0, 60, n)
    age = rng.random(n) * 48
    weights = new_video_weights(shown, shown * rng.random(n), age, rng.uniform(-1, 1, n), rules)
    closed = (shown >= 50) | ((shown >= 5) & (age > 24))
    assert not weights[closed].any() and (weights >= 0).all()
    assert weights.sum() == pytest.approx(0 if closed.all() else 1)
    assert (weights[shown < 5] > 0).all()


def test_every_new_video_gets_its_guarantee_and_good_ones_more_within_the_limit():
    """4,000 exploration slots over 40 new videos, viewers of 8 tastes, true rewards known."""
    rng = np.random.default_rng(4)
    rules = NewVideoRules(guaranteed=20, limit=300)
    truth = np.where(np.arange(40) % 10 == 0, 0.8, 0.3)
    tastes, content = rng.normal(size=(8, 6)), rng.normal(size=(40, 6))
    tastes, content = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (tastes, content))
    shown, earned = np.zeros(40), np.zeros(40)
    for step in range(4000):
        weights = new_video_weights(shown, earned, np.full(40, step / 100), content @ tastes[step % 8], rules)
        i = rng.choice(40, p=weights)
        shown[i] += 1
        earned[i] += rng.random() < truth[i]
    assert shown.min() >= 20 and shown.max() <= 300
    assert shown[truth > 0.5].mean() > 2 * shown[truth < 0.5].mean()
    assert earned.sum() / shown.sum() > 1.25 * truth.mean()


def test_content_places_a_video_that_nobody_has_seen():
    weights = new_video_weights([0, 0], [0, 0], [1, 1], [0.9, -0.2])
    assert weights[0] > 10 * weights[1] > 0
