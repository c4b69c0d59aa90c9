"""Metrics mean the same wherever they are evaluated: over events or the site's own fold, on pages or an engine."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from analytics.rollup.engine import duckdb, table
from analytics.stats import folding, intervals
from analytics.stats.metrics import CURVES, HOURS, METRICS, VIEWERS
from tests.analytics.stats_frames import events

FRAMES = {
    HOURS: (folding.hourly, ["video", "hour", "simulated"]),
    VIEWERS: (folding.viewer_days, ["viewer", "day"]),
    CURVES: (folding.curves, ["video", "day", "simulated", "second"]),
    "days": (folding.video_days, ["video", "day", "simulated"]),
}


def evaluated(engine: Any, seen: Any, videos: Any) -> dict[str, pd.DataFrame]:
    """Every frame that the folding makes, in a fixed order."""
    viewings = folding.viewings(seen, videos)
    found = {}
    for name, (make, keys) in FRAMES.items():
        frame = engine.to_pandas(make(viewings)).sort_values(keys).reset_index(drop=True)
        for moment in ("hour", "day"):
            if moment in frame:
                frame[moment] = (
                    pd.to_datetime(frame[moment], utc=True).dt.tz_localize(None).astype("datetime64[us]")
                )
        found[name] = frame[sorted(frame.columns)]
    return found


@pytest.fixture(scope="module")
def on_duckdb() -> dict[str, pd.DataFrame]:
    frame, videos = events()
    with duckdb() as engine:
        return evaluated(engine, table(engine, "events", frame), table(engine, "videos", videos))


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.frame == HOURS])
def test_a_page_and_the_engine_say_the_same(on_duckdb: dict[str, pd.DataFrame], name: str) -> None:
    metric, frame = METRICS[name], on_duckdb[HOURS]
    with duckdb() as engine:
        value = engine.execute(metric.expression(table(engine, "hours", frame)))
    days = [dict(rows.sum(numeric_only=True)) for _, rows in frame.groupby(frame["hour"].dt.date)]
    told = metric.value_of(dict(frame.sum(numeric_only=True)), days)
    assert told.value == pytest.approx(float(value))
    if metric.interval != "none":
        assert told.low is not None and told.high is not None and told.low <= told.value <= told.high


def test_a_curve_begins_with_every_play_and_never_rises_without_jumps(
    on_duckdb: dict[str, pd.DataFrame],
) -> None:
    curves = on_duckdb[CURVES].merge(on_duckdb["days"], on=["video", "day", "simulated"])
    first = curves[curves["second"] == 0]
    assert (first["reached"] <= first["measured"]).all() and (curves["played"] >= curves["reached"]).all()
    for _, rows in curves.groupby(["video", "day", "simulated"]):
        assert (rows.sort_values("second")["reached"].diff().dropna() <= 0).all()


def test_too_small_a_sample_is_not_shown_as_a_number() -> None:
    few = METRICS["completion_rate"].value_of({"completes": 3, "plays": 4})
    assert not few.enough and few.value == 0.75
    assert METRICS["completion_rate"].value_of({}).value is None


def test_wilson_covers_what_it_promises() -> None:
    rng = np.random.default_rng(2)
    for p, n in ((0.02, 200), (0.5, 40), (0.9, 100)):
        hits = [intervals.wilson(k, n) for k in rng.binomial(n, p, 3000)]
        assert 0.93 < np.mean([low <= p <= high for low, high in hits]) < 0.98


def test_delta_and_bootstrap_agree_on_a_ratio_of_clusters() -> None:
    rng = np.random.default_rng(3)
    bottoms = rng.poisson(50, 400).astype(float)
    tops = bottoms * rng.normal(0.3, 0.05, 400)
    pairs = np.arange(400)
    low, high = intervals.ratio(tops, bottoms)
    drawn = intervals.bootstrap(
        pairs, lambda i: tops[i.astype(int)].sum() / bottoms[i.astype(int)].sum(), seed=1
    )
    assert (low, high) == pytest.approx(drawn, abs=0.0015)


def test_a_mean_has_the_interval_of_its_sample() -> None:
    sample = np.random.default_rng(4).exponential(5, 1000)
    low, high = intervals.mean(sample.sum(), (sample**2).sum(), len(sample))
    half = 1.959964 * sample.std(ddof=1) / np.sqrt(len(sample))
    assert (low, high) == pytest.approx((sample.mean() - half, sample.mean() + half))


def spark_missing() -> str:
    """Why Spark cannot run here; empty where it can."""
    if shutil.which("java") is None:
        return "there is no Java runtime; Spark needs one"
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed; it comes with requirements-scale.txt"
    return ""


@pytest.fixture
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.mark.slow
@pytest.mark.skipif(bool(spark_missing()), reason=spark_missing() or "Spark is there")
@pytest.mark.filterwarnings("ignore")
def test_spark_and_duckdb_give_the_same_frames(
    on_duckdb: dict[str, pd.DataFrame], spark: Any, tmp_path: Any
) -> None:
    frame, videos = events()
    for name, part in (("events", frame), ("videos", videos)):
        part.to_parquet(tmp_path / f"{name}.parquet", coerce_timestamps="us")
    seen, lengths = (spark.read_parquet(str(tmp_path / f"{name}.parquet")) for name in ("events", "videos"))
    found = evaluated(spark, seen, lengths)
    for name, wanted in on_duckdb.items():
        pd.testing.assert_frame_equal(found[name], wanted, check_dtype=False, rtol=1e-9)
