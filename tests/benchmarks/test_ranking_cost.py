"""The generated log is of the asked size and worth learning; the cost is measured in processes of their own."""

from __future__ import annotations

import json

import pytest

from benchmarks.recommender import cost as costs
from benchmarks.recommender.cost import (
    A_USER,
    AN_ITEM,
    PEAK_EPOCHS,
    cost,
    exponent,
    figures,
    generated,
    lines,
    peak_bytes,
)


def test_a_generated_log_has_the_asked_size_and_proportions():
    log = generated(36_000, seed=0)
    assert len(log) == 36_000 and log.timestamp.is_monotonic_increasing
    assert not log.duplicated(["user", "item"]).any()
    assert log.user.nunique() == pytest.approx(36_000 / A_USER, rel=0.02)
    assert log.item.nunique() == pytest.approx(36_000 / AN_ITEM, rel=0.05)
    assert generated(36_000, seed=0).equals(log) and not generated(36_000, seed=1).equals(log)


def test_time_that_grows_with_the_interactions_has_the_exponent_one():
    runs = [
        {"interactions": 10, "processor_seconds": 5.0},
        {"interactions": 20, "processor_seconds": 1.0},
        {"interactions": 40, "processor_seconds": 20.0},
    ]
    assert exponent(runs) == 1.0
    assert exponent([*runs[:2], {"interactions": 40, "processor_seconds": 80.0}]) == 2.0


def test_the_peak_stays_when_memory_is_given_back():
    before = peak_bytes()
    assert len(bytearray(b"\1" * 200_000_000)) and peak_bytes() >= max(before, 200_000_000)


def test_a_stopped_run_goes_on_from_the_sizes_it_has_finished(tmp_path):
    for size, seconds in ((100, 1.0), (400, 16.0)):
        row = {"interactions": size, "processor_seconds": seconds}
        (tmp_path / f"{size}-0-0.json").write_text(json.dumps(row), encoding="utf-8")
    assert cost((100, 400), seed=0, rows=tmp_path)["exponent"] == 2.0
    (tmp_path / f"900-0-{PEAK_EPOCHS}.json").write_text(
        '{"interactions": 900, "peak_gb": 0.5}', encoding="utf-8"
    )
    assert cost((100, 400), seed=0, peak_of=900, rows=tmp_path)["peak"]["peak_gb"] == 0.5


@pytest.mark.slow
def test_every_size_is_fitted_and_learns_what_was_planted(monkeypatch):
    monkeypatch.setattr(costs, "NAMES", ("small", "large"))
    report = cost((1_500, 3_000), seed=0)
    found = figures(report)
    assert [run["interactions"] for run in report["runs"]] == sorted(
        run["interactions"] for run in report["runs"]
    )
    for size in ("small", "large"):
        assert 0.1 < found[f"{size}.peak_gb"].value < 1
        assert found[f"{size}.ranker_ndcg"].met and found[f"{size}.ranker_ndcg"].value > 0.1
        assert found[f"{size}.processor_seconds"].value > 0
    assert lines(report).count("\n") == 2
