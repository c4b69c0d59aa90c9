"""The benchmark of the correction reads foreign logs, refuses what is none, and its stated audience is as stated."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from benchmarks import duration_correction as benchmark


def test_the_stated_audience_s_interest_has_nothing_to_do_with_length():
    frame = benchmark.audience(rows=20_000, seed=4)
    by_item = frame.groupby("item")[["interest", "duration_seconds"]].mean()
    # 600 lengths: chance alone correlates them by about 1/√600
    assert abs(spearmanr(by_item["interest"], by_item["duration_seconds"])[0]) < 4 / np.sqrt(600)
    assert (frame["watch_seconds"] <= 3 * frame["duration_seconds"] + 1e-9).all()
    scores = benchmark.favors(frame)
    assert abs(scores["corrected"]["with_duration"]) < 0.05 < abs(scores["ratio"]["with_duration"])
    assert scores["corrected"]["with_interest"] > scores["ratio"]["with_interest"]


def test_a_foreign_log_is_measured_beside_it(tmp_path, monkeypatch, capsys):
    frame = benchmark.audience(rows=4000, seed=1)
    foreign = pd.DataFrame(
        {
            "user_id": 1,
            "video_id": frame["item"],
            "watch_ratio": frame["watch_seconds"] / frame["duration_seconds"],
            "video_duration": frame["duration_seconds"] * 1000,
            "timestamp": np.arange(4000)[::-1],
        }
    )
    foreign.to_csv(tmp_path / "log.csv", index=False)
    read = benchmark.viewings(tmp_path / "log.csv")
    assert read["watch_seconds"].iloc[0] == pytest.approx(frame["watch_seconds"].iloc[-1], rel=1e-6)
    monkeypatch.setattr(benchmark.audience, "__defaults__", (3000, 0))
    monkeypatch.setattr(sys, "argv", ["duration_correction", "--json", "--data", str(tmp_path / "log.csv")])
    assert benchmark.main() == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report["data"]["scores"]) == {"seconds", "ratio", "corrected"}
    assert set(report["data"]["calibration_error"]) == {"finished"}


def test_a_file_that_holds_no_viewings_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "log.csv").write_text("a,b\n1,2\n")
    monkeypatch.setattr(sys, "argv", ["duration_correction", "--data", str(tmp_path / "log.csv")])
    monkeypatch.setattr(benchmark, "audience", lambda **_: pytest.fail("the file is read first"))
    assert benchmark.main() == 1
    assert "needs a column duration_seconds" in capsys.readouterr().err
