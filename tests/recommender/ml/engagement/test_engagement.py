"""The learned blend on a planted audience: it finds what matters, forgives position, and knows when it knows nothing."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import spearmanr

from recommender.errors import RankingInputInvalid
from recommender.ml.engagement.calibration import expected_calibration_error
from recommender.ml.engagement.features import FEATURES, HEADS
from recommender.ml.engagement.model import EngagementModel, Predictions, Weights


def truth(table):
    """The planted audience at the first slot: content and taste matter, the item source is noise, midnight is for likes."""
    pull = 2.5 * (table["content"] - 0.5) + 1.5 * table["taste"] + 1.2 * (table["quality"] - 0.5)
    return pull, expit(pull), expit(pull - 3 + 2 * (table["hour"] > 22))


def shown(n, seed=0):
    """Logged slots: the old policy put well-liked videos on top, and people look less far down."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "content": rng.random(n),
            "items": rng.random(n),
            "taste": rng.uniform(-1, 1, n),
            "quality": rng.random(n),
            "hour": rng.uniform(0, 24, n),
            "age_hours": rng.exponential(50, n),
            "duration_seconds": rng.uniform(3, 90, n),
        }
    )
    table.loc[rng.random(n) < 0.2, "taste"] = 0.0
    # the item source has no meaning for viewers, but the old policy trusted it, so it stands on top
    table["position"] = np.clip((10 * (1 - table["items"]) + rng.normal(0, 1, n)).round(), 0, 9)
    pull, _, like = truth(table)
    seen = np.exp(-0.25 * table["position"])
    table["watch"] = np.clip(expit(pull + rng.normal(0, 0.7, n)) * (0.4 + 0.6 * seen), 0, 1)
    table["like"] = (rng.random(n) < like * seen).astype(float)
    table["share"] = (rng.random(n) < 0.2 * like * seen).astype(float)
    table["skip"] = (rng.random(n) < 1 - table["watch"]).astype(float)
    table["timestamp"] = np.arange(n) + 1e9
    return table


@pytest.fixture(scope="module")
def learned():
    return EngagementModel(seed=3).fit(shown(6000))


def test_the_learned_blend_ranks_as_the_audience_would(learned):
    table = shown(3000, seed=9)
    pull, _, like = truth(table)
    found = learned.predict(table)
    prior = EngagementModel().predict(table)
    assert spearmanr(found.watch, pull)[0] > 0.93 > spearmanr(prior.watch, pull)[0]
    assert spearmanr(found.like, like)[0] > 0.85
    assert spearmanr(found.skip, -pull)[0] > 0.9
    assert {learned.report[head]["kind"] for head in ("watch", "like", "skip")} <= {"linear", "trees"}
    assert "Learned from 6000" in learned.explanation


def test_standing_on_top_is_not_mistaken_for_being_good(learned):
    table = shown(3000, seed=9)
    assert spearmanr(table["watch"], table["items"])[0] > 0.2, "the logs do reward the position"
    blind = shown(6000).drop(columns="position")
    fooled = EngagementModel(seed=3).fit(blind).predict(table)
    assert abs(spearmanr(learned.predict(table).watch, table["items"])[0]) < 0.12
    assert spearmanr(fooled.watch, table["items"])[0] > 0.25


def test_where_the_viewer_stands_on_the_page_does_not_change_the_prediction(learned):
    table = shown(50, seed=2)
    for head in HEADS:
        top = getattr(learned.predict(table.assign(position=0)), head)
        np.testing.assert_array_equal(top, getattr(learned.predict(table.assign(position=9)), head))


def test_probabilities_are_calibrated_on_rows_nobody_learned_from(learned):
    later = shown(40_000, seed=5)
    top = later[later["position"] == 0]
    for head in ("like", "share", "skip"):
        wrong, right = (
            expected_calibration_error(getattr(model.predict(top), head), top[head], bins=8)
            for model in (EngagementModel(), learned)
        )
        # the first slot is a corner of the logs, and in them content matters less further down: a line keeps some of that
        assert right < 0.06, (head, right)
        assert right < wrong or head == "share", "the prior's rate of shares happens to be the planted one"


def test_the_held_out_loss_of_the_chosen_kind_is_the_least(learned):
    for report in learned.report.values():
        losses = report["log_loss"]
        assert losses[report["kind"]] <= min(losses.values()) * 1.002


