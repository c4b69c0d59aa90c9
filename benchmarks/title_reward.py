"""Which of two titles is clicked more? Our title model beside plain peers, on randomized headline tests.

``python -m benchmarks.title_reward --data FILE --json`` learns from the earlier weeks of ``--data`` (a table of tests: ``test, week,
image, headline, impressions, clicks``) and is judged on the last fifth of its tests, split between two weeks: of pairs of
one test with the same image whose click rates differ by |z| > 1.96, the share that is ordered rightly, with a bootstrap
interval over tests. Peers, same split, same run: the longer title wins; logistic regression on differences of TF-IDF
rows; the same on multilingual-e5 rows. Whether intervals hold what they say is measured on the same later weeks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks import measured
from benchmarks.measured import Figure
from core.errors import PlatformError
from generation.ml.title_reward.headlines import Pairs, arms, pairs_of, read_tests
from generation.ml.title_reward.intervals import sizes_of
from generation.ml.title_reward.model import Config, TitleModel, train_frame
from generation.ml.title_reward.ridge import evidence_of
from generation.ml.title_reward.views import meaning_rows

Floats = NDArray[np.float64]

LATER = 0.2  # share of the tests that judge
GOAL = 0.75
CONFIDENCE = 0.9
RESAMPLES = 2000


def split(frame: pd.DataFrame, later: float = LATER) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Earlier and later tests, cut between two weeks so that about ``later`` of the tests lie after it."""
    weeks = frame.groupby("test")["week"].min().sort_values()
    cut = weeks.iloc[int(len(weeks) * (1 - later))]
    first = frame["test"].map(weeks) < cut
    return frame[first].reset_index(drop=True), frame[~first].reset_index(drop=True)


def longer(titles: list[str]) -> Floats:
    return np.array([len(title) for title in titles], dtype=float)


def tfidf_differences(learn: pd.DataFrame, pairs: Pairs, titles: list[str]) -> Floats:
    """Scores of ``titles`` by logistic regression on differences of TF-IDF rows of known pairs."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    rows = vectorizer.fit_transform(learn["headline"])
    return _by_differences(rows, pairs, vectorizer.transform(titles))


def meaning_differences(learn: pd.DataFrame, pairs: Pairs, titles: list[str]) -> Floats:
    """The same on multilingual-e5 rows."""
    return _by_differences(meaning_rows(list(learn["headline"])), pairs, meaning_rows(titles))


def _by_differences(rows: Any, pairs: Pairs, others: Any) -> Floats:
    differences = rows[pairs.first] - rows[pairs.second]
    found = LogisticRegression(fit_intercept=False, max_iter=2000).fit(differences, pairs.z > 0)
    return np.asarray(others @ found.coef_[0], dtype=float)


def bootstrap(right: Floats, test: NDArray[Any], seed: int) -> tuple[float, float]:
    """95 % interval of the mean of ``right`` with whole tests drawn again."""
    codes = np.unique(test, return_inverse=True)[1]
    sums, counts = np.bincount(codes, right), np.bincount(codes)
    draws = np.random.default_rng(seed).integers(0, len(sums), (RESAMPLES, len(sums)))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def coverage(model: TitleModel, later: pd.DataFrame) -> dict[str, float]:
    """How often the interval of ``CONFIDENCE`` holds an arm's difference to its test's mean, counting noise included."""
    table = arms(later)
    evidence = evidence_of(table)
    score = model.score(list(table["headline"]))
    residual = model.residual_variance
    weights = 1 / (evidence.variance + residual)
    center = evidence.centered(score, weights)
    seen = evidence.centered(evidence.log_odds, weights)
    bounds = model.conformal.interval(center, confidence=CONFIDENCE, size=sizes_of(evidence, residual))
    inside = (bounds[:, 0] <= seen) & (seen <= bounds[:, 1])
    return {
        "stated": CONFIDENCE,
        "measured": round(float(inside.mean()), 4),
        "width": round(float((bounds[:, 1] - bounds[:, 0]).mean()), 4),
        "arms": len(inside),
    }


def measure(frame: pd.DataFrame, seed: int) -> dict[str, Any]:
    """Everything the benchmark prints, as plain JSON values."""
    learn, later = split(frame)
    model = train_frame(learn, config=Config(seed=seed))
    pairs = pairs_of(later).known()
    known = pairs_of(learn).known()
    titles = list(later["headline"])
    scores = {
        "longer": longer(titles),
        "tfidf": tfidf_differences(learn, known, titles),
        "e5": meaning_differences(learn, known, titles),
        "ours": model.score(titles),
    }
    test = later["test"].to_numpy()[pairs.first]
    right = {name: pairs.ordered_rightly(score) for name, score in scores.items()}
    cells = {}
    for name, hits in right.items():
        low, high = bootstrap(hits, test, seed)
        cells[name] = {"right": round(float(hits.mean()), 4), "low": round(low, 4), "high": round(high, 4)}
    low, high = bootstrap(right["ours"] - right["e5"], test, seed)
    return {
        "tests_learned": int(learn["test"].nunique()),
        "tests_judged": int(later["test"].nunique()),
        "first_week_judged": int(later["week"].min()),
        "pairs": len(pairs.z),
        "pair_accuracy": cells,
        "ours_less_e5": {
            "difference": round(cells["ours"]["right"] - cells["e5"]["right"], 4),
            "low": round(low, 4),
            "high": round(high, 4),
        },
        "interval": coverage(model, later),
        "goal": {"ours_at_least": GOAL},
        "goals_met": cells["ours"]["right"] >= GOAL,
    }


def main() -> int:
    """Print the figures; 1 when there is no data."""
    parser = measured.parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a table of randomized title tests")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        report = measure(read_tests(options.data), options.seed)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    measured.tell(
        report,
        options,
        name="title_reward",
        figures=figures,
        packages=("numpy", "pandas", "scikit-learn", "crepes"),
        lines=lines,
    )
    return 0


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Shares ordered rightly, and the interval's measured coverage."""
    found = {
        f"pairs.{name}": Figure(cell["right"], at_least=GOAL if name == "ours" else None)
        for name, cell in report["pair_accuracy"].items()
    }
    return found | {"interval.measured": Figure(report["interval"]["measured"])}


def lines(report: dict[str, Any]) -> str:
    """The report for a person."""
    told = [
        f"{name:7} orders {cell['right']:.3f} of {report['pairs']} pairs rightly ({cell['low']:.3f}–{cell['high']:.3f})"
        for name, cell in report["pair_accuracy"].items()
    ]
    interval = report["interval"]
    told.append(
        f"intervals of {interval['stated']:.0%} hold {interval['measured']:.1%} of {interval['arms']} titles"
    )
    return "\n".join([*told, f"goals met: {report['goals_met']}"])


if __name__ == "__main__":
    sys.exit(main())
