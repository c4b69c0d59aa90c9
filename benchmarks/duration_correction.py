"""Does a watch score favor lengths, and do probabilities mean what they say? Before and after our corrections.

``python -m benchmarks.duration_correction --json`` runs on a stated audience whose interest is known; ``--data FILE`` adds a
log of real viewings (CSV or Parquet with ``item``, ``watch_ratio`` and ``duration_seconds``; KuaiRec's ``video_id`` and
``video_duration`` in milliseconds are understood too). Everything is learned from the first 60 % in time, calibrated on the
next 20 % and measured on the last 20 %.

The stated audience: interest a is uniform in [0, 1] and has nothing to do with length, so any correlation of a score with
length is bias. Lengths are log-normal around 20 s, 3–90 s. A viewer wishes to watch ``L·G·a·(15 s ÷ L)^0.6`` seconds, G a Gamma
(shape 3, mean 3) draw: longer videos earn more seconds and smaller shares. They leave then, or at the end, where a
third of those who wish for more lets it loop, at most twice. One viewing in twelve is cut off at a random moment.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks import measured
from benchmarks.measured import Figure
from recommender.errors import RankingInputInvalid, RecommenderError
from recommender.ml.engagement.calibration import Calibrator, expected_calibration_error
from recommender.ml.engagement.duration import DurationCorrection
from recommender.ml.engagement.model import EngagementModel

Floats = NDArray[np.float64]

ROWS, ITEMS = 40_000, 600
LEARN, CALIBRATE = 0.6, 0.8
WHERE = (
    "KuaiRec is a public log of this kind (big_matrix.csv of the archive of that name, which has video_duration); any "
    "CSV or Parquet file with item, watch_ratio and duration_seconds does."
)
GOAL = 0.05  # size of the correlation with length that is left
NAMES = {
    "item": ("item", "video_id", "video"),
    "watch_ratio": ("watch_ratio",),
    "like": ("like", "is_like", "liked"),
}


def audience(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """The stated audience's viewings: ``item, watch_seconds, duration_seconds, censored, like, content, interest``."""
    rng = np.random.default_rng(seed)
    lengths = np.exp(rng.normal(np.log(20), 0.7, ITEMS)).clip(3, 90)
    item = rng.integers(0, ITEMS, rows)
    duration = lengths[item]
    appeal = rng.normal(0, 0.5, ITEMS)[item]
    # what a content score can know of the interest, and what only the moment knows
    known, moment = rng.normal(size=rows), rng.normal(size=rows)
    mixed = 0.8 * known + 0.6 * moment + appeal
    interest = (np.argsort(np.argsort(mixed)) + 0.5) / rows
    wish = duration * rng.gamma(3, 1, rows) * interest * (15 / duration) ** 0.6
    loops = np.where(rng.random(rows) < 1 / 3, 3.0, 1.0)
    watch = np.minimum(wish, loops * duration)
    censored = rng.random(rows) < 1 / 12
    watch = np.where(censored, watch * rng.random(rows), watch)
    return pd.DataFrame(
        {
            "item": item,
            "watch_seconds": watch,
            "duration_seconds": duration,
            "censored": censored,
            "like": (rng.random(rows) < 0.25 * interest**2).astype(float),
            "content": (np.argsort(np.argsort(known)) + 0.5) / rows,
            "interest": interest,
        }
    )


def viewings(path: Path) -> pd.DataFrame:
    """A log of real viewings in the columns of ``audience`` that it has, in the order of time."""
    frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    found = {own: next((n for n in names if n in frame), None) for own, names in NAMES.items()}
    if "duration_seconds" in frame:
        duration = frame["duration_seconds"].astype(float)
    elif "video_duration" in frame:
        duration = frame["video_duration"].astype(float) / 1000
    else:
        raise RankingInputInvalid(
            f"{path.name} needs a column duration_seconds (or video_duration in milliseconds). It has {list(frame)}."
        )
    if found["watch_ratio"] is None or found["item"] is None:
        raise RankingInputInvalid(
            f"{path.name} needs the columns item and watch_ratio. It has {list(frame)}."
        )
    table = pd.DataFrame({"item": frame[found["item"]], "duration_seconds": duration})
    table["watch_seconds"] = frame[found["watch_ratio"]].astype(float) * duration
    if found["like"]:
        table["like"] = frame[found["like"]].astype(float)
    if "timestamp" in frame:
        table = table.iloc[np.argsort(frame["timestamp"].to_numpy(), kind="stable")]
    usable = (
        np.isfinite(table["watch_seconds"]) & (table["watch_seconds"] >= 0) & (table["duration_seconds"] > 0)
    )
    return table[usable].reset_index(drop=True)


def correlation(a: Floats, b: Floats) -> float:
    """Spearman's, rounded."""
    return round(float(spearmanr(a, b)[0]), 4)


