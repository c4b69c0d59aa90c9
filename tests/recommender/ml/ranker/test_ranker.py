"""The contract of every ranker, on a small planted log."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recommender.errors import InteractionsInvalid, RankerFileInvalid, RankerNotFitted
from recommender.ml import Ranker


def planted(users: int = 40, items: int = 30, length: int = 8, seed: int = 0) -> pd.DataFrame:
    """Even users like even items, odd users odd ones."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        liked = rng.permutation(np.arange(user % 2, items, 2))[:length]
        rows += [(user + 100, item + 1000, 60.0 * (user + 10 * n)) for n, item in enumerate(liked)]
    return pd.DataFrame(rows, columns=["user", "item", "timestamp"])


@pytest.fixture(scope="module")
def fitted() -> Ranker:
    return Ranker(seed=3).fit(planted())


def test_recommendations_have_the_promised_shape_and_leave_out_what_was_seen(fitted):
    frame = planted()
    users = frame.user.unique()
    page = fitted.recommend(users, 5)
    assert page.shape == (len(users), 5) and page.dtype == np.int64
    seen = frame.groupby("user")["item"].agg(set)
    for user, row in zip(users, page):
        assert len(set(row)) == 5 and not seen[user] & set(row)


def test_the_planted_taste_is_found(fitted):
    users = planted().user.unique()
    page = fitted.recommend(users, 5)
    assert np.mean((page % 2) == (users % 2)[:, None]) > 0.95


def test_a_page_longer_than_what_is_left_is_padded(fitted):
    page = fitted.recommend([100], 40)
    assert (page[0, :22] >= 0).all() and (page[0, 22:] == -1).all()


def test_seen_items_come_back_when_asked_for(fitted):
    assert (fitted.recommend([100], 30, exclude_seen=False) >= 0).all()


def test_an_unknown_user_gets_what_is_popular(fitted):
    page = fitted.recommend([987654], 5)
    assert (page >= 1000).all() and len(set(page[0])) == 5


def test_no_users_give_no_rows(fitted):
    assert fitted.recommend([], 5).shape == (0, 5)


def test_a_saved_ranker_gives_the_same_pages(fitted, tmp_path):
    fitted.save(tmp_path)
    again = Ranker.load(tmp_path)
    users = planted().user.unique()
    assert np.array_equal(again.recommend(users, 6), fitted.recommend(users, 6))
    assert np.array_equal(again.similar_items([1000, 1001], 4), fitted.similar_items([1000, 1001], 4))
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".json", ".safetensors"]


def test_a_folder_without_a_ranker_is_named(tmp_path):
    with pytest.raises(RankerFileInvalid, match="No saved ranker"):
        Ranker.load(tmp_path / "nothing")


def test_the_same_seed_gives_the_same_pages(fitted):
    users = planted().user.unique()
    assert np.array_equal(Ranker(seed=3).fit(planted()).recommend(users, 6), fitted.recommend(users, 6))


def test_a_fresh_history_is_scored_without_fitting_again(fitted):
    scores = fitted.score_histories([([1000, 1002, 1004], [0.0, 60.0, 120.0]), ([], [])])
    assert scores.shape == (2, 30) and scores.dtype == np.float32
    best = fitted.item_ids_[np.argsort(-scores[0])[:8]]
    assert np.mean(best % 2 == 0) > 0.8


def test_similar_items_share_the_planted_taste_and_leave_out_the_item(fitted):
    near = fitted.similar_items([1000, 1001, 5], 4)
    assert 1000 not in near[0] and np.mean(near[0] % 2 == 0) > 0.7 and (near[2] == -1).all()


def test_asking_before_fitting_is_an_error_with_a_sentence():
    with pytest.raises(RankerNotFitted, match="after fit or load"):
        Ranker().recommend([1], 3)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"user": [1], "item": [2]}), "timestamp is missing"),
        (pd.DataFrame({"user": [], "item": [], "timestamp": []}), "at least one row"),
        (pd.DataFrame({"user": [1], "item": [2.5], "timestamp": [0]}), "whole numbers"),
        (pd.DataFrame({"user": ["x"], "item": [2], "timestamp": [0]}), "whole numbers"),
        (pd.DataFrame({"user": [1], "item": [2], "timestamp": [np.nan]}), "finite seconds"),
    ],
)
def test_a_broken_frame_gets_a_sentence(frame, words):
    with pytest.raises(InteractionsInvalid, match=words):
        Ranker().fit(frame)
