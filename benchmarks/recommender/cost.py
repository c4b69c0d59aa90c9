"""What the ranker's fit costs as a log grows: peak memory and time, each size in a process of its own.

``python -m benchmarks.recommender --cost --json`` generates logs of three sizes with users and items in proportion (9.3
interactions a user, 18 an item), fits ``Ranker`` on each, and prints peak memory, seconds, and by which power of the
interactions the time grows. Each user's last item is left out of the fit for some users and ranked afterwards beside the
two popularities of ``benchmarks/recommender/peers.py``, so that a fit that learned nothing would show.

Where there is no hour for the largest log, ``--sizes`` names smaller ones, and ``--peak-of`` one that is fitted with two
epochs only: for its memory, which does not depend on how often the log is read, and not for its time.

Time is the processor's, over all threads, since a shared machine stretches the clock; the clock's is printed beside it.
Memory is the process's highest resident set up to the end of the fit (``VmHWM``), libraries and the log itself included.

The logs are made of what the ranker has to find in a real one: popularity falls with rank (Zipf), a user has two tastes,
a visit keeps to one of them, and an item is often followed by the next one of its series.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.recommender.peers import Pop, RecentPop
from benchmarks.recommender.protocol import measures
from recommender.ml import Ranker
from recommender.ml.ranker import selection

SIZES = (36_000, 108_000, 288_000)
NAMES = ("small", "middle", "large")
A_USER, AN_ITEM = 9.3, 18.0  # interactions
A_TASTE = 60  # items
ZIPF = (
    0.8  # within a taste the item of rank r is drawn in proportion to r to the minus this; tastes by its half
)
FAVORITE, SECOND = 0.65, 0.25  # shares of a user's visits that go to the two tastes; the rest go anywhere
VISIT_ENDS, SERIES = 0.3, 0.4  # chances after each item: the visit ends; the next one of the series follows
NEXT = 7  # places on a taste's ring of items from one of a series to the next
DAYS = 120.0
JUDGED = 1_000  # users whose last item is ranked
PEAK_EPOCHS = 2  # one before the choices and one after
MOST_GB, MOST_EXPONENT = 2.0, 1.0


def generated(interactions: int, *, seed: int) -> pd.DataFrame:
    """A log ``user, item, timestamp`` (s) of at most ``interactions`` rows by time; nobody meets an item twice."""
    rng = np.random.default_rng(seed)
    users, tastes = round(interactions / A_USER), max(3, round(interactions / AN_ITEM / A_TASTE))
    favored, popular = _falling(tastes, ZIPF / 2), _falling(A_TASTE, ZIPF)
    favorites = rng.choice(tastes, (users, 2), p=favored)
    counts = 2 + rng.geometric(1 / (1.35 * A_USER - 2), users)  # a third are repeats and fall away
    now = rng.uniform(0, DAYS * 86_400, users)
    taste, place = np.zeros(users, np.int64), np.zeros(users, np.int64)
    rows = []
    for step in range(int(counts.max())):
        here = np.flatnonzero(counts > step)
        begins = (rng.random(len(here)) < VISIT_ENDS) | (step == 0)
        pause = np.where(begins, rng.exponential(3 * 86_400, len(here)), rng.uniform(20, 90, len(here)))
        now[here] += pause
        kind = np.searchsorted([FAVORITE, FAVORITE + SECOND], rng.random(len(here)))
        anywhere = rng.choice(tastes, len(here), p=favored)
        wished = np.where(kind < 2, favorites[here, np.minimum(kind, 1)], anywhere)
        taste[here] = np.where(begins, wished, taste[here])
        follows = ~begins & (rng.random(len(here)) < SERIES)
        drawn = rng.choice(A_TASTE, len(here), p=popular)
        place[here] = np.where(follows, (place[here] + NEXT) % A_TASTE, drawn)
        rows.append((here, taste[here] * A_TASTE + place[here], now[here].copy()))
    user, item, times = (np.concatenate(part) for part in zip(*rows, strict=True))
    frame = pd.DataFrame({"user": user, "item": item, "timestamp": times}).drop_duplicates(["user", "item"])
    if len(frame) > interactions:
        frame = frame.iloc[np.sort(rng.choice(len(frame), interactions, replace=False))]
    return frame.sort_values("timestamp", kind="stable").reset_index(drop=True)


def _falling(count: int, power: float) -> npt.NDArray[np.float64]:
    """Shares (count,) that fall with the rank to the minus ``power``."""
    weights = np.arange(1, count + 1) ** -power
    return np.asarray(weights / weights.sum())


def fitted_once(interactions: int, *, seed: int, epochs: int = 0) -> dict[str, Any]:
    """One size, in this process: what the fit took, and how it and the popularities rank what was left out.

    With ``epochs`` the networks read the log that often, whatever the ranker plans.
    """
    frame = generated(interactions, seed=seed)
    back = frame.groupby("user").cumcount(ascending=False)
    enough = frame.groupby("user")["item"].transform("size") >= 3
    last = frame[(back == 0) & enough]
    asked = last.sample(min(JUDGED, len(last)), random_state=seed)
    train = frame.drop(asked.index)
    before, clock, processor = peak_bytes(), time.perf_counter(), time.process_time()
    as_told = mock.patch.object(selection, "plan_epochs", return_value=epochs) if epochs else nullcontext()
    with as_told:
        ranker = Ranker(seed=seed).fit(train)
    found: dict[str, Any] = {
        "interactions": len(train),
        "users": int(train["user"].nunique()),
        "items": int(train["item"].nunique()),
        "processor_seconds": round(time.process_time() - processor, 1),
        "clock_seconds": round(time.perf_counter() - clock, 1),
        "peak_gb": round(peak_bytes() / 1e9, 3),
        "before_gb": round(before / 1e9, 3),
    }
    users, truth = asked["user"].to_numpy(), asked["item"].tolist()
    for name, model in (
        ("ranker", ranker),
        ("pop", Pop().fit(train)),
        ("recent_pop", RecentPop().fit(train)),
    ):
        page = np.asarray(model.recommend(users, 20))
        values = [measures(row, {item})[0] for row, item in zip(page, truth, strict=True)]
        found[f"{name}_ndcg"] = round(float(np.mean(values)), 4)
    return found | {"chosen": ranker.summary_}


def peak_bytes() -> int:
    """The highest resident set of this process so far; unlike ``getrusage``, without that of the one that started it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no line VmHWM; this benchmark needs Linux.")


