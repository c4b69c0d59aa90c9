"""The gate between what serves and a new version, on held-out lessons with planted scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from generation.moderation.learning.comparing import Judged, auc_of, compared, why_not

FINE = {"now": {"false_positive_rate": 0.0, "auc": 0.9}, "new": {"false_positive_rate": 0.0, "auc": 0.9}}


def judged(before: float, after: float, *, count: int = 200, seed: int = 0) -> Judged:
    """Scores that stand ``before`` and ``after`` spreads above noise where people found a violation."""
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % 3 == 0
    noise = rng.normal(size=count)
    now, new = (0.3 + 0.05 * (noise + spread * truth) for spread in (before, after))
    return Judged(truth, now, new, np.arange(count) // 2)


def test_auc_is_scikit_learns_with_ties_and_a_half_where_one_answer_is_missing() -> None:
    rng = np.random.default_rng(1)
    truth, scores = rng.random(300) < 0.4, np.round(rng.random(300), 1)
    assert auc_of(truth, scores) == pytest.approx(roc_auc_score(truth, scores))
    assert auc_of(np.ones(4, bool), np.arange(4.0)) == 0.5


def test_a_better_version_passes_and_the_difference_has_its_interval() -> None:
    told = compared(judged(0.5, 2.5), line=0.6, seed=0)
    assert told["lessons"] == 200 and told["new"]["auc"] > told["now"]["auc"]
    gain = told["gain"]
    assert 0 < gain["low"] < gain["difference"] < gain["high"] and gain["sure"] == 1.0
    assert why_not(told, FINE) == []


@pytest.mark.parametrize(("before", "after"), [(2.5, 0.5), (1.5, 1.5)])
def test_a_worse_or_equal_version_is_not_promoted(before: float, after: float) -> None:
    assert why_not(compared(judged(before, after), line=0.6, seed=0), FINE) == ["not_better"]


def test_a_version_that_was_judged_on_too_little_is_not_promoted() -> None:
    assert why_not(compared(judged(0.5, 2.5, count=30), line=0.6, seed=0), FINE) == ["too_few_held_out"]
    none = Judged(np.zeros(0, bool), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    assert why_not(compared(none, line=0.6, seed=0), FINE) == ["too_few_held_out"]


def test_more_false_positives_or_a_worse_fixed_set_keep_a_better_version_back() -> None:
    told = compared(judged(0.5, 2.5), line=0.6, seed=0)
    assert (told["newly_right"], told["newly_wrong"]) == (0, 0), "the line lies above both"
    told["new"]["false_positive_rate"] = told["now"]["false_positive_rate"] + 0.1
    told["newly_right"], told["newly_wrong"] = 5, 5
    assert why_not(told, FINE) == [], "as many violations are found by it"
    told["newly_wrong"] = 6
    fixed: dict[str, Any] = {"now": FINE["now"], "new": {"false_positive_rate": 0.02, "auc": 0.9}}
    assert why_not(told, FINE) == ["more_false_positives"]
    assert why_not(told, fixed) == ["more_false_positives", "worse_on_the_fixed_set"]
    told["new"]["false_positive_rate"] = 0.0
    assert why_not(told, {"now": FINE["now"], "new": {"false_positive_rate": 0.0, "auc": 0.8}}) == [
        "worse_on_the_fixed_set"
    ]


def test_what_would_be_looked_at_newly_is_counted_by_what_people_said() -> None:
    truth = np.array([True, True, False, False, True])
    before, after = np.array([0.1, 0.7, 0.1, 0.1, 0.1]), np.array([0.6, 0.8, 0.6, 0.2, 0.7])
    told = compared(Judged(truth, before, after, np.arange(5)), line=0.6, seed=0)
    assert (told["newly_right"], told["newly_wrong"]) == (2, 1)


def test_creators_are_drawn_whole() -> None:
    """One creator's hundred lessons are one draw: what only they show is not sure."""
    rng = np.random.default_rng(0)
    truth = np.arange(120) % 2 == 0
    before = rng.random(120)
    after = np.where(np.arange(120) < 100, truth.astype(float), before)  # better on the first creator alone
    creators = np.where(np.arange(120) < 100, 0, np.arange(120))
    together = compared(Judged(truth, before, after, creators), line=0.5, seed=0)["gain"]
    apart = compared(Judged(truth, before, after, np.arange(120)), line=0.5, seed=0)["gain"]
    assert together["sure"] < 0.95 < apart["sure"]