def test_unfitted_it_is_the_prior_blend_and_says_so():
    model = EngagementModel()
    found = model.predict({"sequence": [0.9, 0.1, np.nan], "age_hours": [1, 1, 1]})
    assert found.watch[0] > found.watch[2] == 0.5 > found.watch[1]
    assert found.skip[0] < found.skip[1]
    assert "prior blend" in model.explanation


@pytest.mark.parametrize(("rows", "kinds"), [(0, {"prior"}), (60, {"prior"}), (500, {"prior", "linear"})])
def test_few_rows_never_grow_trees(rows, kinds):
    model = EngagementModel().fit(shown(max(rows, 1)).iloc[:rows])
    assert {report["kind"] for report in model.report.values()} <= kinds
    assert np.isfinite(model.predict(shown(10, seed=1)).combined()).all()


def test_a_label_nobody_recorded_leaves_its_head_at_the_prior():
    table = shown(400).drop(columns="share")
    table.loc[:100, "like"] = np.nan
    model = EngagementModel().fit(table)
    assert model.report["share"] == {"rows": 0, "mean": None, "kind": "prior"}
    assert model.report["like"]["rows"] == 299


def test_saved_and_loaded_it_predicts_the_same_and_fitted_twice_too(learned, tmp_path):
    learned.save(tmp_path / "model")
    table = shown(300, seed=4)
    for other in (EngagementModel.load(tmp_path / "model"), EngagementModel(seed=3).fit(shown(6000))):
        np.testing.assert_array_equal(other.predict(table).combined(), learned.predict(table).combined())
    assert EngagementModel.load(tmp_path / "model").report == learned.report
    EngagementModel().save(tmp_path / "empty")
    assert "prior blend" in EngagementModel.load(tmp_path / "empty").explanation


def test_the_leading_source_is_the_one_the_score_hangs_on(learned):
    table = {
        "content": [0.95, 0.0],
        "items": [0.95, 0.0],
        "taste": [0.0, 0.0],
        "quality": [0.5, 0.5],
        "hour": [12, 12],
    }
    assert learned.leading_source(table) == ["content", ""]
    assert EngagementModel().leading_source({"sequence": [0.9], "trending": [0.2]}) == ["sequence"]


@given(
    st.lists(st.tuples(*[st.floats(0, 1)] * 4), min_size=1, max_size=20),
    st.tuples(st.floats(0.01, 5), st.floats(0, 5), st.floats(0, 5), st.floats(0, 5)),
)
@settings(deadline=None)
def test_the_combined_score_lies_in_0_1_and_rises_with_each_good_thing(rows, weights):
    watch, like, share, skip = np.array(rows).T
    chosen = Weights(*weights)
    score = Predictions(watch, like, share, skip).combined(chosen)
    assert (score >= -1e-12).all() and (score <= 1 + 1e-12).all()
    better = Predictions(np.minimum(watch + 0.1, 1), like, share, skip / 2).combined(chosen)
    assert (better >= score - 1e-12).all()


@given(
    st.dictionaries(
        st.sampled_from(FEATURES), st.sampled_from([np.nan, np.inf, -np.inf, -5.0, 0.0, 1.0, 1e9]), min_size=1
    )
)
@settings(deadline=None, max_examples=50)
def test_wild_or_missing_features_still_give_probabilities(learned, values):
    for model in (learned, EngagementModel()):
        found = model.predict({name: [value] for name, value in values.items()})
        for head in HEADS:
            assert 0 <= getattr(found, head)[0] <= 1


def test_five_hundred_candidates_cost_a_few_milliseconds(learned):
    table = {name: np.asarray(values) for name, values in shown(500, seed=6).items()}
    learned.predict(table)
    start = time.process_time()
    for _ in range(20):
        learned.predict(table).combined()
    # measured 2–3 ms of processor time; the bound is wide because the test machine is shared
    assert (time.process_time() - start) / 20 < 0.015


def test_wrong_labels_shapes_and_names_are_refused_in_words():
    with pytest.raises(RankingInputInvalid, match="must lie in"):
        EngagementModel().fit(shown(300).assign(watch=3.0))
    with pytest.raises(RankingInputInvalid, match="No known feature"):
        EngagementModel().predict({"unknown": [1.0]})
    with pytest.raises(RankingInputInvalid, match="has shape"):
        EngagementModel().predict({"content": [1.0, 2.0], "items": [1.0]})
    with pytest.raises(RankingInputInvalid, match="at least 0"):
        EngagementModel().predict({"content": [1.0]}).combined(Weights(watch=-1))