def cost(
    sizes: Sequence[int], *, seed: int, peak_of: int | None = None, rows: Path | None = None
) -> dict[str, Any]:
    """Every size in a process of its own, one after the other, and how the time grows from the first to the last.

    ``peak_of`` is a size that is only asked for its memory; ``rows`` a folder of finished sizes, from which a stopped run
    goes on.
    """
    runs = [_run(size, seed=seed, rows=rows) for size in sizes]
    report = {"runs": runs, "exponent": exponent(runs)}
    if peak_of is not None:
        report["peak"] = _run(peak_of, seed=seed, rows=rows, epochs=PEAK_EPOCHS)
    return report


def _run(size: int, *, seed: int, rows: Path | None, epochs: int = 0) -> dict[str, Any]:
    kept = None if rows is None else rows / f"{size}-{seed}-{epochs}.json"
    if kept is not None and kept.is_file():
        told = kept.read_text(encoding="utf-8")
    else:
        command = [sys.executable, "-m", "benchmarks.recommender.cost", str(size), str(seed), str(epochs)]
        told = subprocess.run(
            command, cwd=measured.ROOT, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(told, encoding="utf-8")
    run: dict[str, Any] = json.loads(told)
    shown = {name: value for name, value in run.items() if name != "chosen"}
    print(shown, file=sys.stderr, flush=True)
    return run


def exponent(runs: Sequence[dict[str, Any]]) -> float:
    """The power of the interactions by which processor time grows, from the smallest to the largest."""
    first, last = runs[0], runs[-1]
    longer = last["processor_seconds"] / first["processor_seconds"]
    return round(math.log(longer) / math.log(last["interactions"] / first["interactions"]), 3)


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Of each size its counts, memory, times and measures; then the exponent."""
    found: dict[str, Figure] = {}
    for name, run in zip(NAMES, report["runs"], strict=True):
        found |= {f"{name}.{key}": Figure(run[key]) for key in ("interactions", "users", "items")}
        found[f"{name}.peak_gb"] = Figure(run["peak_gb"], "GB", at_most=MOST_GB)
        found[f"{name}.before_gb"] = Figure(run["before_gb"], "GB")
        found[f"{name}.processor_seconds"] = Figure(run["processor_seconds"], "s")
        found[f"{name}.clock_seconds"] = Figure(run["clock_seconds"], "s")
        thousand = 1_000 * run["processor_seconds"] / run["interactions"]
        found[f"{name}.seconds_a_thousand"] = Figure(round(thousand, 2), "s")
        found[f"{name}.ranker_ndcg"] = Figure(run["ranker_ndcg"], at_least=run["recent_pop_ndcg"])
        found |= {f"{name}.{key}": Figure(run[key]) for key in ("pop_ndcg", "recent_pop_ndcg")}
    if peak := report.get("peak"):
        found |= {f"peak.{key}": Figure(peak[key]) for key in ("interactions", "users", "items")}
        found["peak.peak_gb"] = Figure(peak["peak_gb"], "GB", at_most=MOST_GB)
        found["peak.before_gb"] = Figure(peak["before_gb"], "GB")
    return found | {"exponent": Figure(report["exponent"], at_most=MOST_EXPONENT)}


def lines(report: dict[str, Any]) -> str:
    """A line a size, then the exponent."""
    keys = ("interactions", "peak_gb", "processor_seconds", "clock_seconds", "ranker_ndcg", "recent_pop_ndcg")
    told = [", ".join(f"{key} {run[key]}" for key in keys) for run in report["runs"]]
    if peak := report.get("peak"):
        told.append(
            f"interactions {peak['interactions']}, peak_gb {peak['peak_gb']} (of {PEAK_EPOCHS} epochs)"
        )
    return "\n".join([*told, f"processor time grows as interactions to the power of {report['exponent']}"])


if __name__ == "__main__":
    size, seed, epochs = (int(word) for word in sys.argv[1:])
    print(json.dumps(fitted_once(size, seed=seed, epochs=epochs)))
