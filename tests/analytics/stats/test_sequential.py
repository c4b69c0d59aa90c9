"""Always-valid comparisons, against simulated experiments whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.stats.betting import BettingSequence
from analytics.stats.cuped import adjusted
from analytics.stats.posterior import outlooks
from analytics.stats.sample_ratio import ratio_p_value
from analytics.stats.sequential import LEAST, Moments, compare, moments_of, ratio_moments, units_needed

ALPHA = 0.05


def shares(rng: np.random.Generator, size: tuple[int, ...], lift: float = 0.0) -> np.ndarray:
    """Watch shares as they come: a third swiped away at once, a tenth to the end, the rest between."""
    kind = rng.random(size)
    between = rng.beta(1.2, 2.5, size)
    return np.where(kind < 0.33 - lift, 0.02, np.where(kind > 0.9, 1.0, between))


def false_alarms(tests: int, units: int, seed: int, alpha: float = ALPHA) -> float:
    """Share of A/A tests in which a look after every pair of units ever finds a difference."""
    rng = np.random.default_rng(seed)
    n = np.arange(1, units + 1)
    sides = []
    for _ in range(2):
        x = shares(rng, (tests, units))
        first, second = np.cumsum(x, axis=1), np.cumsum(x**2, axis=1)
        mean = first / n
        variance = (second - n * mean**2) / np.maximum(n - 1, 1) / n
        sides.append((mean, variance))
    (m1, v1), (m0, v0) = sides
    alarms = 0
    for row in range(tests):
        for at in range(LEAST - 1, units):
            found = compare(
                Moments(at + 1, m1[row, at], v1[row, at]),
                Moments(at + 1, m0[row, at], v0[row, at]),
                alpha=alpha,
            )
            if found.decided:
                alarms += 1
                break
    return alarms / tests


def test_a_a_tests_looked_at_after_every_viewer_rarely_alarm():
    assert false_alarms(120, 500, seed=1) <= ALPHA + 0.03  # two standard errors of 150 tests


@pytest.mark.slow
def test_two_thousand_a_a_tests_with_continuous_looks_keep_the_error_they_promise():
    assert false_alarms(2000, 2000, seed=2) <= ALPHA


def test_a_fixed_size_test_peeked_at_would_alarm_often():
    rng = np.random.default_rng(3)
    n = np.arange(1, 2001)
    x, y = (np.cumsum(shares(rng, (200, 2000)), axis=1) / n for _ in range(2))
    deviation = shares(rng, (10_000,)).std()
    z = (x - y) / (deviation * np.sqrt(2 / n))
    assert (np.abs(z[:, LEAST:]) > 1.96).any(axis=1).mean() > 0.2


def test_a_true_difference_is_found_and_lies_in_the_interval():
    rng = np.random.default_rng(4)
    arm, control = shares(rng, (20_000,), lift=0.12), shares(rng, (20_000,))
    truth = (
        shares(np.random.default_rng(5), (2_000_000,), lift=0.12).mean()
        - shares(np.random.default_rng(6), (2_000_000,)).mean()
    )
    found = compare(moments_of(arm), moments_of(control))
    assert found.low > 0 and found.p_value < 0.001
    assert found.low <= truth <= found.high


def test_p_value_and_interval_say_the_same():
    for mean in (0.50, 0.51, 0.52, 0.53, 0.55):
        found = compare(Moments(500, mean, 4e-5), Moments(500, 0.5, 4e-5))
        assert (found.p_value < ALPHA) == found.decided


def test_nothing_is_said_before_the_least_number_of_units():
    found = compare(Moments(LEAST - 1, 0.9, 1e-6), Moments(LEAST - 1, 0.1, 1e-6))
    assert found.p_value == 1.0 and not found.decided


def test_the_least_p_value_of_earlier_looks_is_kept():
    assert compare(Moments(500, 0.5, 1e-4), Moments(500, 0.5, 1e-4), p_before=0.01).p_value == 0.01


def test_viewers_are_the_unit_where_their_impressions_resemble_each_other():
    rng = np.random.default_rng(7)
    alarms = {"viewer": 0, "impression": 0}
    for _ in range(80):
        sides = {"viewer": [], "impression": []}
        for _ in range(2):
            taste = rng.beta(1, 2, 400)
            count = rng.integers(1, 20, 400)
            total = np.array(
                [np.clip(rng.normal(t, 0.05, c), 0, 1).sum() for t, c in zip(taste, count, strict=True)]
            )
            sides["viewer"].append(ratio_moments(total, count))
            all_of_them = np.repeat(total / count, count)
            sides["impression"].append(moments_of(all_of_them))
        for name, (arm, control) in sides.items():
            alarms[name] += compare(arm, control).decided
    assert alarms["viewer"] <= 5
    assert alarms["impression"] > 12


def test_more_units_are_needed_for_smaller_effects():
    assert units_needed(effect=0.01, deviation=0.3) > 4 * units_needed(effect=0.03, deviation=0.3)


def test_a_betting_interval_ever_misses_the_mean_no_oftener_than_promised():
    rng = np.random.default_rng(8)
    missed = 0
    for _ in range(60):
        sequence = BettingSequence(alpha=0.1)
        low, high = sequence.update((rng.random(200) < 0.1).astype(float))
        missed += not low <= 0.1 <= high  # it only gets narrower, so the last one tells of all
    assert missed <= 6 + 5


def test_a_betting_interval_closes_around_the_mean():
    low, high = BettingSequence().update(np.random.default_rng(9).beta(2, 8, 3000))
    assert low < 0.2 < high and high - low < 0.04


def test_a_betting_interval_refuses_numbers_outside_its_bounds():
    with pytest.raises(ValueError, match="0, 1"):
        BettingSequence().update(np.array([1.2]))


def test_shares_as_planned_raise_no_alarm_and_broken_ones_do():
    rng = np.random.default_rng(10)
    least = []
    for _ in range(300):
        arms = np.cumsum(rng.multinomial(1, [0.5, 0.3, 0.2], 1000), axis=0)
        least.append(min(ratio_p_value([int(c) for c in row], [0.5, 0.3, 0.2]) for row in arms[::10]))
    assert np.mean(np.array(least) < 0.05) <= 0.05
    assert ratio_p_value([5300, 4700], [0.5, 0.5]) < 0.001
    with pytest.raises(ValueError, match="sum to 1"):
        ratio_p_value([1, 2], [0.5, 0.6])


def test_cuped_removes_what_was_known_before_and_no_difference_between_arms():
    rng = np.random.default_rng(11)
    before = rng.normal(size=4000)
    arm = np.arange(4000) % 2
    now = 0.8 * before + 0.6 * rng.normal(size=4000) + 0.1 * arm
    before[:200] = np.nan
    better, removed = adjusted(now, before)
    assert 0.5 < removed < 0.7
    plain, less = (x[arm == 1].mean() - x[arm == 0].mean() for x in (now, better))
    assert abs(less - 0.1) < 0.05 and abs(less - 0.1) <= abs(plain - 0.1) + 0.02


def test_chances_of_being_best_sum_to_one_and_follow_the_evidence():
    views = outlooks([Moments(500, 0.4, 1e-5), Moments(500, 0.45, 1e-5), Moments(0, 0.0, np.inf)], seed=1)
    assert sum(view.best for view in views) == pytest.approx(1)
    assert views[1].best > views[0].best and views[1].loss < views[0].loss
    assert views[2].deviation > views[1].deviation
