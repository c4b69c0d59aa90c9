"""The watch score: fair to every length, monotone, and sensible with few or cut-off viewings."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from recommender.errors import RankingInputInvalid, RankingNotFitted
from recommender.ml.engagement.duration import DurationCorrection


def viewings(n, seed=0):
    """Interest in [0, 1] is the truth; longer videos are watched for more seconds but smaller shares."""
    rng = np.random.default_rng(seed)
    duration = np.exp(rng.normal(3, 0.8, n)).clip(3, 90)
    interest = rng.random(n)
    wish = duration * rng.gamma(3, 1, n) * interest * (15 / duration) ** 0.5 * 0.5
    return pd.DataFrame(
        {"watch_seconds": np.minimum(wish, 3 * duration), "duration_seconds": duration, "interest": interest}
    )


def score(correction, frame, **more):
    return correction.transform(frame["watch_seconds"], frame["duration_seconds"], **more)


def test_the_score_forgets_duration_and_remembers_interest():
    frame = viewings(20_000)
    watch, duration = frame["watch_seconds"], frame["duration_seconds"]
    scores = score(DurationCorrection().fit(frame), viewings(20_000, seed=1))
    held_out = viewings(20_000, seed=1)
    assert abs(spearmanr(watch / duration, duration)[0]) > 0.2 and spearmanr(watch, duration)[0] > 0.2
    assert abs(spearmanr(scores, held_out["duration_seconds"])[0]) < 0.03
    truth = held_out["interest"]
    assert spearmanr(scores, truth)[0] > spearmanr(held_out["watch_seconds"], truth)[0] + 0.03
    assert scores.mean() == pytest.approx(0.5, abs=0.01)


@given(
    seed=st.integers(0, 1000),
    n=st.integers(0, 400),
    duration=st.floats(0.5, 300),
    watches=st.lists(st.floats(0, 2000), min_size=2, max_size=20),
    cut=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_more_watching_never_scores_less(seed, n, duration, watches, cut):
    frame = viewings(n, seed)
    if cut:
        frame["censored"] = np.random.default_rng(seed).random(n) < 0.3
    watches = np.sort(watches)
    scores = (
        DurationCorrection(rows_per_bucket=20).fit(frame).transform(watches, np.full(len(watches), duration))
    )
    assert (scores >= 0).all() and (scores <= 1).all()
    assert (np.diff(scores) >= -1e-12).all()


def test_videos_of_one_length_get_their_empirical_quantiles():
    watch = np.random.default_rng(0).permutation(np.linspace(0.1, 29, 5000))
    frame = pd.DataFrame({"watch_seconds": watch, "duration_seconds": 30.0})
    scores = score(DurationCorrection().fit(frame), frame)
    np.testing.assert_allclose(scores, (np.argsort(np.argsort(watch)) + 0.5) / 5000, atol=0.01)


def test_viewings_that_end_alike_share_the_middle_of_their_quantiles():
    """Half of the viewers watch to the end: they hold the quantiles ½ to 1, so each scores ¾."""
    watch = np.r_[np.linspace(0, 19.9, 2000), np.full(2000, 20.0)]
    frame = pd.DataFrame({"watch_seconds": watch, "duration_seconds": 20.0})
    correction = DurationCorrection().fit(frame)
    assert correction.transform([20], [20])[0] == pytest.approx(0.75, abs=0.01)
    assert score(correction, frame).mean() == pytest.approx(0.5, abs=0.01)


def test_loops_count_beyond_one_whole_viewing():
    correction = DurationCorrection().fit(viewings(5000))
    once, twice, many = correction.transform([30, 60, 3000], [30, 30, 30])
    assert once < twice <= many <= 1


def test_no_viewing_at_all_gives_the_watch_ratio_and_says_so():
    correction = DurationCorrection().fit(pd.DataFrame({"watch_seconds": [], "duration_seconds": []}))
    np.testing.assert_allclose(correction.transform([5, 30, 90], [10, 30, 30]), [0.5, 1, 1])
    assert "No viewing" in correction.explanation


def test_a_few_viewings_move_the_score_only_a_little():
    frame = pd.DataFrame({"watch_seconds": [1.0, 1.0], "duration_seconds": [10.0, 10.0]})
    assert abs(DurationCorrection().fit(frame).transform([5], [10])[0] - 0.5) < 0.1


def test_cut_off_viewings_do_not_pull_the_distribution_down():
    """Half the viewings are cut at a random moment that has nothing to do with the viewer; Kaplan–Meier undoes it."""
    rng = np.random.default_rng(3)
    wish, cut = rng.uniform(0, 20, 40_000), rng.uniform(0, 40, 40_000)
    frame = pd.DataFrame({"watch_seconds": np.minimum(wish, cut), "duration_seconds": 20.0})
    blind = DurationCorrection().fit(frame).transform([10], [20])[0]
    aware = DurationCorrection().fit(frame.assign(censored=cut < wish)).transform([10], [20])[0]
    assert aware == pytest.approx(0.5, abs=0.015) and blind > 0.6


def test_a_cut_off_viewing_scores_what_it_could_have_become():
    correction = DurationCorrection().fit(viewings(5000))
    plain, cut = correction.transform([4, 4], [20, 20], censored=[False, True])
    assert cut == pytest.approx((1 + plain) / 2)


def test_one_more_second_of_duration_never_makes_a_jump():
    correction = DurationCorrection().fit(viewings(20_000))
    durations = np.linspace(3, 90, 3000)
    scores = correction.transform(durations * 0.5, durations)
    assert np.abs(np.diff(scores)).max() < 0.02


def test_saved_and_loaded_scores_are_the_same(tmp_path):
    frame = viewings(500)
    correction = DurationCorrection().fit(frame)
    correction.save(tmp_path / "duration.json")
    np.testing.assert_array_equal(
        score(correction, frame), score(DurationCorrection.load(tmp_path / "duration.json"), frame)
    )


def test_impossible_seconds_and_an_unfitted_use_are_refused_in_words():
    with pytest.raises(RankingNotFitted, match="call fit or load"):
        DurationCorrection().transform([1], [2])
    correction = DurationCorrection().fit(viewings(10))
    for watch, duration in ([[-1.0], [3.0]], [[1.0], [0.0]], [[np.nan], [3.0]]):
        with pytest.raises(RankingInputInvalid, match="seconds must be finite"):
            correction.transform(watch, duration)
    with pytest.raises(RankingInputInvalid, match="one for each"):
        correction.transform([1, 2], [3])
