"""Logs whose structure was planted: what the ranker must find in them is known beforehand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender.ml import Ranker
from recommender.ml.interactions import read_interactions
from recommender.ml.ranker.linear import faded, fit_linear

MOVIELENS = (
    Path(__file__).resolve().parents[5] / "shared" / "data" / "interactions" / "ml-100k" / "interactions.csv"
)


def frame_of(rows):
    return pd.DataFrame(rows, columns=["user", "item", "timestamp"])


def walks(users=160, items=60, length=9, seed=0):
    """Every user walks a hidden ring of items; the truth is the next item of the ring."""
    rng = np.random.default_rng(seed)
    ring = rng.permutation(items)
    rows, truth = [], {}
    for user in range(users):
        start = rng.integers(items)
        moment = rng.uniform(0, 1e6)
        for step in range(length):
            rows.append((user, int(ring[(start + step) % items]), moment + 60 * step))
        truth[user] = int(ring[(start + length) % items])
    return frame_of(rows), truth


def tastes(users=160, items=60, length=10, seed=1):
    """Four tastes, and times that say nothing; the truth is one more item of the taste, hidden from the log."""
    rng = np.random.default_rng(seed)
    rows, truth = [], {}
    for user in range(users):
        liked = rng.permutation(np.arange(user % 4, items, 4))[: length + 1]
        rows += [(user, int(item), float(t)) for item, t in zip(liked[:-1], rng.uniform(0, 1e6, length))]
        truth[user] = int(liked[-1])
    return frame_of(rows), truth


def waves(users=150, items=50, seed=2):
    """Ten waves of five items each: at any moment nearly everyone meets the items of the present wave."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        first = int(rng.integers(0, 9))
        for wave in (first, first + 1):
            picks = rng.permutation(5)[:3] + 5 * wave
            rows += [(user, int(item), 1e5 * wave + rng.uniform(0, 9e4)) for item in picks]
        rows.append((user, int(rng.integers(items)), 1e5 * (first + 1) + 9.5e4))
    return frame_of(rows)


@pytest.fixture(scope="module")
def walked():
    frame, truth = walks()
    return frame, truth, Ranker(seed=1).fit(frame)


def test_planted_order_is_noticed_and_beats_the_order_free_model(walked):
    frame, truth, ranker = walked
    users = np.array(list(truth))
    ours = np.mean(ranker.recommend(users, 1)[:, 0] == np.array([truth[user] for user in users]))
    log = read_interactions(frame)
    histories = log.histories(np.arange(log.user_count))
    scores = fit_linear(log.matrix(), penalty=10.0).scores(faded(histories, log.item_count, np.inf))
    scores[log.matrix().toarray() > 0] = -np.inf
    linear = np.mean(log.item_ids[scores.argmax(1)] == np.array([truth[user] for user in log.user_ids]))
    assert ranker.summary_["order"] is True
    assert ours > 0.85 and ours > 1.3 * linear


def test_a_reaction_changes_what_comes_next_without_fitting_again(walked):
    frame, _, ranker = walked
    walk = frame[frame.user == 0].sort_values("timestamp")
    items, times = walk.item.to_numpy(), walk.timestamp.to_numpy()
    before, after = ranker.score_histories([(items[:4], times[:4]), (items[:5], times[:5])], now=times[4] + 1)
    unseen = ~np.isin(ranker.item_ids_, items[:4])
    assert ranker.item_ids_[unseen][before[unseen].argmax()] == items[4]
    unseen &= ranker.item_ids_ != items[4]
    assert ranker.item_ids_[unseen][after[unseen].argmax()] == items[5]


def test_where_times_say_nothing_the_linear_model_is_leant_on():
    frame, truth = tastes()
    ranker = Ranker(seed=1).fit(frame)
    users = np.array(list(truth))
    page = ranker.recommend(users, 5)
    assert np.mean(page % 4 == (users % 4)[:, None]) > 0.95
    assert ranker.summary_["order"] is False
    assert ranker.summary_["goes_on"][2] > 0  # the linear signal's weight


def test_a_planted_trend_is_followed():
    frame = waves()
    ranker = Ranker(seed=1).fit(frame)
    late = frame[frame.timestamp > 9e5].user.unique()
    page = ranker.recommend([10_000], 5)[0]
    assert len(late) > 5 and np.mean(page >= 45) >= 0.8  # an unknown user is shown the last wave


def test_an_unmet_item_is_placed_by_its_description():
    frame, _ = tastes(users=80)
    words = ["tent camping forest", "espresso milk foam", "guitar chords song", "puppy training walk"]
    ids = np.arange(64)
    items = pd.DataFrame({"item": ids, "text": [f"{words[item % 4]} {item}" for item in ids]})
    ranker = Ranker(seed=1).fit(frame, items)
    assert ranker.summary_["items"]["cold"] == 4
    fans = frame[frame.user % 4 == 0].user.unique()
    histories = [
        (part.item.to_numpy(), part.timestamp.to_numpy())
        for _, part in frame[frame.user.isin(fans)].groupby("user")
    ]
    cold = ranker.score_histories(histories)[:, 60:]
    assert np.mean(cold.argmax(1) == 0) > 0.9  # item 60 is a tent, too
    assert 60 in ranker.similar_items([0], 20)[0]


def test_a_slice_of_movielens_beats_popularity():
    if not MOVIELENS.exists():
        pytest.skip("the shared interaction logs are not beside the repository")
    frame = pd.read_csv(MOVIELENS)
    frame = frame[frame.user.isin(np.sort(frame.user.unique())[:60])].sort_values("timestamp", kind="stable")
    last = ~frame.duplicated("user", keep="last")
    train, test = frame[~last], frame[last].set_index("user")["item"]
    popular = train["item"].value_counts().index.to_numpy()
    seen = train.groupby("user")["item"].agg(set)
    page = Ranker(seed=0).fit(train).recommend(test.index.to_numpy(), 20)
    ours = np.mean([item in row for item, row in zip(test, page)])
    shown = [[item for item in popular if item not in seen[user]][:20] for user in test.index]
    assert ours > np.mean([item in row for item, row in zip(test, shown)])
