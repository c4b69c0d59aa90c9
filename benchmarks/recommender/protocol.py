"""How ``benchmarks.recommender`` measures: whole catalogue, in the order of time, no sampled negatives.

* ``loo``: each user's last interaction is the test item, the one before it the validation item; users with fewer than
  three interactions only train.
* ``temporal``: the last tenth of the log is the test period, the tenth before it validation. Users whom training never met
  are left out; items it never met stay in the truth, for whoever can reach them by their description.

What a user met in training is never recommended. A model has ``fit(train)`` (or ``fit(train, items=…)``) and
``recommend(users, k)``, int64 ``(len(users), k)`` of item ids, -1 where nothing is left.
"""

from __future__ import annotations

import inspect
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

PLACES = 20  # recommended to each user
WHERE = (
    "Such data is public: MovieLens 100K of GroupLens, the archive ml-100k.zip, unpacked (u.data, u.item). Any other log "
    "does as interactions.csv with the columns user, item, timestamp (seconds), rating, and items.csv with item, text, "
    "created_year, category beside it."
)
GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip


def load(folder: str | Path) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Interactions by time, those of one second in the file's order, and the items where the folder has them.

    Reads ``interactions.csv[.gz]`` and ``items.csv``, or GroupLens's own ``u.data`` and ``u.item``. Raises
    ``FileNotFoundError`` with where such data comes from.
    """
    folder = Path(folder)
    logs = [path for path in (folder / "interactions.csv", folder / "interactions.csv.gz") if path.is_file()]
    if logs:
        frame, items = pd.read_csv(logs[0]), folder / "items.csv"
        found = pd.read_csv(items) if items.is_file() else None
    elif (folder / "u.data").is_file():
        names = ["user", "item", "rating", "timestamp"]
        frame = pd.read_csv(folder / "u.data", sep="\t", names=names)
        found = _movies(folder / "u.item") if (folder / "u.item").is_file() else None
    else:
        raise FileNotFoundError(f"{folder} holds neither interactions.csv nor u.data. {WHERE}")
    return frame.sort_values("timestamp", kind="stable").reset_index(drop=True), found


def _movies(path: Path) -> pd.DataFrame:
    """GroupLens's ``u.item``: title without its year, year, and the genres as words."""
    rows = []
    for line in path.read_text(encoding="latin-1").splitlines():
        cells = line.split("|")
        title, _, year = cells[1].removesuffix(")").rpartition(" (")
        known = year.isdecimal()
        genres = [genre for genre, flag in zip(GENRES, cells[-len(GENRES) :], strict=True) if flag == "1"]
        rows.append(
            (int(cells[0]), title if known else cells[1], int(year) if known else None, " ".join(genres))
        )
    return pd.DataFrame(rows, columns=["item", "text", "created_year", "category"])


def split(frame: pd.DataFrame, protocol: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Training, validation and test part of a log by time. Raises ``ValueError`` for an unknown protocol."""
    if protocol == "loo":
        back = frame.groupby("user").cumcount(ascending=False)
        enough = frame.groupby("user")["item"].transform("size") >= 3
        test, valid = (back == 0) & enough, (back == 1) & enough
        return frame[~test & ~valid], frame[valid], frame[test]
    if protocol == "temporal":
        first, second = int(len(frame) * 0.8), int(len(frame) * 0.9)
        return frame.iloc[:first], frame.iloc[first:second], frame.iloc[second:]
    raise ValueError(f"A protocol is 'loo' or 'temporal', not {protocol!r}.")


def evaluate(
    model: Any, train: pd.DataFrame, test: pd.DataFrame, items: pd.DataFrame | None = None, k: int = PLACES
) -> dict[str, float]:
    """Fit, rank the catalogue for every test user, and measure: four measures, coverage, seconds, peak memory (MiB).

    Raises ``ValueError`` when the model's ranking has another shape, repeats an item, or holds one already met.
    """
    began = time.perf_counter()
    takes_items = items is not None and "items" in inspect.signature(model.fit).parameters
    model.fit(train, **({"items": items} if takes_items else {}))
    fitted = time.perf_counter()
    seen = train.groupby("user")["item"].agg(set)
    wanted = test.groupby("user")["item"].agg(set)
    wanted = wanted[wanted.index.isin(seen.index)]
    truth = {user: new for user, items_of in wanted.items() if (new := items_of - seen[user])}
    users = np.array(list(truth))
    asked = time.perf_counter()
    ranked = np.asarray(model.recommend(users, k))
    answered = time.perf_counter()
    if ranked.shape != (len(users), k):
        raise ValueError(f"recommend gives {(len(users), k)} item ids, not {ranked.shape}.")
    for user, row in zip(users, ranked, strict=True):
        kept = row[row >= 0].tolist()
        if len(set(kept)) != len(kept) or seen[user].intersection(kept):
            raise ValueError(f"User {user} was recommended an item twice, or one already met: {kept}.")
    values = np.mean([measures(row, truth[user]) for user, row in zip(users, ranked, strict=True)], axis=0)
    shown = set(ranked[:, :10].ravel().tolist()) - {-1}
    return {
        "users": len(users),
        **{name: round(float(value), 4) for name, value in zip(MEASURES, values, strict=True)},
        "coverage@10": round(len(shown) / train["item"].nunique(), 4),
        "fit_s": round(fitted - began, 2),
        "recommend_s": round(answered - asked, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


MEASURES = ("ndcg@10", "recall@10", "recall@20", "mrr@10")


def measures(row: npt.NDArray[Any], truth: set[int]) -> tuple[float, float, float, float]:
    """``MEASURES`` of one ranking, each in [0, 1]; a recall counts as whole when its places are full of hits."""
    hits = np.array([item in truth for item in row.tolist()], float)
    discount = 1 / np.log2(np.arange(2, len(row) + 2))
    first = np.flatnonzero(hits[:10])
    return (
        float((hits[:10] * discount[:10]).sum() / discount[: min(len(truth), 10)].sum()),
        float(hits[:10].sum() / min(len(truth), 10)),
        float(hits[:20].sum() / min(len(truth), 20)),
        1 / (int(first[0]) + 1) if len(first) else 0.0,
    )
