"""Impressions of a title test go where they are worth most, on tests whose click rates are planted."""

from __future__ import annotations

import numpy as np

from analytics.stats.allocation import Prior, knowledge, next_arm, posterior
from benchmarks.title_tests.replay import Replay, ab_then_best, gap_closed, model_alone, ours, thompson

RATE = 0.02
PRIOR = Prior(RATE, 8.0)


def planted(tests: int, *, skill: float, seed: int) -> Replay:
    """Tests of four titles whose log rates differ by 0.35; predictions know ``skill`` (0–1) of the variance."""
    rng = np.random.default_rng(seed)
    known, rest = rng.normal(0, 0.35, (2, tests, 4))
    effect = np.sqrt(skill) * known + np.sqrt(1 - skill) * rest
    level = np.exp(rng.normal(np.log(RATE), 0.4, (tests, 1)))
    predicted = skill**0.5 * known
    return Replay(level * np.exp(effect), predicted - predicted.mean(axis=1, keepdims=True))


def test_the_posterior_moves_from_the_prediction_to_what_was_clicked() -> None:
    predicted = np.array([[0.3, -0.3, np.nan]])
    before, width = posterior(predicted, np.zeros((1, 3)), np.zeros((1, 3)), PRIOR)
    assert np.isclose(before[0, 0] / before[0, 1], np.exp(0.6)) and before[0, 2] == -np.inf
    shown = np.array([[50_000.0, 50_000.0, 0.0]])
    after, less = posterior(predicted, np.array([[1000.0, 1500.0, 0.0]]), shown, PRIOR)
    np.testing.assert_allclose(after[0, :2], [0.02, 0.03], rtol=0.05)
    assert (less[0, :2] < width[0, :2]).all()


def test_knowing_more_is_worth_most_where_it_could_change_the_choice() -> None:
    worth = knowledge(np.array([[0.03, 0.029, 0.01]]), np.array([[0.004, 0.004, 0.004]]), 50)
    assert worth[0, 1] > 5 * worth[0, 2] >= 0
    assert knowledge(np.array([[0.03, 0.02]]), np.zeros((1, 2)), 50).max() == 0


def test_with_nothing_left_to_use_it_the_best_mean_is_shown() -> None:
    predicted = np.array([[0.3, 0.0, -0.3]])
    none = np.zeros((1, 3))
    assert next_arm(predicted, none, none, batch=10, remaining=10, prior=PRIOR)[0] == 0


def test_an_arm_that_is_not_there_is_never_shown() -> None:
    replay = Replay(np.array([[0.02, 0.03, np.nan]]), np.array([[0.0, 0.0, np.nan]]))
    earned = ours(replay, 50, 1000, np.random.default_rng(1), prior=PRIOR)
    assert np.isfinite(earned).all() and 0.02 <= earned.min() <= earned.max() <= 0.03


def test_prior_and_knowledge_beat_each_alone() -> None:
    replay, rng = planted(300, skill=0.3, seed=2), np.random.default_rng
    for budget in (250, 1000, 4000):
        best = gap_closed(replay, ours(replay, 6, budget, rng(1), prior=PRIOR))
        others = {
            "model": gap_closed(replay, model_alone(replay, 1, budget, rng(1))),
            "thompson": gap_closed(replay, thompson(replay, 6, budget, rng(1), rate=RATE, weight=1 / RATE)),
            "ab": max(
                gap_closed(replay, ab_then_best(replay, 6, budget, rng(1), share=s)) for s in (0.1, 0.3)
            ),
        }
        assert best > max(others.values()), (budget, best, others)


def test_a_prediction_that_knows_nothing_does_not_keep_the_best_from_being_found() -> None:
    replay = planted(200, skill=0.0, seed=3)
    noise = np.random.default_rng(4).normal(0, 0.2, replay.rates.shape)
    misled = Replay(replay.rates, noise - noise.mean(axis=1, keepdims=True))
    assert gap_closed(misled, ours(misled, 4, 20_000, np.random.default_rng(1), prior=PRIOR)) > 0.6


def test_shares_of_the_gap_are_0_for_uniform_and_1_for_the_best() -> None:
    replay = planted(50, skill=0.5, seed=5)
    assert abs(gap_closed(replay, replay.uniform[None])) < 1e-12
    assert gap_closed(replay, replay.best[None]) == 1.0
