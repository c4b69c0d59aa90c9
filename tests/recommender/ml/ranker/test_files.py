"""Rankers that were saved before are read as they were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from recommender.errors import RankerFileInvalid
from recommender.ml import Ranker
from recommender.ml.ranker.linear import fit_linear
from tests.recommender.ml.ranker.test_ranker import planted

HEAD = 20  # of the thirty items


@pytest.fixture(scope="module")
def headed(tmp_path_factory) -> tuple[Ranker, Path]:
    """A ranker whose linear model inverts some of its items only, and where it was saved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(fit_linear.__kwdefaults__, "head_items", HEAD)
        ranker = Ranker(seed=3).fit(planted())
    folder = tmp_path_factory.mktemp("ranker")
    ranker.save(folder)
    return ranker, folder


def in_wide_format(folder: Path, ranker: Ranker) -> None:
    """Rewrite a saved ranker as format 3 had it: one dense matrix from the head to all items."""
    arrays = load_file(folder / "ranker.safetensors")
    for name in [name for name in arrays if name.startswith(("linear.met", "linear.diagonal"))]:
        del arrays[name]
    linear = ranker._signals.linear
    arrays["linear.weights"] = np.ascontiguousarray(linear.projected(np.eye(len(linear.head), dtype="f4")).T)
    save_file(arrays, folder / "ranker.safetensors")
    config = json.loads((folder / "ranker.json").read_text(encoding="utf-8"))
    (folder / "ranker.json").write_text(json.dumps({**config, "format": 3}), encoding="utf-8")


def test_items_outside_the_head_are_scored_as_before_saving(headed):
    ranker, folder = headed
    histories = [([1000, 1002, 1004], [0.0, 60.0, 120.0])]
    assert ranker.summary_["items"]["inverted"] == HEAD
    assert np.array_equal(Ranker.load(folder).score_histories(histories), ranker.score_histories(histories))


def test_a_ranker_of_the_format_before_is_still_read(headed, tmp_path):
    ranker, _ = headed
    ranker.save(tmp_path)
    in_wide_format(tmp_path, ranker)
    users, again = planted().user.unique(), Ranker.load(tmp_path)
    histories = [([1000, 1002, 1004], [0.0, 60.0, 120.0])]
    assert again.score_histories(histories) == pytest.approx(ranker.score_histories(histories), abs=1e-4)
    assert np.mean(again.recommend(users, 6) == ranker.recommend(users, 6)) > 0.99
    again.save(tmp_path)
    assert json.loads((tmp_path / "ranker.json").read_text(encoding="utf-8"))["format"] == 4


def test_a_ranker_of_another_format_is_named(headed, tmp_path):
    ranker, _ = headed
    ranker.save(tmp_path)
    config = json.loads((tmp_path / "ranker.json").read_text(encoding="utf-8"))
    (tmp_path / "ranker.json").write_text(json.dumps({**config, "format": 2}), encoding="utf-8")
    with pytest.raises(RankerFileInvalid, match="format 3 or 4, this one 2"):
        Ranker.load(tmp_path)
