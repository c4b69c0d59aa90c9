"""Randomized tests of titles: reading them, counting their arms, and pairing what differs in the title alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from generation.errors import TitleDataInvalid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMNS = ("test", "week", "image", "headline", "impressions", "clicks")
SIGNIFICANT = 1.96  # |z| from which the order of two titles is taken as known


@dataclass(frozen=True)
class Pairs:
    """Two titles of one test with the same image: their rows, and z of the first's click rate less the second's."""

    first: Ints
    second: Ints
    z: Floats

    def known(self, least: float = SIGNIFICANT) -> Pairs:
        """Those whose order is hardly chance."""
        kept = np.abs(self.z) > least
        return Pairs(self.first[kept], self.second[kept], self.z[kept])

    def ordered_rightly(self, scores: Floats) -> Floats:
        """1 where the scores order a pair as its clicks do, ½ where they are equal, else 0."""
        return 0.5 + 0.5 * np.sign(scores[self.first] - scores[self.second]) * np.sign(self.z)


def read_tests(path: Path) -> pd.DataFrame:
    """The table of ``path`` (CSV, gzipped or not); raises ``TitleDataInvalid``, with what is missing."""
    try:
        frame = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise TitleDataInvalid(
            f"{path.name} cannot be read as CSV ({error}). Give a table with {', '.join(COLUMNS)}."
        ) from None
    return checked(frame, name=path.name)


def checked(frame: pd.DataFrame, *, name: str = "The table") -> pd.DataFrame:
    """The usable rows in the order they came. Raises ``TitleDataInvalid`` when a column or every row is missing."""
    missing = [column for column in COLUMNS if column not in frame]
    if missing:
        raise TitleDataInvalid(f"{name} lacks the columns {', '.join(missing)}. It has {', '.join(frame)}.")
    frame = frame[list(COLUMNS)].dropna(subset=["test", "headline", "impressions", "clicks"])
    frame = frame.assign(headline=frame["headline"].astype(str).str.strip())
    good = (frame["headline"] != "") & (frame["clicks"] >= 0) & (frame["impressions"] >= frame["clicks"])
    frame = frame[good & (frame["impressions"] > 0)].reset_index(drop=True)
    if frame.empty:
        raise TitleDataInvalid(
            f"{name} holds no row with a headline, impressions above 0 and at most as many clicks."
        )
    return frame


def arms(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a title of a test with an image: ``group`` (0…, titles to compare), counts summed; lone ones left out."""
    table = frame.groupby(["test", "image", "headline"], as_index=False, dropna=False, sort=True).agg(
        week=("week", "first"), impressions=("impressions", "sum"), clicks=("clicks", "sum")
    )
    group = table.groupby(["test", "image"], dropna=False).ngroup()
    table = table[group.map(group.value_counts()) > 1].reset_index(drop=True)
    if table.empty:
        raise TitleDataInvalid(
            "No test shows two different headlines with the same image, so nothing can be learned of headlines."
        )
    return table.assign(group=table.groupby(["test", "image"], dropna=False).ngroup())


def pairs_of(frame: pd.DataFrame) -> Pairs:
    """All pairs of rows of ``frame`` with one test and image and different headlines; rows are positions in it."""
    first, second, z = [], [], []
    headline = frame["headline"].to_numpy()
    shown, clicked = frame["impressions"].to_numpy(float), frame["clicks"].to_numpy(float)
    for rows in frame.groupby(["test", "image"], dropna=False).indices.values():
        for at, one in enumerate(rows):
            for other in rows[at + 1 :]:
                if headline[one] != headline[other]:
                    first.append(one)
                    second.append(other)
                    z.append(_z(clicked[one], shown[one], clicked[other], shown[other]))
    return Pairs(np.array(first, np.int64), np.array(second, np.int64), np.array(z, float))


def _z(clicks: float, shown: float, other_clicks: float, other_shown: float) -> float:
    together = (clicks + other_clicks) / (shown + other_shown)
    error = np.sqrt(together * (1 - together) * (1 / shown + 1 / other_shown))
    return float((clicks / shown - other_clicks / other_shown) / error) if error > 0 else 0.0
