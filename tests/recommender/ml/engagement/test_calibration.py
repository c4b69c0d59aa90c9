"""Probabilities planted by us, bent, and bent back."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import logit
from sklearn.isotonic import IsotonicRegression

from recommender.errors import RankingInputInvalid, RankingNotFitted
from recommender.ml.engagement.calibration import Calibrator, expected_calibration_error, reliability_table


def planted(n, seed=0):
    """True probabilities, labels drawn from them, and scores that are the truth squared."""
    rng = np.random.default_rng(seed)
    truth = rng.beta(1.2, 3, n)
    return truth, (rng.random(n) < truth).astype(float), truth**2


@pytest.mark.parametrize(("n", "used", "error"), [(400, "platt", 0.05), (20_000, "isotonic", 0.015)])
def test_the_planted_probabilities_come_back(n, used, error):
    _, labels, scores = planted(n)
    calibrator = Calibrator().fit(scores, labels)
    truth, later, bent = planted(20_000, seed=1)
    found = calibrator.transform(bent)
    assert calibrator.used_ == used
    assert np.abs(found - truth).mean() < error
    assert expected_calibration_error(found, later) < expected_calibration_error(bent, later) / 3


def test_the_sigmoid_is_the_one_that_fits_platt_s_targets_best():
    """Against a general minimizer; the targets are Platt's (N₊ + 1)/(N₊ + 2) and 1/(N₋ + 2), so certainty stays finite."""
    _, labels, scores = planted(60)
    scores = scores.clip(0.01, 0.99)
    ones = labels.sum()
    target = np.where(labels == 1, (ones + 1) / (ones + 2), 1 / (60 - ones + 2))

    def loss(beta):
        odds = beta[0] * logit(scores) + beta[1]
        return np.sum(np.logaddexp(0, odds) - target * odds)

    best = minimize(loss, [1.0, 0.0]).x
    found = Calibrator("platt").fit(scores, labels)
    np.testing.assert_allclose([found.slope_, found.offset_], best, atol=5e-3)
    apart = Calibrator("platt").fit(np.r_[np.full(5, 0.1), np.full(5, 0.9)], np.r_[np.zeros(5), np.ones(5)])
    np.testing.assert_allclose(apart.transform([0.1, 0.9]), [1 / 7, 6 / 7], atol=5e-3)


def test_the_staircase_is_scikit_learn_s():
    _, labels, scores = planted(1500)
    scores = np.round(scores, 2)
    ours = Calibrator("isotonic").fit(scores, labels)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(scores, labels)
    np.testing.assert_allclose(ours.transform(scores), theirs.predict(scores), atol=1e-9)


@given(st.integers(0, 1000), st.integers(0, 60), st.sampled_from(["auto", "isotonic", "platt"]))
@settings(deadline=None, max_examples=60)
def test_a_higher_score_is_never_made_less_probable(seed, n, method):
    rng = np.random.default_rng(seed)
    calibrator = Calibrator(method).fit(rng.random(n), rng.integers(0, 2, n), rng.random(n))
    found = calibrator.transform(np.linspace(0, 1, 101))
    assert (np.diff(found) >= -1e-12).all() and (found >= 0).all() and (found <= 1).all()


def test_one_label_alone_gives_its_rate_pulled_toward_a_half():
    calibrator = Calibrator().fit([0.2, 0.9], [0, 0])
    assert calibrator.used_ == "constant"
    np.testing.assert_allclose(calibrator.transform([0.0, 1.0]), 0.25)


def test_the_calibration_error_of_a_known_gap_is_that_gap():
    labels = np.r_[np.ones(30), np.zeros(70)]
    assert expected_calibration_error(np.full(100, 0.5), labels) == pytest.approx(0.2)
    table = reliability_table(np.r_[np.full(50, 0.1), np.full(50, 0.9)], np.r_[np.zeros(50), np.ones(50)])
    assert [(row.rows, row.observed) for row in table] == [(50, 0.0), (50, 1.0)]


def test_true_probabilities_have_next_to_no_calibration_error():
    truth, labels, _ = planted(50_000)
    assert expected_calibration_error(truth, labels) < 0.01
    assert expected_calibration_error(truth, labels, equal_mass=False) < 0.01


def test_reliability_rows_hold_every_prediction_once():
    truth, labels, _ = planted(1234)
    for equal_mass in (True, False):
        table = reliability_table(truth, labels, equal_mass=equal_mass)
        assert sum(row.rows for row in table) == 1234
        assert all(a.high < b.low for a, b in itertools.pairwise(table))


def test_saved_and_loaded_maps_agree(tmp_path):
    _, labels, scores = planted(3000)
    for method in ("isotonic", "platt"):
        calibrator = Calibrator(method).fit(scores, labels)
        calibrator.save(tmp_path / "map.json")
        np.testing.assert_array_equal(
            calibrator.transform(scores), Calibrator.load(tmp_path / "map.json").transform(scores)
        )


def test_bad_rows_and_an_unfitted_use_are_refused_in_words():
    with pytest.raises(RankingNotFitted, match="call fit or load"):
        Calibrator().transform([0.5])
    with pytest.raises(RankingInputInvalid, match="one length"):
        Calibrator().fit([0.5], [1, 0])
    with pytest.raises(RankingInputInvalid, match="must lie in"):
        Calibrator().fit([1.5], [1])
