"""The protocol that the ranker's figures rest on: what it splits, counts and refuses, on cases small enough to reckon."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import ndcg_score

from benchmarks.recommender import __main__ as recommender
from benchmarks.recommender import peers
from benchmarks.recommender.protocol import evaluate, load, measures, split


def log(*rows: tuple[int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["user", "item", "timestamp"]).assign(rating=5)


class Fixed:
    """Recommends what it was told."""

    def __init__(self, *rows: list[int]) -> None:
        self.rows = rows

    def fit(self, train: pd.DataFrame) -> Fixed:
        return self

    def recommend(self, users: np.ndarray, k: int) -> np.ndarray:
        return np.array([row + [-1] * (k - len(row)) for row in self.rows])


def test_grouplens_own_files_are_read_as_they_are(tmp_path):
    (tmp_path / "u.data").write_text("7\t2\t4\t300\n7\t1\t5\t100\n8\t1\t3\t100\n")
    flags = {1: {3, 4, 5}, 2: set()}
    titles = {1: "Toy Story (1995)", 2: "Misérables, Les"}
    lines = [
        "|".join(
            [str(item), title, "01-Jan-1995", "", "url", *(str(int(n in flags[item])) for n in range(19))]
        )
        for item, title in titles.items()
    ]
    (tmp_path / "u.item").write_text("\n".join(lines) + "\n", encoding="latin-1")
    frame, items = load(tmp_path)
    assert frame[["user", "item", "timestamp", "rating"]].to_numpy().tolist() == [
        [7, 1, 100, 5], [8, 1, 100, 3], [7, 2, 300, 4],
    ]  # fmt: skip
    assert items is not None
    assert items["text"].tolist() == ["Toy Story", "Misérables, Les"]
    assert items["created_year"].tolist()[0] == 1995
    assert items["category"].tolist() == ["Animation Children's Comedy", ""]


def test_data_that_is_not_there_is_named_with_where_it_comes_from(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["recommender", "--data", str(tmp_path / "none")])
    with pytest.raises(SystemExit) as left:
        recommender.main()
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert (
        "holds neither interactions.csv nor u.data. Such data is public: MovieLens 100K of GroupLens" in said
    )
    assert "user, item, timestamp (seconds), rating" in said


def test_the_last_item_is_tested_and_the_one_before_it_validates():
    frame = log((1, 10, 1), (1, 11, 2), (2, 10, 3), (1, 12, 4), (2, 13, 5))
    train, valid, test = split(frame, "loo")
    assert test["item"].tolist() == [12]
    assert valid["item"].tolist() == [11]
    assert train["item"].tolist() == [10, 10, 13]  # a user of two interactions only trains


def test_the_cut_in_time_gives_the_last_tenths_to_validation_and_test():
    train, valid, test = split(log(*((n, n, n) for n in range(20))), "temporal")
    assert (len(train), valid["item"].tolist(), test["item"].tolist()) == (16, [16, 17], [18, 19])


def test_gain_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    for _ in range(20):
        order, truth = rng.permutation(50), set(rng.choice(50, 4, replace=False).tolist())
        scores, relevance = np.zeros(50), np.array([float(item in truth) for item in range(50)])
        scores[order] = -np.arange(50)
        found = measures(order[:20], truth)[0]
        assert found == pytest.approx(ndcg_score([relevance], [scores], k=10))


def test_recall_is_capped_by_its_places_and_the_first_hit_counts():
    train = log((1, 1, 1), (2, 2, 1))
    test = log(
        (1, 5, 9), (1, 1, 9), (2, 6, 9), (3, 7, 9)
    )  # item 1 is known to user 1; user 3 is not known at all
    found = evaluate(Fixed([4, 5], [6]), train, test)
    assert found["users"] == 2
    assert (found["recall@10"], found["recall@20"]) == (1, 1)
    assert found["mrr@10"] == 0.75
    assert found["ndcg@10"] == round((1 / np.log2(3) + 1) / 2, 4)
    assert found["coverage@10"] == 1.5  # three items shown, two in training


@pytest.mark.parametrize("row", [[1], [5, 5]])
def test_a_ranking_that_repeats_or_knows_already_is_refused(row):
    with pytest.raises(ValueError, match="twice, or one already met"):
        evaluate(Fixed(row), log((1, 1, 1)), log((1, 5, 9)))


@pytest.mark.parametrize("name", ["Pop", "RecentPop", "EASE"])
def test_a_peer_finds_the_planted_taste_and_nothing_met(name, monkeypatch):
    """Two halves of users with items of their own; popularity alone cannot tell them apart, the linear model does."""
    rng = np.random.default_rng(0)
    rows = [
        (user, 40 * (user % 2) + int(item), int(rng.integers(1000)))
        for user in range(120)
        for item in rng.choice(40, 12, replace=False)
    ]
    frame = log(*rows).sort_values("timestamp", kind="stable").reset_index(drop=True)
    train, valid, test = split(frame, "loo")
    found = evaluate(getattr(peers, name)(), pd.concat([train, valid]), test)
    if name == "EASE":
        assert found["recall@20"] > 0.6
    else:
        assert 0.1 < found["recall@20"] < 0.5