def labels(learn: pd.DataFrame, rows: pd.DataFrame) -> dict[str, Floats]:
    """Three watch scores of the same viewings: seconds, ratio, corrected."""
    watch, duration = rows["watch_seconds"].to_numpy(), rows["duration_seconds"].to_numpy()
    corrected = DurationCorrection().fit(learn)
    return {
        "seconds": watch,
        "ratio": watch / duration,
        "corrected": corrected.transform(watch, duration, rows.get("censored")),
    }


def favors(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Correlation of each score with length, and with the true interest where that is known."""
    learn, late = frame.iloc[: int(len(frame) * LEARN)], frame.iloc[int(len(frame) * CALIBRATE) :]
    report = {}
    for name, score in labels(learn, late).items():
        report[name] = {"with_duration": correlation(score, late["duration_seconds"].to_numpy())}
        if "interest" in late:
            report[name]["with_interest"] = correlation(score, late["interest"].to_numpy())
    return report


def predicted(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The same of what a learned ranker predicts when each score is its label and length one of its features."""
    learn, late = frame.iloc[: int(len(frame) * LEARN)], frame.iloc[int(len(frame) * CALIBRATE) :]
    report = {}
    for name, score in labels(learn, learn).items():
        label = np.clip(score / np.quantile(score, 0.99), 0, 1)
        columns = ["content", "duration_seconds"]
        model = EngagementModel(seed=0).fit(learn[columns].assign(watch=label))
        found = model.predict({c: late[c].to_numpy() for c in columns}).watch
        report[name] = {
            "with_duration": correlation(found, late["duration_seconds"].to_numpy()),
            "with_interest": correlation(found, late["interest"].to_numpy()),
        }
    return report


def calibration(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Calibration error of two plain predictions, the video's own past rates, before and after a calibrator.

    ``finished``: watched to the end at least once; ``like`` where the log has it.
    """
    first, second = int(len(frame) * LEARN), int(len(frame) * CALIBRATE)
    happened = {"finished": (frame["watch_seconds"] >= 0.999 * frame["duration_seconds"]).to_numpy(float)}
    if "like" in frame:
        happened["like"] = frame["like"].to_numpy(float)
    codes = pd.factorize(frame["item"])[0]
    report = {}
    for name, y in happened.items():
        shown = np.bincount(codes[:first], minlength=codes.max() + 1)
        rate = (np.bincount(codes[:first], y[:first], codes.max() + 1) + 0.5) / (shown + 1)
        p = rate[codes]
        after = Calibrator().fit(p[first:second], y[first:second]).transform(p[second:])
        report[name] = {
            "before": round(expected_calibration_error(p[second:], y[second:]), 4),
            "after": round(expected_calibration_error(after, y[second:]), 4),
            "rate": round(float(y.mean()), 4),
        }
    return report


def measure(data: Path | None, seed: int) -> dict[str, Any]:
    """Everything the benchmark prints, as plain JSON values."""
    real = viewings(data) if data is not None else None
    stated = audience(seed=seed)
    report: dict[str, Any] = {
        "stated": {
            "viewings": len(stated),
            "scores": favors(stated),
            "predictions": predicted(stated),
            "calibration_error": calibration(stated),
        }
    }
    if data is not None and real is not None:
        report["data"] = {
            "file": data.name,
            "viewings": len(real),
            "scores": favors(real),
            "calibration_error": calibration(real),
        }
    report["goal"] = {"corrected_with_duration_at_most": GOAL}
    report["goals_met"] = all(
        abs(part["scores"]["corrected"]["with_duration"]) <= GOAL
        for part in report.values()
        if "scores" in part
    )
    return report


def main() -> int:
    """Print the figures; 1 when the data file cannot be read as viewings."""
    parser = measured.parser(__doc__)
    parser.add_argument(
        "--data", type=Path, help="a log of real viewings, measured beside the stated audience"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        report = measure(options.data, options.seed)
    except FileNotFoundError:
        print(f"There is no file {options.data}. {WHERE}", file=sys.stderr)
        return 1
    except (RecommenderError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    measured.tell(
        report,
        options,
        name="duration_correction",
        figures=figures,
        packages=("numpy", "pandas", "scipy"),
        lines=lines,
    )
    return 0


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Correlations of each score with length, on the stated audience and, where one was given, on the log."""
    goals = {"corrected": GOAL}
    return {
        f"{part}.{name}.with_duration": Figure(
            cells["with_duration"], at_least=-goals[name] if name in goals else None, at_most=goals.get(name)
        )
        for part in ("stated", "data")
        for name, cells in report.get(part, {}).get("scores", {}).items()
    }


def lines(report: dict[str, Any]) -> str:
    """The report for a person."""
    told = []
    for part in ("stated", "data"):
        for kind in ("scores", "predictions"):
            for name, cells in report.get(part, {}).get(kind, {}).items():
                values = "  ".join(f"{key} {value:+.3f}" for key, value in cells.items())
                told.append(f"{part} {kind} {name:10} {values}")
        for name, cells in report.get(part, {}).get("calibration_error", {}).items():
            told.append(f"{part} calibration error of {name} {cells['before']:.3f} → {cells['after']:.3f}")
    return "\n".join([*told, f"goals met: {report['goals_met']}"])


if __name__ == "__main__":
    sys.exit(main())
