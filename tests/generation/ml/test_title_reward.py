"""The title model against tests whose truth is planted, and its command from the outside."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import WorkCancelled
from generation.errors import TitleDataInvalid, TitleModelInvalid
from generation.ml.title_reward import __main__ as command
from generation.ml.title_reward.advice import advise, word_effects
from generation.ml.title_reward.clickbait import clickbait_chance
from generation.ml.title_reward.form import NAMES, form_rows
from generation.ml.title_reward.headlines import arms, checked, pairs_of
from generation.ml.title_reward.intervals import sizes_of
from generation.ml.title_reward.model import Config, TitleModel, train, train_frame
from generation.ml.title_reward.ridge import evidence_of, unexplained

PLAIN = Config(shares={"words": 1.0, "form": 0.3}, penalty=30.0)
FILLERS = "pan bread bike river garden coffee train window paper music market winter engine pencil".split()
EFFECTS = {"secret": 0.5, "mistake": 0.3, "report": -0.5}


def planted(tests: int, *, seed: int, impressions: int = 4000, unknown: float = 0.0) -> pd.DataFrame:
    """Tests of four titles about one thing; some hold words that change the click rate by ``EFFECTS`` (log odds)."""
    rng = np.random.default_rng(seed)
    rows = []
    for test in range(tests):
        level = rng.normal(-4.0, 0.5)  # how well the topic does by itself: much more than any word
        about = rng.choice(FILLERS, 3, replace=False)
        for word in rng.permutation([*EFFECTS, "thing"]):
            odds = level + EFFECTS.get(word, 0.0) + rng.normal(0, unknown)
            shown = int(rng.integers(impressions // 2, impressions * 2))
            rows.append(
                {
                    "test": test,
                    "week": 201401 + test * 50 // tests,
                    "image": 1,
                    "headline": f"The {word} of the {' '.join(rng.permutation(about))}",
                    "impressions": shown,
                    "clicks": rng.binomial(shown, 1 / (1 + np.exp(-odds))),
                }
            )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def model() -> TitleModel:
    return train_frame(planted(250, seed=1), config=PLAIN)


def test_planted_effects_of_words_are_found_with_sign_and_size(model: TitleModel) -> None:
    base = model.score(["The thing of the pan bread bike"])[0]
    for word, effect in EFFECTS.items():
        found = model.score([f"The {word} of the pan bread bike"])[0] - base
        assert found == pytest.approx(effect, abs=0.15), word


def test_pairs_of_unseen_tests_are_ordered_rightly(model: TitleModel) -> None:
    fresh = planted(60, seed=2)
    pairs = pairs_of(fresh).known()
    assert pairs.ordered_rightly(model.score(list(fresh["headline"]))).mean() > 0.9


def test_a_topics_own_popularity_teaches_nothing() -> None:
    frame = planted(250, seed=3)
    liked = frame["headline"].str.contains("coffee")
    frame.loc[liked, "clicks"] = np.minimum(frame.loc[liked, "clicks"] * 5, frame.loc[liked, "impressions"])
    found = train_frame(frame, config=PLAIN)
    effect = found.score(["The thing of the coffee pan bread"]) - found.score(
        ["The thing of the paper pan bread"]
    )
    assert abs(effect[0]) < 0.15


def test_pure_noise_teaches_next_to_nothing() -> None:
    frame = planted(250, seed=4)
    frame["clicks"] = np.random.default_rng(4).binomial(frame["impressions"], 0.02)
    fresh = planted(120, seed=5)
    learned = train_frame(planted(250, seed=4), config=PLAIN).score(list(fresh["headline"]))
    scores = train_frame(frame, config=PLAIN).score(list(fresh["headline"]))
    assert scores.std() < 0.2 * learned.std()


def test_intervals_hold_as_often_as_they_say_on_unseen_tests() -> None:
    found = train_frame(planted(250, seed=6, unknown=0.2), config=PLAIN)
    assert found.residual_variance == pytest.approx(0.04, rel=0.5)
    table = arms(planted(150, seed=7, unknown=0.2))
    evidence = evidence_of(table)
    weights = 1 / (evidence.variance + found.residual_variance)
    center = evidence.centered(found.score(list(table["headline"])), weights)
    size = sizes_of(evidence, found.residual_variance)
    bounds = found.conformal.interval(center, confidence=0.9, size=size)
    seen = evidence.centered(evidence.log_odds, weights)
    assert 0.85 < ((bounds[:, 0] <= seen) & (seen <= bounds[:, 1])).mean() < 0.95


def test_unexplained_variance_is_none_where_counting_explains_all() -> None:
    table = arms(planted(400, seed=8))
    evidence = evidence_of(table)
    truth = table["headline"].str.split().str[1].map(EFFECTS).fillna(0.0).to_numpy()
    assert unexplained(evidence, truth) < 0.01
    assert unexplained(evidence, np.zeros(len(truth))) > 0.05


def test_the_parts_of_words_and_form_add_up_to_the_score(model: TitleModel) -> None:
    title = "The secret of the pan bread bike"
    words = model.vocabulary.rows([title]).toarray()[0] @ model.word_weights()
    form = form_rows([title])[0] @ model.form_weights()
    constant = sum(float((s.center * s.factor) @ model.weights[b]) for b, s in model.scales.items())
    assert words + form - constant == pytest.approx(model.score([title])[0])
    assert sum(word.effect for word in word_effects(title, model)) == pytest.approx(words)
    assert word_effects(title, model)[0].text == "secret"


def test_a_saved_model_scores_the_same_and_a_broken_one_is_refused(model: TitleModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    titles = ["The report of the train", "", "秘密"]
    np.testing.assert_allclose(TitleModel.load(tmp_path).score(titles), model.score(titles))
    (tmp_path / "title_reward.json").write_text("{}")
    with pytest.raises(TitleModelInvalid, match="Train it again"):
        TitleModel.load(tmp_path)


def test_training_twice_gives_the_same_numbers() -> None:
    frame = planted(40, seed=9)
    titles = ["The secret of the pan", "The report of the river"]
    first, second = (train_frame(frame, config=PLAIN).score(titles) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_training_stops_when_it_is_told_to_and_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[float] = []
    with pytest.raises(WorkCancelled):
        train(planted(20, seed=1), tmp_path, progress=told.append, stop=lambda: len(told) > 0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("column", ["headline", "clicks"])
def test_a_table_without_a_column_is_refused_by_name(column: str) -> None:
    with pytest.raises(TitleDataInvalid, match=column):
        checked(planted(3, seed=1).drop(columns=column))


def test_a_table_without_anything_to_compare_is_refused() -> None:
    with pytest.raises(TitleDataInvalid, match="two different headlines"):
        arms(planted(3, seed=1).groupby("test").head(1))


def test_the_command_trains_and_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, lines = tmp_path / "tests.csv.gz", tmp_path / "lines.txt"
    planted(6, seed=1).to_csv(data, index=False)
    lines.write_text("The secret of the pan\nThe report of the pan\n", encoding="utf-8")
    run = ["title_reward", "train", "--data", str(data), "--output", str(tmp_path / "m")]
    monkeypatch.setattr(sys, "argv", run)
    assert command.main() == 0
    assert json.loads(capsys.readouterr().out)["tests"] == 6
    monkeypatch.setattr(
        sys, "argv", ["title_reward", "score", "--model", str(tmp_path / "m"), "--headlines", str(lines)]
    )
    assert command.main() == 0
    scores = json.loads(capsys.readouterr().out)
    assert len(scores) == 2 and scores[0] > scores[1]
    monkeypatch.setattr(
        sys, "argv", ["title_reward", "score", "--model", str(tmp_path), "--headlines", str(lines)]
    )
    assert command.main() == 1
    assert "Train it again" in capsys.readouterr().err


def test_clickbait_is_told_from_news_in_english_only() -> None:
    assert clickbait_chance("21 Things You Won't Believe About Your Favorite Snacks", "en") > 0.9  # type: ignore[operator]
    assert clickbait_chance("Parliament approves budget after three days of talks", "en") < 0.1  # type: ignore[operator]
    assert clickbait_chance("震惊!你绝对想不到", "zh") is None


def test_advice_says_where_a_title_stands_and_proposes_only_what_it_lacks(model: TitleModel) -> None:
    good, bad = (
        advise(f"The {word} of the pan bread bike", language="en", model=model, clickbait=0.1)
        for word in ("secret", "report")
    )
    assert good.place is not None and bad.place is not None and good.place > bad.place
    assert good.low <= good.place <= good.high  # type: ignore[operator]
    assert [word.text for word in good.helping][:1] == ["secret"]
    assert [word.text for word in bad.hurting][:1] == ["report"]
    asked = advise("How many pans do you need?", language="en", model=None, clickbait=None)
    assert asked.place is None and not {"question", "viewer"} & set(asked.hypotheses)
    assert advise("Pans", language="en", model=None, clickbait=None).hypotheses[0] == "benefit"


def test_form_knows_both_languages() -> None:
    english, chinese = (
        dict(zip(NAMES, row, strict=True))
        for row in form_rows(["Why you never need 3 pans?", "为什么你不需要3口锅？"])
    )
    for name in ("why", "you", "negation", "number", "question"):
        assert english[name] == chinese[name] == 1, name
