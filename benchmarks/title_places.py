"""Where a title comes to stand among others like it, on two collections that nobody randomized; part of ``title_reward``.

YouTube: a video's percentile of views on its first trending day within its category, and of likes a view. Weibo: the best rank
of a trending title. Learned from the earlier 80 % in time, judged on the rest by Spearman's correlation, beside a ridge on TF-IDF of
characters and words of the same titles. Outcomes of judged rows are heard day by day, after each was predicted; the ridge
peer gets the same past. Interval of the difference: bootstrap over judged titles.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from generation.ml.title_reward.popularity import Popularity
from generation.ml.title_reward.views import meaning_rows

Floats = NDArray[np.float64]

FOLDER = Path("../shared/data/text")
LEARN = 0.8
GOAL = 1.15
WEIBO_ROWS = 15_000  # the newest
RESAMPLES = 1000


def youtube(path: Path) -> pd.DataFrame:
    """One row a video: ``title, day, hour, views, likes`` with outcomes as percentiles within its category."""
    frame = pd.read_csv(path)
    frame["trending"] = pd.to_datetime(frame["trending_date"], format="%y.%d.%m")
    frame = frame.sort_values("trending", kind="stable").drop_duplicates(["title", "channel_title"])
    frame = frame[frame["views"] > 0]
    published = pd.to_datetime(frame["publish_time"], utc=True)
    within = frame.groupby("category_id")
    like_ratio = (frame["likes"] / frame["views"]).groupby(frame["category_id"])
    return pd.DataFrame(
        {
            "title": frame["title"],
            "day": (frame["trending"] - frame["trending"].min()).dt.days.astype(float),
            "hour": published.dt.hour.astype(float),
            "views": within["views"].rank(pct=True),
            "like_ratio": like_ratio.rank(pct=True),
        }
    ).reset_index(drop=True)


def weibo(path: Path) -> pd.DataFrame:
    """The newest ``WEIBO_ROWS`` ranked titles: ``title, day, hour, rank`` (1 is the hottest of its day)."""
    frame = pd.read_csv(path, sep="\t", dtype={"title": str}).dropna(subset=["title", "best_rank"])
    frame = frame.sort_values("first_seen", kind="stable").tail(WEIBO_ROWS)
    day = pd.to_datetime(frame["first_seen"])
    return pd.DataFrame(
        {
            "title": frame["title"],
            "day": (day - day.min()).dt.days.astype(float),
            "hour": 0.0,
            "rank": 1 - frame["best_rank"].rank(pct=True),
        }
    ).reset_index(drop=True)


def spearman(a: Floats, b: Floats) -> float:
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def compared(frame: pd.DataFrame, outcome: str, *, embed: bool, seed: int) -> dict[str, Any]:
    """Ours beside the ridge on one outcome."""
    cut = int(len(frame) * LEARN)
    cut = int(np.searchsorted(frame["day"], frame["day"].iloc[cut]))  # between two days
    titles, y = list(frame["title"]), frame[outcome].to_numpy(float)
    day, hour = frame["day"].to_numpy(float), frame["hour"].to_numpy(float)
    model = Popularity(seed=seed, embed=meaning_rows if embed else None)
    model.fit(titles[:cut], day[:cut], hour[:cut], y[:cut])
    ours = model.predict(titles[cut:], day[cut:], hour[cut:], y[cut:])
    peer = ridge(titles, y, cut)
    seen = y[cut:]
    rng = np.random.default_rng(seed)
    draws = [rng.integers(0, len(seen), len(seen)) for _ in range(RESAMPLES)]
    gains = [spearman(ours[at], seen[at]) - spearman(peer[at], seen[at]) for at in draws]
    found = {"ours": spearman(ours, seen), "tfidf_ridge": spearman(peer, seen)}
    return {
        **{name: round(value, 4) for name, value in found.items()},
        "ratio": round(found["ours"] / found["tfidf_ridge"], 4),
        "difference_low": round(float(np.quantile(gains, 0.025)), 4),
        "difference_high": round(float(np.quantile(gains, 0.975)), 4),
        "judged": len(seen),
    }


def ridge(titles: list[str], y: Floats, cut: int) -> Floats:
    """The peer: the better of two penalties on the last fifth of what it may learn from, on word and character rows."""
    vectors = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(1, 4), min_df=2, sublinear_tf=True, max_features=60_000
    )
    table = vectors.fit_transform(titles[:cut])
    inner = int(cut * LEARN)

    def held_out(alpha: float) -> float:
        return spearman(Ridge(alpha=alpha).fit(table[:inner], y[:inner]).predict(table[inner:]), y[inner:cut])

    best = max((1.0, 5.0), key=held_out)
    return np.asarray(Ridge(alpha=best).fit(table, y[:cut]).predict(vectors.transform(titles[cut:])))


def measure(folder: Path, seed: int) -> dict[str, Any]:
    """One entry an outcome."""
    videos = youtube(folder / "youtube_trending_us_train.csv")
    titles = weibo(folder / "weibo_hot_titles.tsv.gz")
    return {
        "youtube_views": compared(videos, "views", embed=True, seed=seed),
        "youtube_like_ratio": compared(videos, "like_ratio", embed=True, seed=seed),
        "weibo_rank": compared(titles, "rank", embed=False, seed=seed),
    }
