"""The one table of titles that every collector fills: a row a video (or headline), a column a number, with unit and range."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

TEXTS = ("title", "language", "category", "channel")
NUMBERS: dict[str, tuple[float, float]] = {  # name → (least, most) that is believed
    "impressions": (0, 1e12),  # times shown
    "clicks": (0, 1e12),  # times chosen where shown
    "views": (0, 1e12),  # times played
    "likes": (0, 1e12),
    "dislikes": (0, 1e12),
    "comments": (0, 1e12),
    "shares": (0, 1e12),
    "favorites": (0, 1e12),  # 收藏
    "coins": (0, 1e12),  # Bilibili's 硬币
    "danmaku": (0, 1e12),  # comments that fly over the picture
    "follows": (-1e9, 1e12),  # followers won, fewer than lost is negative
    "duration_seconds": (0, 86_400),
    "watch_seconds": (0, 1e13),  # of all viewers together
    "watch_seconds_mean": (0, 86_400),  # of one view
    "watch_ratio": (0, 100),  # mean of watched / duration; replays make it more than 1
    "completion_rate": (0, 1),  # 完播率
    "completion_rate_5s": (0, 1),  # share that watched 5 s
    "bounce_rate_2s": (0, 1),  # share that left within 2 s
    "click_rate": (0, 1),  # clicks / impressions
    "best_rank": (1, 1000),  # 1 = hottest
}
KEYS = ("origin", "origin_row")  # which provenance, and which row of it
TIMES = ("published",)  # UTC
GROUPS = ("test", "week", "image")  # of randomized headlines: compared only within one test
COLUMNS = (*KEYS, *TEXTS, *TIMES, *NUMBERS, *GROUPS)


@dataclass(frozen=True)
class Provenance:
    """Where rows come from and what may be done with them."""

    name: str
    source: str  # a file's name, an export's maker, this site
    licence: str  # "own" for a creator's own export
    consent: str  # who allowed the use, in words; "" when nobody was asked (public statistics)
    collected: str  # ISO 8601, UTC

    def document(self) -> dict[str, Any]:
        return asdict(self)


def rows_of(frame: pd.DataFrame, *, origin: str) -> pd.DataFrame:
    """``frame`` in the one table's columns and types; what it does not say is missing (``NaN``, ``None``, ``NaT``).

    Numbers outside their range, and what is no number, become missing: ``cleaning`` counts them. ``origin_row`` is the
    row's place in what was collected, from 0.
    """
    made = pd.DataFrame(index=range(len(frame)))
    made["origin"] = origin
    made["origin_row"] = range(len(frame))
    for name in (*TEXTS, *GROUPS):
        made[name] = _texts(frame[name]) if name in frame else None
    for name in TIMES:
        given = frame[name].to_numpy() if name in frame else None
        made[name] = (
            pd.to_datetime(pd.Series(given), utc=True, errors="coerce", format="mixed")
            if given is not None
            else pd.NaT
        )
        made[name] = pd.to_datetime(made[name], utc=True)
    for name, (least, most) in NUMBERS.items():
        number = _numbers(frame[name]) if name in frame else float("nan")
        made[name] = number
        made[name] = made[name].where(made[name].between(least, most)).astype("float64")
    return made[list(COLUMNS)]


def _texts(column: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) or not str(value).strip() else str(value).strip() for value in column]


def _numbers(column: pd.Series) -> list[float]:
    return [number_of(value) for value in column]


_SCALES = {"万": 1e4, "亿": 1e8, "k": 1e3, "K": 1e3, "w": 1e4, "W": 1e4, "M": 1e6, "m": 1e6, "B": 1e9}


def number_of(value: Any) -> float:
    """A number as exports write it: 1,234 · 3.5万 · 12.3% (0.123) · 1:02:03 (seconds) · – (missing)."""
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip().replace(",", "").replace("，", "").replace(" ", "")
    try:
        if ":" in text:
            seconds = 0.0
            for part in text.split(":"):
                seconds = seconds * 60 + float(part)
            return seconds
        if text[-1:] in "%％" and text:
            return float(text[:-1]) / 100
        if text[-1:] in _SCALES:
            return float(text[:-1]) * _SCALES[text[-1]]
        return float(text)
    except ValueError:
        return float("nan")
