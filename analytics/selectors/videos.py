"""One video second by second: how it holds its viewers, beside videos of like length, and what is said meanwhile."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from django.db.models.query import QuerySet
from numpy.typing import NDArray

from analytics.models import VideoDay
from analytics.selectors.scope import Scope
from analytics.stats import intervals
from generation.models import Video

LIKE = (0.7, 1.4)  # of a video's length: others within are compared with it
LIKE_ROWS = 2000  # days of such videos read at most, the newest
LIKE_LEAST = 30  # plays before there is anything to compare with
COLUMNS = ["second", "reached", "low", "high", "played", "like", "plays"]

Floats = NDArray[np.float64]


def days_of(scope: Scope) -> QuerySet[VideoDay]:
    return VideoDay.objects.filter(
        day__gte=scope.first_day, day__lte=scope.last_day, simulated__in=scope.simulated
    )


def curve(scope: Scope, video: Video) -> pd.DataFrame:
    """A row a second: share of plays that ``reached`` it (with ``low`` and ``high``), times it was ``played`` in a play.

    ``like`` is the share that reached the same part of videos of like length (NaN where there are too few).
    Empty without a play whose watch time is known.
    """
    rows = list(days_of(scope).filter(video=video).values_list("measured", "reached", "played"))
    measured = sum(row[0] for row in rows)
    if not measured:
        return pd.DataFrame(columns=COLUMNS)
    length = max(1, math.ceil(video.seconds))
    reached, played = _added([row[1] for row in rows], length), _added([row[2] for row in rows], length)
    bounds = [intervals.wilson(min(count, measured), measured) for count in reached]
    return pd.DataFrame(
        {
            "second": range(length),
            "reached": reached / measured,
            "low": [low for low, _ in bounds],
            "high": [high for _, high in bounds],
            "played": played / measured,
            "like": like_curve(scope, video),
            "plays": measured,
        }
    )


def like_curve(scope: Scope, video: Video) -> Floats:
    """What share of plays of other videos of like length reached the same part, second by second of this one."""
    length = max(1, math.ceil(video.seconds))
    others = days_of(replace(scope, video=None)).exclude(video=video)
    low, high = (bound * video.seconds for bound in LIKE)
    others = others.filter(video__seconds__gte=low, video__seconds__lte=high, measured__gt=0)
    reached: dict[int, Floats] = defaultdict(lambda: np.zeros(0))
    plays: dict[int, int] = defaultdict(int)
    rows = others.order_by("-day").values_list("video", "measured", "reached")[:LIKE_ROWS]
    for pk, measured, counts in rows:
        reached[pk] = _plus(reached[pk], np.asarray(counts, float))
        plays[pk] += measured
    total = sum(plays.values())
    if total < LIKE_LEAST:
        return np.full(length, np.nan)
    parts = (np.arange(length) + 0.5) / length
    found = np.zeros(length)
    for counts in reached.values():
        if len(counts):
            found += np.interp(parts, (np.arange(len(counts)) + 0.5) / len(counts), counts)
    return found / total


def sentences(video: Video, held: pd.DataFrame) -> pd.DataFrame:
    """What is said when: scene, text, start and end (s), the share that reached both, and how many of those there it loses.

    ``lost`` is relative to who heard its beginning; ``beyond`` how much more that is than in videos of like length.
    ``worst`` marks the one that loses most beyond what is usual. Empty where nothing was measured or nothing is said.
    """
    scenes = scenes_of(video)
    columns = ["scene", "text", "start", "end", "reached", "lost", "beyond", "worst", "link"]
    if not len(held) or not scenes:
        return pd.DataFrame(columns=columns)
    shares, usual = held["reached"].to_numpy(float), held["like"].to_numpy(float)
    rows = []
    for scene in scenes:
        first, last = _at(scene["start"], len(shares)), _at(scene["end"], len(shares))
        lost, common = _lost(shares, first, last), _lost(usual, first, last)
        rows.append(
            {
                "scene": scene["id"], "text": scene["text"], "start": round(scene["start"], 2),
                "end": round(scene["end"], 2), "reached": shares[first], "lost": lost,
                "beyond": lost - (0.0 if math.isnan(common) else common),
                "link": f"/jobs/{video.job_id}/edit/#say-{scene['id']}" if video.job_id else "",
            }
        )  # fmt: skip
    found = pd.DataFrame(rows)
    inner = found["beyond"].where(found.index < len(found) - 1) if len(found) > 1 else found["beyond"]
    found["worst"] = found.index == (inner.idxmax() if (inner > 0).any() else -1)
    return found[columns]


def scenes_of(video: Video) -> list[dict[str, Any]]:
    """id, text, start and end in seconds of the scenes that the video was rendered from; none for an upload."""
    board = (video.manifest or {}).get("storyboard") or {}
    scenes = board.get("scenes") or []
    if not scenes and video.job is not None:
        newest = video.job.storyboards.order_by("-version").first()
        scenes = newest.document.get("scenes", []) if newest else []
    whole = sum(float(scene.get("seconds") or 0) for scene in scenes)
    if whole <= 0:
        return []
    scale, at, found = video.seconds / whole, 0.0, []
    for scene in scenes:
        end = at + float(scene.get("seconds") or 0) * scale
        text = scene.get("narration") or scene.get("line") or ""
        found.append({"id": scene["id"], "text": text, "start": at, "end": end})
        at = end
    return found


def _at(second: float, length: int) -> int:
    return int(min(max(round(second), 0), length - 1))


def _lost(shares: Floats, first: int, last: int) -> float:
    """Of those there at ``first``, the share gone by ``last``."""
    return float(1 - shares[last] / shares[first]) if shares[first] > 0 else 0.0


def _added(lists: list[list[int]], length: int) -> Floats:
    found = np.zeros(length)
    for counts in lists:
        found[: len(counts)] += np.asarray(counts[:length], float)
    return found


def _plus(left: Floats, right: Floats) -> Floats:
    if len(left) < len(right):
        left = np.pad(left, (0, len(right) - len(left)))
    left[: len(right)] += right
    return left
