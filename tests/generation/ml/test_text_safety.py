"""The text classifier through its command: a planted meaning of "offensive" is learned, kept and read back."""

import csv
import json
import random

import numpy as np
import pytest

from generation.ml.text_safety import TextSafetyModel
from generation.ml.text_safety.__main__ import main
from generation.ml.text_safety.classifier import NotEnoughTexts, best_threshold
from generation.ml.text_safety.evasions import KINDS, evaded
from generation.ml.text_safety.measuring import measured
from generation.ml.text_safety.views import BUCKETS, seen

BAD = ["蠢货", "垃圾", "滚开", "恶心"]
GOOD = ["谢谢", "漂亮", "开心", "努力"]
FILLERS = "今天 天气 我们 一起 朋友 看书 做饭 旅行 工作 学习 音乐 电影 公园 城市 老师 同学".split()


def planted(count: int, seed: int) -> list[tuple[str, int]]:
    """Texts of five everyday words around one of eight that decides."""
    draw = random.Random(seed)
    rows = []
    for place in range(count):
        words = draw.sample(FILLERS, 5)
        words.insert(draw.randrange(6), draw.choice(BAD if place % 2 else GOOD))
        rows.append(("".join(words), place % 2))
    return rows


def written(place, rows):
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return place


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text_safety")
    assert (
        main(
            [
                "train",
                "--data",
                str(written(folder / "train.csv", planted(160, 1))),
                "--output",
                str(folder / "model"),
            ]
        )
        == 0
    )
    written(folder / "held.csv", planted(60, 2))
    return folder


def test_held_out_texts_are_told_apart(trained, capsys):
    assert main(["evaluate", "--model", str(trained / "model"), "--data", str(trained / "held.csv")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["auc"] > 0.97 and told["f1"] > 0.85 and told["recall_at_precision_90"] > 0.9


def test_scores_are_printed_one_a_row_with_the_threshold_last(trained, capsys):
    assert (
        main(["evaluate", "--model", str(trained / "model"), "--data", str(trained / "held.csv"), "--scores"])
        == 0
    )
    lines = capsys.readouterr().out.split("\n")[:-1]
    model = TextSafetyModel.load(trained / "model")
    assert len(lines) == 61 and lines[-1] == f"threshold {model.threshold:.6f}"
    assert all(0 <= float(line) <= 1 for line in lines[:-1])


def test_homophones_and_pinyin_of_what_was_learned_still_count(trained):
    model = TextSafetyModel.load(trained / "model")
    bad = [text for text, label in planted(60, 3) if label]
    swapped = {"蠢货": "chunhuo", "垃圾": "拉机", "滚开": "gun开", "恶心": "e心"}
    hidden = [
        "".join(text.replace(old, new) if old in text else "" for old, new in swapped.items()) for text in bad
    ]
    good = [text for text, label in planted(60, 3) if not label]
    assert np.median(model.score(hidden)) > np.quantile(model.score(good), 0.75)


def test_folder_holds_json_and_arrays_only_and_reads_back_the_same(trained, tmp_path):
    assert {place.name for place in (trained / "model").iterdir()} == {"model.json", "weights.npz"}
    with np.load(trained / "model" / "weights.npz", allow_pickle=False) as kept:
        assert all(kept[name].dtype != object for name in kept.files)
    once = TextSafetyModel.load(trained / "model")
    once.save(tmp_path / "again")
    texts = [text for text, _ in planted(10, 4)]
    assert np.allclose(once.score(texts), TextSafetyModel.load(tmp_path / "again").score(texts), atol=1e-3)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("你好", "maybe")], "label is 0 or 1"),
        ([("你好", 1)] * 60, "both labels"),
        ([("好", 0)], "at least"),
    ],
)
def test_data_that_cannot_teach_is_refused_with_the_reason(tmp_path, capsys, rows, said):
    place = written(tmp_path / "bad.csv", rows)
    assert main(["train", "--data", str(place), "--output", str(tmp_path / "model")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_missing_column_and_missing_model_are_refused(tmp_path, capsys):
    (tmp_path / "x.csv").write_text("words,label\na,1\n")
    assert main(["train", "--data", str(tmp_path / "x.csv"), "--output", str(tmp_path / "m")]) == 1
    assert main(["evaluate", "--model", str(tmp_path / "none"), "--data", str(tmp_path / "x.csv")]) == 1
    assert "column text" in capsys.readouterr().err


def test_model_of_another_format_is_refused(trained, tmp_path):
    (tmp_path / "model.json").write_text('{"format": 99}')
    with pytest.raises(ValueError, match="format 99"):
        TextSafetyModel.load(tmp_path)


def test_too_few_texts_are_refused():
    with pytest.raises(NotEnoughTexts):
        TextSafetyModel.fit(["a"], [1])


def test_threshold_is_that_of_the_best_f1():
    truth = np.array([0, 0, 1, 0, 1, 1])
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.8, 0.9])
    best = max(measured(truth.tolist(), scores, line)["f1"] for line in np.linspace(0, 1, 101))
    assert measured(truth.tolist(), scores, best_threshold(truth, scores))["f1"] == best


def test_views_know_no_vocabulary_and_are_the_same_in_every_process():
    rows = seen(["你好 world"])
    assert all(one.shape == (1, BUCKETS) for one in rows.values())
    assert sorted(rows["words"].indices.tolist()) == sorted(seen(["你好 WORLD"])["words"].indices.tolist())


def test_training_evasions_are_drawn_by_their_seed_and_change_the_text():
    words = ["傻瓜", "去", "学校", "abc"]
    assert evaded(words, random.Random(3)) == evaded(words, random.Random(3))
    for kind in KINDS:
        assert kind("傻们", random.Random(1)) != "傻们"
    assert evaded(["abc"], random.Random(1)) == "abc"
